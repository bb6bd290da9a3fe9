import { LexiconError } from "./errors.ts";

// The file: a header of 32-bit words (magic, version, then offset and byte length of each section), then the sections,
// each at a multiple of four. Little-endian throughout, as every platform that runs this is.
const MAGIC = 0x584c585a; // "ZXLX"
const VERSION = 2;

/** Puts sections into one file that {@link unpackSections} takes apart without copying. */
export function packSections(sections: readonly Uint8Array[]): Uint8Array {
  const header = 4 * (2 + 2 * sections.length);
  let offset = header;
  const words = [MAGIC, VERSION];
  for (const section of sections) {
    words.push(offset, section.byteLength);
    offset = align(offset + section.byteLength);
  }
  const bytes = new Uint8Array(offset);
  bytes.set(new Uint8Array(Uint32Array.from(words).buffer));
  for (const [index, section] of sections.entries()) bytes.set(section, words[2 + 2 * index]!);
  return bytes;
}

/** @throws LexiconError `lexicon-corrupt` when the bytes are no lexicon of this version or a section is cut off. */
export function unpackSections(bytes: Uint8Array, count: number): Uint8Array[] {
  // Views on 32-bit words need an aligned start.
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const view = new DataView(aligned.buffer, aligned.byteOffset, aligned.byteLength);
  const header = 4 * (2 + 2 * count);
  if (
    aligned.byteLength < header ||
    view.getUint32(0, true) !== MAGIC ||
    view.getUint32(4, true) !== VERSION
  ) {
    throw corrupt("it does not begin like one of this version");
  }
  return Array.from({ length: count }, (_, index) => {
    const offset = view.getUint32(8 + 8 * index, true);
    const length = view.getUint32(12 + 8 * index, true);
    if (offset % 4 !== 0 || offset + length > aligned.byteLength)
      throw corrupt(`section ${index} is cut off`);
    return aligned.subarray(offset, offset + length);
  });
}

export function corrupt(reason: string): LexiconError {
  return new LexiconError(
    "lexicon-corrupt",
    `These bytes are no usable lexicon: ${reason}. Build it again: npm run setup, or reinstall @zixue/lexicon.`,
  );
}

/** Strings sorted by UTF-16 code units, kept as one string and their start offsets. */
export class StringTable {
  readonly length: number;
  readonly #text: string;
  readonly #starts: Uint32Array;

  constructor(text: Uint8Array, starts: Uint8Array) {
    this.#text = new TextDecoder().decode(text);
    this.#starts = words(starts);
    this.length = this.#starts.length - 1;
    if (this.length < 0 || this.#starts[this.length] !== this.#text.length)
      throw corrupt("a string table is damaged");
  }

  at(index: number): string {
    return this.#text.slice(this.#starts[index], this.#starts[index + 1]);
  }

  /** Position of a string, or −1. */
  indexOf(wanted: string): number {
    const index = this.lowerBound(wanted);
    return index < this.length && this.at(index) === wanted ? index : -1;
  }

  /** First position whose string is not less than `wanted`. */
  lowerBound(wanted: string): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.at(middle) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  static pack(sortedStrings: readonly string[]): [text: Uint8Array, starts: Uint8Array] {
    const starts = new Uint32Array(sortedStrings.length + 1);
    let offset = 0;
    for (const [index, text] of sortedStrings.entries()) {
      starts[index] = offset;
      offset += text.length;
    }
    starts[sortedStrings.length] = offset;
    return [new TextEncoder().encode(sortedStrings.join("")), new Uint8Array(starts.buffer)];
  }
}

/** For each row a list of (target, weight): row starts, and one 32-bit word an entry, target × 256 + weight × 255. */
export class WeightedLists {
  readonly #starts: Uint32Array;
  readonly #entries: Uint32Array;

  constructor(starts: Uint8Array, entries: Uint8Array) {
    this.#starts = words(starts);
    this.#entries = words(entries);
    if (this.#starts[this.#starts.length - 1] !== this.#entries.length)
      throw corrupt("a list table is damaged");
  }

  /** Entries of a row, heaviest first; weights are in (0, 1]. */
  row(index: number): { target: number; weight: number }[] {
    const entries = this.#entries.subarray(this.#starts[index], this.#starts[index + 1]);
    return Array.from(entries, (entry) => ({ target: entry >>> 8, weight: (entry & 255) / 255 }));
  }

  static pack(
    rows: readonly (readonly { target: number; weight: number }[])[],
  ): [starts: Uint8Array, entries: Uint8Array] {
    const starts = new Uint32Array(rows.length + 1);
    for (const [index, row] of rows.entries()) starts[index + 1] = starts[index]! + row.length;
    const entries = new Uint32Array(starts[rows.length]!);
    for (const [index, row] of rows.entries()) {
      for (const [position, { target, weight }] of row.entries()) {
        entries[starts[index]! + position] = target * 256 + Math.max(1, Math.round(weight * 255));
      }
    }
    return [new Uint8Array(starts.buffer), new Uint8Array(entries.buffer)];
  }
}

/** @throws LexiconError `lexicon-corrupt` */
export function floats(bytes: Uint8Array): Float32Array {
  if (bytes.byteLength % 4 !== 0) throw corrupt("a table has a broken length");
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}

function words(bytes: Uint8Array): Uint32Array {
  if (bytes.byteLength % 4 !== 0) throw corrupt("a table has a broken length");
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}

function align(offset: number): number {
  return (offset + 3) & ~3;
}
