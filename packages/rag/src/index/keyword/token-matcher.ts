import type { FieldTerm } from "./query.ts";
import { type KeywordSegment, tokenCode } from "./segment.ts";

/** Receives what `read` recognises. */
export interface TokenReader {
  /** A registered term. */
  found(term: number): void;
  /** A sentence is over: its characters and words, and whether one of them is a number that is not registered. */
  endSentence(tokens: number, otherNumber: boolean): void;
}

/** Bigrams that share their first character are told apart by this many numbers. */
const pairBase = 2 ** 24;

/**
 * Recognises a few terms in the token streams of one segment. Terms are numbered as they are registered.
 */
export class TokenMatcher {
  readonly #segment: KeywordSegment;
  /** Per token code: 0 not asked for, 1 only within bigrams, otherwise term number + 2. */
  readonly #slots: Int32Array;
  readonly #used: number[] = [];
  readonly #bigrams = new Map<number, number>();
  #terms = 0;

  /** @param slots Zeros, at least `segment.tokenCodes` of them; `release` makes them zeros again. */
  constructor(segment: KeywordSegment, slots: Int32Array) {
    this.#segment = segment;
    this.#slots = slots;
  }

  get terms(): number {
    return this.#terms;
  }

  /** Number of a term from now on, or −1 when no entry has it. */
  register({ field, term }: FieldTerm): number {
    if (this.#segment.termId(field, term) < 0) return -1;
    if (field === "bigram") {
      const [first, second] = Array.from(term, (character) => this.#segment.tokenCodeOf("char", character));
      for (const code of [first!, second!]) if (this.#slots[code] === 0) this.#use(code, 1);
      const key = first! * pairBase + second!;
      const known = this.#bigrams.get(key);
      if (known !== undefined) return known;
      this.#bigrams.set(key, this.#terms);
      return this.#terms++;
    }
    const code = this.#segment.tokenCodeOf(field, term);
    if (this.#slots[code]! < 2) this.#use(code, 2 + this.#terms++);
    return this.#slots[code]! - 2;
  }

  /** Reads an entry: every registered term in order, and the end of every sentence. */
  read(entry: number, reader: TokenReader): void {
    const { words, streams, streamOffsets } = this.#segment;
    const end = streamOffsets[entry + 1]!;
    const slots = this.#slots;
    let previous = -1;
    let tokens = 0;
    let otherNumber = false;
    // Decoded here and not by `readTokens`: this is most of the time of the sentence stage.
    for (let position = streamOffsets[entry]!; position < end; ) {
      let code = streams[position++]!;
      if (code > 0x7f) {
        code &= 0x7f;
        for (let shift = 7, byte = 0x80; byte > 0x7f && position < end; shift += 7) {
          byte = streams[position++]!;
          code |= (byte & 0x7f) << shift;
        }
      }
      const slot = slots[code]!;
      if (slot === 0) {
        previous = -1;
        if (code > tokenCode.gap) {
          tokens++;
          if (code & 1 && !otherNumber) otherNumber = isDigit(words[(code - 3) / 2]!.charCodeAt(0));
        } else if (code === tokenCode.sentenceEnd) {
          reader.endSentence(tokens, otherNumber);
          tokens = 0;
          otherNumber = false;
        }
        continue;
      }
      tokens++;
      if (slot > 1) reader.found(slot - 2);
      if (code & 1) {
        previous = -1;
        continue;
      }
      if (previous >= 0) {
        const bigram = this.#bigrams.get(previous * pairBase + code);
        if (bigram !== undefined) reader.found(bigram);
      }
      previous = code;
    }
  }

  release(): void {
    for (const code of this.#used) this.#slots[code] = 0;
  }

  #use(code: number, slot: number): void {
    this.#slots[code] = slot;
    this.#used.push(code);
  }
}

function isDigit(unit: number): boolean {
  return unit >= 48 && unit <= 57;
}
