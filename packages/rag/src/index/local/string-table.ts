/**
 * Strings in bytes, found by value without decoding the others: UTF-8 text, offsets, and positions sorted by a 32-bit
 * hash. Opening a table costs nothing, whatever its size.
 */
export class StringTable {
  readonly length: number;
  readonly #offsets: Uint32Array;
  readonly #hashes: Uint32Array;
  readonly #positions: Uint32Array;
  readonly #text: Uint8Array;

  private constructor(offsets: Uint32Array, hashes: Uint32Array, positions: Uint32Array, text: Uint8Array) {
    this.length = hashes.length;
    this.#offsets = offsets;
    this.#hashes = hashes;
    this.#positions = positions;
    this.#text = text;
  }

  static from(strings: readonly string[]): StringTable {
    const { offsets, text } = concatenate(strings);
    const order = strings.map((value, position) => ({ hash: hashString(value), position }));
    order.sort((a, b) => a.hash - b.hash || a.position - b.position);
    return new StringTable(
      offsets,
      Uint32Array.from(order, ({ hash }) => hash),
      Uint32Array.from(order, ({ position }) => position),
      text,
    );
  }

  /** Views over the arrays that `sections` gave. */
  static fromSections([offsets, hashes, positions, text]: readonly Uint8Array[]): StringTable {
    return new StringTable(words(offsets), words(hashes), words(positions), text as Uint8Array);
  }

  sections(): Uint8Array[] {
    return [this.#offsets, this.#hashes, this.#positions].map(bytes).concat(this.#text);
  }

  at(position: number): string {
    return decode(this.#text, this.#offsets, position);
  }

  /** Position of a string, or −1. */
  find(value: string): number {
    const hash = hashString(value);
    for (let at = lowerBound(this.#hashes, hash); this.#hashes[at] === hash; at++) {
      const position = this.#positions[at] as number;
      if (this.at(position) === value) return position;
    }
    return -1;
  }
}

/** UTF-8 of all strings in a row; string `i` is at `[offsets[i], offsets[i + 1])`. */
export function concatenate(strings: readonly string[]): { offsets: Uint32Array; text: Uint8Array } {
  const encoder = new TextEncoder();
  const parts = strings.map((value) => encoder.encode(value));
  const offsets = new Uint32Array(strings.length + 1);
  parts.forEach((part, index) => {
    offsets[index + 1] = (offsets[index] as number) + part.length;
  });
  const text = new Uint8Array(offsets[strings.length] as number);
  parts.forEach((part, index) => {
    text.set(part, offsets[index]);
  });
  return { offsets, text };
}

export function decode(text: Uint8Array, offsets: Uint32Array, position: number): string {
  return decoder.decode(text.subarray(offsets[position], offsets[position + 1]));
}

export function bytes(array: Uint32Array | Float32Array | Int8Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** A view; the section must begin at a multiple of 4, which the segment format guarantees. */
export function words(section: Uint8Array | undefined): Uint32Array {
  if (section === undefined) return new Uint32Array(0);
  return new Uint32Array(section.buffer, section.byteOffset, section.byteLength >>> 2);
}

const decoder = new TextDecoder();

/** FNV-1a over UTF-16 code units. */
function hashString(value: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < value.length; i++) hash = Math.imul(hash ^ value.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

function lowerBound(sorted: Uint32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
