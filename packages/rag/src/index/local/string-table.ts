import { fnv1a } from "../../fnv1a.ts";
import type { Steps } from "../keyword/steps.ts";

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

  static *fromSteps(strings: readonly string[]): Steps<StringTable> {
    const { offsets, text } = yield* concatenateSteps(strings);
    const hashes = new Uint32Array(strings.length);
    for (let position = 0; position < strings.length; position++) {
      hashes[position] = fnv1a(strings[position] as string);
      if (position % BLOCK === 0) yield;
    }
    const positions = orderOf(hashes);
    return new StringTable(
      offsets,
      positions.map((position) => hashes[position] as number),
      positions,
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

  /** Positions of the strings that the other table has too. */
  positionsOfShared(other: StringTable): number[] {
    const shared: number[] = [];
    // Both are sorted by hash: a walk through the two for tables of a size, a search for each string of a small one.
    const walk = other.length * 16 > this.length;
    let at = 0;
    for (let index = 0; index < other.length; index++) {
      const hash = other.#hashes[index] as number;
      if (walk) while (at < this.length && (this.#hashes[at] as number) < hash) at++;
      else at = lowerBound(this.#hashes, hash);
      if (this.#hashes[at] !== hash) continue;
      const value = other.at(other.#positions[index] as number);
      for (let same = at; this.#hashes[same] === hash; same++) {
        const position = this.#positions[same] as number;
        if (this.at(position) === value) shared.push(position);
      }
    }
    return shared;
  }

  /** Position of a string, or −1. */
  find(value: string): number {
    const hash = fnv1a(value);
    for (let at = lowerBound(this.#hashes, hash); this.#hashes[at] === hash; at++) {
      const position = this.#positions[at] as number;
      if (this.at(position) === value) return position;
    }
    return -1;
  }
}

/** UTF-8 of all strings in a row; string `i` is at `[offsets[i], offsets[i + 1])`. */
export function* concatenateSteps(
  strings: readonly string[],
): Steps<{ offsets: Uint32Array; text: Uint8Array }> {
  const offsets = new Uint32Array(strings.length + 1);
  let text = new Uint8Array(Math.max(64, strings.length * 24));
  let end = 0;
  for (let index = 0; index < strings.length; index++) {
    const value = strings[index] as string;
    const needed = end + value.length * 3;
    if (needed > text.length) {
      const grown = new Uint8Array(Math.max(needed, text.length * 2));
      grown.set(text.subarray(0, end));
      text = grown;
    }
    end += encoder.encodeInto(value, text.subarray(end)).written;
    offsets[index + 1] = end;
    if (index % BLOCK === 0) yield;
  }
  return { offsets, text: text.slice(0, end) };
}

/** String `position` of a row of strings. A `Buffer` decodes short ones several times as fast as a `TextDecoder`. */
export function decode(text: Uint8Array, offsets: Uint32Array, position: number): string {
  const buffer = Buffer.isBuffer(text) ? text : Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  return buffer.toString("utf8", offsets[position], offsets[position + 1]);
}

export function bytes(array: Uint32Array | Float32Array | Int8Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** A view; the section must begin at a multiple of 4, which the segment format guarantees. */
export function words(section: Uint8Array | undefined): Uint32Array {
  if (section === undefined) return new Uint32Array(0);
  return new Uint32Array(section.buffer, section.byteOffset, section.byteLength >>> 2);
}

/** Strings worked on between two pauses. */
const BLOCK = 256;

const encoder = new TextEncoder();

/** Positions by ascending hash, equal ones in their order; for many a radix sort, half a hash at a time. */
function orderOf(hashes: Uint32Array): Uint32Array {
  let from: Uint32Array = Uint32Array.from(hashes, (_, position) => position);
  if (hashes.length < 4096) {
    return from.sort((one, other) => (hashes[one] as number) - (hashes[other] as number) || one - other);
  }
  let to: Uint32Array = new Uint32Array(hashes.length);
  for (const shift of [0, 16]) {
    const starts = new Uint32Array(0x10001);
    for (const hash of hashes) {
      const digit = (hash >>> shift) & 0xffff;
      starts[digit + 1] = (starts[digit + 1] as number) + 1;
    }
    for (let digit = 0; digit < 0x10000; digit++) {
      starts[digit + 1] = (starts[digit + 1] as number) + (starts[digit] as number);
    }
    for (const position of from) {
      const digit = ((hashes[position] as number) >>> shift) & 0xffff;
      const place = starts[digit] as number;
      starts[digit] = place + 1;
      to[place] = position;
    }
    [from, to] = [to, from];
  }
  return from;
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
