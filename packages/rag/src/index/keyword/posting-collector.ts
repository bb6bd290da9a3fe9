import type { ByteWriter } from "./bytes.ts";
import { GrowableUint32 } from "./growable.ts";

/** Collects the postings of one field, entry by entry, under provisional term ids. */
export class PostingCollector {
  readonly #terms = new GrowableUint32();
  readonly #entries = new GrowableUint32();
  readonly #counts = new GrowableUint32();
  readonly #touched = new GrowableUint32();
  #current = new Uint32Array(1024);

  /** One occurrence of a term in the entry being read. */
  add(term: number): void {
    if (term >= this.#current.length) {
      const grown = new Uint32Array(Math.max(term + 1, this.#current.length * 2));
      grown.set(this.#current);
      this.#current = grown;
    }
    if (this.#current[term]!++ === 0) this.#touched.push(term);
  }

  /** The entry is over; gives back how many occurrences it had. */
  endEntry(entry: number): number {
    const touched = this.#touched.view();
    let total = 0;
    for (let index = 0; index < touched.length; index++) {
      const term = touched[index]!;
      this.#terms.push(term);
      this.#entries.push(entry);
      this.#counts.push(this.#current[term]!);
      total += this.#current[term]!;
      this.#current[term] = 0;
    }
    this.#touched.length = 0;
    return total;
  }

  /** Groups what was collected by term. */
  finish(termCount: number): CollectedPostings {
    const terms = this.#terms.view();
    const collectedEntries = this.#entries.view();
    const collectedCounts = this.#counts.view();
    const starts = new Uint32Array(termCount + 1);
    for (const term of terms) starts[term + 1]!++;
    for (let term = 0; term < termCount; term++) starts[term + 1]! += starts[term]!;
    const next = starts.slice();
    const entries = new Uint32Array(terms.length);
    const counts = new Uint32Array(terms.length);
    for (let index = 0; index < terms.length; index++) {
      const place = next[terms[index]!]!++;
      entries[place] = collectedEntries[index]!;
      counts[place] = collectedCounts[index]!;
    }
    return new CollectedPostings(starts, entries, counts);
  }
}

/** Postings by provisional term id, entries ascending. */
export class CollectedPostings {
  readonly #starts: Uint32Array;
  readonly #entries: Uint32Array;
  readonly #counts: Uint32Array;

  constructor(starts: Uint32Array, entries: Uint32Array, counts: Uint32Array) {
    this.#starts = starts;
    this.#entries = entries;
    this.#counts = counts;
  }

  frequency(term: number): number {
    return this.#starts[term + 1]! - this.#starts[term]!;
  }

  /** Entries of a term that `accept` lets through. */
  count(term: number, accept: (entry: number) => boolean): number {
    let count = 0;
    for (let index = this.#starts[term]!; index < this.#starts[term + 1]!; index++) {
      if (accept(this.#entries[index]!)) count++;
    }
    return count;
  }

  /**
   * Per entry the distance to the one before, doubled, odd when the term occurs more than once; then how often more
   * than twice.
   */
  write(term: number, writer: ByteWriter): void {
    let previous = -1;
    for (let index = this.#starts[term]!; index < this.#starts[term + 1]!; index++) {
      const distance = this.#entries[index]! - previous - 1;
      const count = this.#counts[index]!;
      writer.varint(distance * 2 + (count > 1 ? 1 : 0));
      if (count > 1) writer.varint(count - 2);
      previous = this.#entries[index]!;
    }
  }
}
