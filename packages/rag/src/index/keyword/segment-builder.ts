import type { Language } from "../../language/detect-language.ts";
import { wordForms } from "../../language/word-forms.ts";
import { ByteWriter } from "./bytes.ts";
import { GrowableUint32, PairIds } from "./growable.ts";
import { type CollectedPostings, PostingCollector } from "./posting-collector.ts";
import { KeywordSegment, tokenCode } from "./segment.ts";

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
  readonly #bigrams = new PairIds();
  readonly #collectors = [new PostingCollector(), new PostingCollector(), new PostingCollector()] as const;
  readonly #codes = new GrowableUint32();
  readonly #codeStarts = new GrowableUint32();
  readonly #lengths = new GrowableUint32();
  readonly #english: boolean[] = [];
  /** The character just before, −1 where a bigram cannot begin. */
  #previous = -1;
  /** A gap stands between two characters; where a word or a sentence end parts them too, it need not be said. */
  #gap = false;

  constructor() {
    this.#codeStarts.push(0);
  }

  character(codePoint: number): void {
    const id = this.#idOfCharacter(codePoint);
    this.#collectors[0].add(id);
    if (this.#previous >= 0) this.#collectors[1].add(this.#bigrams.idOf(this.#previous, id));
    this.#previous = id;
    if (this.#gap) this.#codes.push(tokenCode.gap);
    this.#gap = false;
    this.#codes.push(tokenCode.character(id));
  }

  /** A written word, normalised. */
  word(word: string): void {
    let ids = this.#formIds.get(word);
    if (ids === undefined) {
      const { parts, joined } = wordForms(word);
      ids = [...parts, ...(joined === null ? [] : [joined])].map((term) => this.#idOfWord(term));
      this.#formIds.set(word, ids);
    }
    for (const id of ids) this.#addWord(id);
    this.#breakAdjacency();
  }

  /** A term of a word, as a segment holds it. */
  wordTerm(term: string): void {
    this.#addWord(this.#idOfWord(term));
    this.#breakAdjacency();
  }

  gap(): void {
    if (this.#previous >= 0) this.#gap = true;
    this.#previous = -1;
  }

  endSentence(): void {
    this.#codes.push(tokenCode.sentenceEnd);
    this.#breakAdjacency();
  }

  endEntry(language: Language): void {
    const entry = this.#english.length;
    for (const collector of this.#collectors) this.#lengths.push(collector.endEntry(entry));
    this.#english.push(language === "en");
    this.#codeStarts.push(this.#codes.length);
    this.#breakAdjacency();
  }

  finish(): KeywordSegment {
    const { characters, words, bigrams } = this.#orderTerms();
    const entries = this.#english.length;
    const languages = new Uint8Array((entries + 7) >> 3);
    this.#english.forEach((english, entry) => {
      if (english) languages[entry >> 3]! |= 1 << (entry & 7);
    });

    const groups = [characters, bigrams, words];
    const termCount = groups.reduce((sum, { order }) => sum + order.length, 0);
    const frequencies = new Uint32Array(termCount);
    const englishFrequencies = new Uint32Array(termCount);
    const postingOffsets = new Uint32Array(termCount + 1);
    const postings = new ByteWriter();
    const mixed = this.#english.includes(true);
    let term = 0;
    for (const { order, postings: collected } of groups) {
      for (const provisional of order) {
        frequencies[term] = collected.frequency(provisional);
        if (mixed) englishFrequencies[term] = collected.count(provisional, (entry) => this.#english[entry]!);
        collected.write(provisional, postings);
        postingOffsets[++term] = postings.length;
      }
    }
    const streamOffsets = new Uint32Array(entries + 1);
    return new KeywordSegment({
      entries,
      languages,
      lengths: this.#lengths.view().slice(),
      streams: this.#writeStreams(streamOffsets, characters.ranks, words.ranks),
      streamOffsets,
      characters: Uint32Array.from(characters.order, (id) => this.#characters[id]!),
      bigramStarts: bigrams.starts,
      bigramSeconds: bigrams.seconds,
      words: Array.from(words.order, (id) => this.#words[id]!),
      frequencies,
      englishFrequencies,
      postings: postings.finish(),
      postingOffsets,
    });
  }

  /** Frequent characters and words first, which makes their codes short; bigrams by their two characters. */
  #orderTerms() {
    const characterPostings = this.#collectors[0].finish(this.#characters.length);
    const wordPostings = this.#collectors[2].finish(this.#words.length);
    const characters = orderByFrequency(
      characterPostings,
      this.#characters.length,
      (one, other) => this.#characters[one]! - this.#characters[other]!,
    );
    const words = orderByFrequency(wordPostings, this.#words.length, (one, other) =>
      this.#words[one]! < this.#words[other]! ? -1 : 1,
    );
    const bigrams = orderPairs(this.#bigrams, characters.ranks);
    return {
      characters: { ...characters, postings: characterPostings },
      words: { ...words, postings: wordPostings },
      bigrams: { ...bigrams, postings: this.#collectors[1].finish(this.#bigrams.size) },
    };
  }

  #writeStreams(offsets: Uint32Array, characterRanks: Uint32Array, wordRanks: Uint32Array): Uint8Array {
    const codes = this.#codes.view();
    const starts = this.#codeStarts.view();
    const writer = new ByteWriter();
    for (let entry = 0; entry + 1 < starts.length; entry++) {
      for (let index = starts[entry]!; index < starts[entry + 1]!; index++) {
        const code = codes[index]!;
        if (code < 2) writer.varint(code);
        else if (code & 1) writer.varint(tokenCode.word(wordRanks[(code - 3) / 2]!));
        else writer.varint(tokenCode.character(characterRanks[(code - 2) / 2]!));
      }
      offsets[entry + 1] = writer.length;
    }
    return writer.finish();
  }

  #breakAdjacency(): void {
    this.#previous = -1;
    this.#gap = false;
  }

  #addWord(id: number): void {
    this.#collectors[2].add(id);
    this.#codes.push(tokenCode.word(id));
  }

  #idOfCharacter(codePoint: number): number {
    const known =
      codePoint <= 0xffff ? this.#basicIds[codePoint]! : (this.#characterIds.get(codePoint) ?? -1);
    if (known >= 0) return known;
    const id = this.#characters.push(codePoint) - 1;
    if (codePoint <= 0xffff) this.#basicIds[codePoint] = id;
    else this.#characterIds.set(codePoint, id);
    return id;
  }

  #idOfWord(term: string): number {
    const known = this.#wordIds.get(term);
    if (known !== undefined) return known;
    const id = this.#words.push(term) - 1;
    this.#wordIds.set(term, id);
    return id;
  }
}

/** Provisional ids in final order, and the final rank of each provisional id. */
interface TermOrder {
  readonly order: Uint32Array;
  readonly ranks: Uint32Array;
}

function orderByFrequency(
  postings: CollectedPostings,
  count: number,
  compare: (one: number, other: number) => number,
): TermOrder {
  const order = Uint32Array.from({ length: count }, (_, id) => id);
  order.sort((one, other) => postings.frequency(other) - postings.frequency(one) || compare(one, other));
  const ranks = new Uint32Array(count);
  order.forEach((id, rank) => {
    ranks[id] = rank;
  });
  return { order, ranks };
}

function orderPairs(pairs: PairIds, ranks: Uint32Array) {
  const { firsts, seconds } = pairs;
  const starts = new Uint32Array(ranks.length + 1);
  for (const first of firsts) starts[ranks[first]! + 1]!++;
  for (let rank = 0; rank < ranks.length; rank++) starts[rank + 1]! += starts[rank]!;
  const next = starts.slice();
  // Second rank and id in one number: below 2^53, since there are fewer than 2^21 characters and 2^32 bigrams.
  const keys = new Float64Array(pairs.size);
  for (let id = 0; id < firsts.length; id++) {
    keys[next[ranks[firsts[id]!]!]!++] = ranks[seconds[id]!]! * 2 ** 32 + id;
  }
  for (let rank = 0; rank < ranks.length; rank++) keys.subarray(starts[rank]!, starts[rank + 1]!).sort();
  return {
    starts,
    order: Uint32Array.from(keys, (key) => key % 2 ** 32),
    seconds: Uint32Array.from(keys, (key) => Math.floor(key / 2 ** 32)),
  };
}
