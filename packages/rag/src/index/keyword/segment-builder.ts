import type { Language } from "../../language/detect-language.ts";
import { wordForms } from "../../language/word-forms.ts";
import { GrowableUint32 } from "./growable.ts";
import { invertTokens } from "./invert-tokens.ts";
import { KeywordSegment, tokenCode } from "./segment.ts";
import type { Steps } from "./steps.ts";

/**
 * Collects entries token by token and makes a segment of them. Ids are given out as terms come and put into their
 * final order at the end, so that the same entries always make the same bytes.
 */
export class SegmentBuilder {
  readonly #characterIds = new Map<number, number>();
  readonly #basicIds = new Int32Array(0x10000).fill(-1);
  readonly #characters: number[] = [];
  readonly #wordIds = new Map<string, number>();
  readonly #words: string[] = [];
  /** Ids of the terms of a written word, so that each is stemmed once. */
  readonly #formIds = new Map<string, readonly number[]>();
  readonly #codes: GrowableUint32;
  readonly #starts = new GrowableUint32();
  readonly #english: boolean[] = [];
  /** The token just before is a character that a bigram can begin with. */
  #adjacent = false;
  /** A gap stands between two characters; where a word or a sentence end parts them too, it need not be said. */
  #gap = false;

  /** @param tokens How many to expect: a good guess spares copying. */
  constructor(tokens = 4096) {
    this.#codes = new GrowableUint32(tokens);
    this.#starts.push(0);
  }

  character(codePoint: number): void {
    this.characterId(this.idOfCharacter(codePoint));
  }

  /** A character by the id that `idOfCharacter` gave it. */
  characterId(id: number): void {
    if (this.#gap) this.#codes.push(tokenCode.gap);
    this.#gap = false;
    this.#adjacent = true;
    this.#codes.push(tokenCode.character(id));
  }

  /** A written word, normalised. */
  word(word: string): void {
    let ids = this.#formIds.get(word);
    if (ids === undefined) {
      const { parts, joined } = wordForms(word);
      ids = [...parts, ...(joined === null ? [] : [joined])].map((term) => this.idOfWord(term));
      this.#formIds.set(word, ids);
    }
    for (const id of ids) this.#codes.push(tokenCode.word(id));
    this.#breakAdjacency();
  }

  /** A term of a word by the id that `idOfWord` gave it. */
  wordId(id: number): void {
    this.#codes.push(tokenCode.word(id));
    this.#breakAdjacency();
  }

  gap(): void {
    if (this.#adjacent) this.#gap = true;
    this.#adjacent = false;
  }

  endSentence(): void {
    this.#codes.push(tokenCode.sentenceEnd);
    this.#breakAdjacency();
  }

  endEntry(language: Language): void {
    this.#english.push(language === "en");
    this.#starts.push(this.#codes.length);
    this.#breakAdjacency();
  }

  *finish(): Steps<KeywordSegment> {
    const entries = this.#english.length;
    const languages = new Uint8Array((entries + 7) >> 3);
    this.#english.forEach((english, entry) => {
      if (english) languages[entry >> 3]! |= 1 << (entry & 7);
    });
    return new KeywordSegment(
      yield* invertTokens({
        codes: this.#codes.view(),
        starts: this.#starts.view(),
        characters: this.#characters,
        words: this.#words,
        languages,
      }),
    );
  }

  idOfCharacter(codePoint: number): number {
    const known =
      codePoint <= 0xffff ? this.#basicIds[codePoint]! : (this.#characterIds.get(codePoint) ?? -1);
    if (known >= 0) return known;
    const id = this.#characters.push(codePoint) - 1;
    if (codePoint <= 0xffff) this.#basicIds[codePoint] = id;
    else this.#characterIds.set(codePoint, id);
    return id;
  }

  idOfWord(term: string): number {
    const known = this.#wordIds.get(term);
    if (known !== undefined) return known;
    const id = this.#words.push(term) - 1;
    this.#wordIds.set(term, id);
    return id;
  }

  #breakAdjacency(): void {
    this.#adjacent = false;
    this.#gap = false;
  }
}
