import type { Language } from "../../language/detect-language.ts";
import type { TermField } from "../../language/terms.ts";
import type { CorpusCounts } from "./corpus-statistics.ts";
import { readSegmentSteps, type SegmentData, writeSegmentSteps } from "./segment-format.ts";
import { runSteps, type Steps } from "./steps.ts";

/** Order of the fields wherever one value is kept for each. */
export const fieldOrder: readonly TermField[] = ["char", "bigram", "word"];

/**
 * Immutable inverted index over entries addressed by ordinal `0 … entries − 1`, with what the sentence stage needs of
 * each entry. Made by `buildKeywordSegment` and `mergeKeywordSegments`; searched by `KeywordSearcher`.
 */
export class KeywordSegment {
  #data: SegmentData;
  readonly #characterIds = new Map<number, number>();
  #wordIds: Map<string, number> | undefined;
  #counts: Readonly<Record<Language, CorpusCounts>> | undefined;

  constructor(data: SegmentData) {
    this.#data = data;
    data.characters.forEach((codePoint, id) => {
      this.#characterIds.set(codePoint, id);
    });
  }

  /**
   * Reads a segment back. It keeps a view of `bytes`, which must not change afterwards.
   *
   * @throws {RagError} `index-corrupt` when the bytes are cut short, changed, or no segment at all;
   * `index-incompatible` when a newer version wrote them.
   */
  static fromBytes(bytes: Uint8Array): KeywordSegment {
    return runSteps(KeywordSegment.readSteps(bytes));
  }

  /** `fromBytes` with pauses. */
  static *readSteps(bytes: Uint8Array): Steps<KeywordSegment> {
    return new KeywordSegment(yield* readSegmentSteps(bytes));
  }

  /** The same segment always gives the same bytes. */
  toBytes(): Uint8Array {
    return runSteps(this.writeSteps());
  }

  /** `toBytes` with pauses. From then on the segment itself is a view of these bytes, which must not change. */
  *writeSteps(): Steps<Uint8Array> {
    const { bytes, data } = yield* writeSegmentSteps(this.#data);
    this.#data = data;
    return bytes;
  }

  get entries(): number {
    return this.#data.entries;
  }

  /** Bytes held in memory, without JavaScript's own overhead. */
  get bytes(): number {
    const { streams, streamOffsets, postings, postingOffsets, frequencies, lengths, bigramSeconds } =
      this.#data;
    const arrays = [streams, streamOffsets, postings, postingOffsets, frequencies, lengths, bigramSeconds];
    return arrays.reduce((sum, array) => sum + array.byteLength, 0);
  }

  get postingBytes(): number {
    return this.#data.postings.byteLength;
  }

  /** Tokens of all entries, coded as in `tokenCode`, each a varint; those of entry `i` begin at `streamOffsets[i]`. */
  get streams(): Uint8Array {
    return this.#data.streams;
  }

  get streamOffsets(): Uint32Array {
    return this.#data.streamOffsets;
  }

  /** Number of terms of all fields; term ids are `0 … terms − 1`. */
  get terms(): number {
    return this.#data.frequencies.length;
  }

  language(entry: number): Language {
    return (this.#data.languages[entry >> 3]! >> (entry & 7)) & 1 ? "en" : "zh";
  }

  /** Terms of each field in each entry: `lengths[entry * 3 + field]`, fields in `fieldOrder`. */
  get lengths(): Uint32Array {
    return this.#data.lengths;
  }

  /** Totals over all entries, deleted ones too. */
  get counts(): Readonly<Record<Language, CorpusCounts>> {
    this.#counts ??= countEntries(this);
    return this.#counts;
  }

  /** Id of a term as `analyze` gives it; −1 when no entry has it. */
  termId(field: TermField, term: string): number {
    if (field === "word") return this.wordTermId(this.#wordId(term));
    const first = this.characterId(term.codePointAt(0) ?? -1);
    if (field === "char" || first < 0) return first;
    const second = this.characterId(term.codePointAt(term.codePointAt(0)! > 0xffff ? 2 : 1) ?? -1);
    return second < 0 ? -1 : this.bigramTermId(first, second);
  }

  /** In how many entries a term occurs, over all languages or in one. */
  documentFrequency(termId: number, language?: Language): number {
    const all = this.#data.frequencies[termId]!;
    if (language === undefined) return all;
    const english = this.#data.englishFrequencies[termId]!;
    return language === "en" ? english : all - english;
  }

  /**
   * Decodes a term's postings into the two arrays, entries ascending, and gives back how many there are. The arrays
   * must have room for `entries` items.
   */
  readPostings(termId: number, entries: Uint32Array, frequencies: Uint32Array): number {
    const { postings, postingOffsets } = this.#data;
    const count = this.#data.frequencies[termId]!;
    let position = postingOffsets[termId]!;
    let entry = -1;
    for (let index = 0; index < count; index++) {
      let byte = postings[position++]!;
      let value = byte & 0x7f;
      for (let shift = 7; byte > 0x7f; shift += 7) {
        byte = postings[position++]!;
        value |= (byte & 0x7f) << shift;
      }
      entry += 1 + (value >>> 1);
      let frequency = 1;
      if (value & 1) {
        byte = postings[position++]!;
        frequency = byte & 0x7f;
        for (let shift = 7; byte > 0x7f; shift += 7) {
          byte = postings[position++]!;
          frequency |= (byte & 0x7f) << shift;
        }
        frequency += 2;
      }
      entries[index] = entry;
      frequencies[index] = frequency;
    }
    return count;
  }

  /**
   * Adds a term's BM25 share to the score of every entry that has it: `boost · tf ÷ (tf + norms[entry])`. The same
   * decoding as `readPostings`, in one loop with the sum, since this is where a search spends its time.
   */
  addScores(termId: number, boost: number, norms: Float32Array, scores: Float64Array): void {
    const { postings, postingOffsets } = this.#data;
    const end = postingOffsets[termId + 1]!;
    let position = postingOffsets[termId]!;
    let entry = -1;
    while (position < end) {
      let byte = postings[position++]!;
      let value = byte;
      if (byte > 0x7f) {
        value &= 0x7f;
        for (let shift = 7; byte > 0x7f; shift += 7) {
          byte = postings[position++]!;
          value |= (byte & 0x7f) << shift;
        }
      }
      entry += 1 + (value >>> 1);
      let frequency = 1;
      if (value & 1) {
        byte = postings[position++]!;
        frequency = byte & 0x7f;
        for (let shift = 7; byte > 0x7f; shift += 7) {
          byte = postings[position++]!;
          frequency |= (byte & 0x7f) << shift;
        }
        frequency += 2;
      }
      scores[entry]! += (boost * frequency) / (frequency + norms[entry]!);
    }
  }

  /** Tokens of an entry in reading order, coded as in `tokenCode`. */
  readTokens(entry: number, codes: TokenBuffer): number {
    const { streams, streamOffsets } = this.#data;
    const start = streamOffsets[entry]!;
    const end = streamOffsets[entry + 1]!;
    const values = codes.reserve(end - start);
    let count = 0;
    for (let position = start; position < end; ) {
      let byte = streams[position++]!;
      let value = byte;
      if (byte > 0x7f) {
        value &= 0x7f;
        for (let shift = 7; byte > 0x7f && position < end; shift += 7) {
          byte = streams[position++]!;
          value |= (byte & 0x7f) << shift;
        }
      }
      values[count++] = value;
    }
    return count;
  }

  /** All token codes of the segment are below this. */
  get tokenCodes(): number {
    return 4 + 2 * Math.max(this.#data.characters.length, this.#data.words.length);
  }

  /** Code that stands for a character or a word in the token streams. */
  tokenCodeOf(field: "char" | "word", term: string): number {
    if (field === "word") return tokenCode.word(this.#wordId(term));
    return tokenCode.character(this.characterId(term.codePointAt(0)!));
  }

  get characters(): Uint32Array {
    return this.#data.characters;
  }

  get words(): readonly string[] {
    return this.#data.words;
  }

  characterId(codePoint: number): number {
    return this.#characterIds.get(codePoint) ?? -1;
  }

  bigramTermId(first: number, second: number): number {
    const { bigramStarts, bigramSeconds, characters } = this.#data;
    let low = bigramStarts[first]!;
    const end = bigramStarts[first + 1]!;
    let high = end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (bigramSeconds[middle]! < second) low = middle + 1;
      else high = middle;
    }
    return low < end && bigramSeconds[low] === second ? characters.length + low : -1;
  }

  wordTermId(wordId: number): number {
    return wordId < 0 ? -1 : this.#data.characters.length + this.#data.bigramSeconds.length + wordId;
  }

  #wordId(word: string): number {
    this.#wordIds ??= new Map(this.#data.words.map((text, id) => [text, id]));
    return this.#wordIds.get(word) ?? -1;
  }
}

/** Room for the tokens of an entry, kept from one entry to the next. */
export class TokenBuffer {
  values = new Uint32Array(1024);

  reserve(count: number): Uint32Array {
    if (count > this.values.length) this.values = new Uint32Array(count * 2);
    return this.values;
  }
}

/** How tokens are coded in an entry's stream. Ids are the segment's own, the most frequent first. */
export const tokenCode = {
  sentenceEnd: 0,
  /** The characters on its two sides make no bigram. A word parts them too. */
  gap: 1,
  character: (id: number): number => 2 + 2 * id,
  word: (id: number): number => 3 + 2 * id,
} as const;

function countEntries(segment: KeywordSegment): Record<Language, CorpusCounts> {
  const counts: Record<Language, CorpusCounts> = {
    zh: { entries: 0, lengths: [0, 0, 0] },
    en: { entries: 0, lengths: [0, 0, 0] },
  };
  const { lengths } = segment;
  for (let entry = 0; entry < segment.entries; entry++) {
    const target = counts[segment.language(entry)];
    target.entries++;
    for (let field = 0; field < 3; field++) target.lengths[field]! += lengths[entry * 3 + field]!;
  }
  return counts;
}
