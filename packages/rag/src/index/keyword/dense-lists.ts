import type { KeywordSegment } from "./segment.ts";

/** Stands for itself and all above it, which are kept apart. */
const LARGEST = 0xf;

/**
 * Posting lists of frequent terms as a term frequency for every entry, so that a few entries can be looked up without
 * decoding a list. They take no more room than the postings themselves (the frequent terms of most questions are the
 * same few hundred); the least recently used ones are dropped.
 */
export class DenseLists {
  readonly #segment: KeywordSegment;
  readonly #lists = new Map<number, DenseList>();
  readonly #largest = new Map<number, number>();

  constructor(segment: KeywordSegment) {
    this.#segment = segment;
  }

  get(termId: number): DenseList {
    let list = this.#lists.get(termId);
    if (list === undefined) {
      list = this.#decode(termId);
      if ((this.#lists.size + 1) * list.bytes > this.#segment.postingBytes && this.#lists.size > 0)
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

  #decode(termId: number): DenseList {
    const count = this.#segment.documentFrequency(termId);
    if (entries.length < count) {
      entries = new Uint32Array(count);
      frequencies = new Uint32Array(count);
    }
    this.#segment.readPostings(termId, entries, frequencies);
    const list = new DenseList(this.#segment.entries);
    let largest = 0;
    for (let index = 0; index < count; index++) {
      const frequency = frequencies[index]!;
      if (frequency > largest) largest = frequency;
      list.set(entries[index]!, frequency);
    }
    this.#largest.set(termId, largest);
    return list;
  }
}

/** Frequencies of one term: half a byte for each entry, and the few that do not fit apart. */
export class DenseList {
  readonly #halves: Uint8Array;
  readonly #larger = new Map<number, number>();

  constructor(entries: number) {
    this.#halves = new Uint8Array((entries + 1) >> 1);
  }

  get bytes(): number {
    return this.#halves.length;
  }

  set(entry: number, frequency: number): void {
    this.#halves[entry >> 1]! |= Math.min(frequency, LARGEST) << ((entry & 1) << 2);
    if (frequency >= LARGEST) this.#larger.set(entry, frequency);
  }

  get(entry: number): number {
    const frequency = (this.#halves[entry >> 1]! >> ((entry & 1) << 2)) & LARGEST;
    return frequency < LARGEST ? frequency : this.#larger.get(entry)!;
  }
}

/** Decoding runs to its end without a pause, so that all can share them. */
let entries = new Uint32Array(0);
let frequencies = new Uint32Array(0);
