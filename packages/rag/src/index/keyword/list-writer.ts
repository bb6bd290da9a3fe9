import { ByteWriter } from "./bytes.ts";
import { GrowableUint32 } from "./growable.ts";

/** Writes posting lists one after another. */
export class ListWriter {
  readonly #languages: Uint8Array;
  readonly #postings: ByteWriter;
  readonly #offsets = new GrowableUint32(4096);
  readonly #frequencies = new GrowableUint32(4096);
  readonly #englishFrequencies = new GrowableUint32(4096);

  constructor(languages: Uint8Array, capacity: number) {
    this.#languages = languages;
    this.#postings = new ByteWriter(capacity);
    this.#offsets.push(0);
  }

  /**
   * One term's list, from the ascending entries of its occurrences. Per entry the distance to the one before, doubled,
   * odd when the term occurs more than once; then how often more than twice.
   */
  write(occurrences: Uint32Array, start: number, end: number): void {
    const languages = this.#languages;
    const writer = this.#postings;
    let frequency = 0;
    let english = 0;
    let previous = -1;
    for (let at = start; at < end; ) {
      const entry = occurrences[at]!;
      const from = at++;
      while (at < end && occurrences[at] === entry) at++;
      const count = at - from;
      writer.varint((entry - previous - 1) * 2 + (count > 1 ? 1 : 0));
      if (count > 1) writer.varint(count - 2);
      previous = entry;
      frequency++;
      english += (languages[entry >> 3]! >> (entry & 7)) & 1;
    }
    this.#frequencies.push(frequency);
    this.#englishFrequencies.push(english);
    this.#offsets.push(writer.length);
  }

  finish() {
    return {
      frequencies: this.#frequencies.view().slice(),
      englishFrequencies: this.#englishFrequencies.view().slice(),
      postings: this.#postings.finish(),
      postingOffsets: this.#offsets.view().slice(),
    };
  }
}
