import type { KeywordSegment } from "./segment.ts";

/** Kept for a segment, in bytes: the frequent terms of most questions are the same few hundred. */
const BUDGET = 8 << 20;
const LARGEST_FREQUENCY = 0xff;

/**
 * Posting lists of frequent terms as a term frequency for every entry, so that a few entries can be looked up without
 * decoding a list. The least recently used ones are dropped.
 */
export class DenseLists {
  readonly #segment: KeywordSegment;
  readonly #lists = new Map<number, Uint8Array>();
  readonly #largest = new Map<number, number>();

  constructor(segment: KeywordSegment) {
    this.#segment = segment;
  }

  /** Frequency by entry; `undefined` when one is too large for a byte. */
  get(termId: number): Uint8Array | undefined {
    let list = this.#lists.get(termId);
    if (list === undefined) {
      list = this.#decode(termId);
      if (list === undefined) return undefined;
      if ((this.#lists.size + 1) * list.length > BUDGET && this.#lists.size > 0)
        this.#lists.delete(this.#lists.keys().next().value!);
    } else this.#lists.delete(termId);
    // Last in the map's order: the most recently used.
    this.#lists.set(termId, list);
    return list;
  }

  /** The largest frequency of a term that was asked for before; `undefined` for others. */
  largestFrequency(termId: number): number | undefined {
    return this.#largest.get(termId);
  }

  #decode(termId: number): Uint8Array | undefined {
    const count = this.#segment.documentFrequency(termId);
    if (entries.length < count) {
      entries = new Uint32Array(count);
      frequencies = new Uint32Array(count);
    }
    this.#segment.readPostings(termId, entries, frequencies);
    const list = new Uint8Array(this.#segment.entries);
    let largest = 0;
    for (let index = 0; index < count; index++) {
      const frequency = frequencies[index]!;
      if (frequency > largest) largest = frequency;
      list[entries[index]!] = frequency;
    }
    this.#largest.set(termId, largest);
    return largest > LARGEST_FREQUENCY ? undefined : list;
  }
}

/** Decoding runs to its end without a pause, so that all can share them. */
let entries = new Uint32Array(0);
let frequencies = new Uint32Array(0);
