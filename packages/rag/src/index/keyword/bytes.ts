import { RagError } from "../../errors.ts";
import type { Steps } from "./steps.ts";

/** A growing buffer that numbers and strings are written to. */
export class ByteWriter {
  #bytes: Uint8Array;
  #length = 0;

  /** @param capacity Bytes to begin with: a good guess spares copying. */
  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(Math.max(16, capacity));
  }

  get length(): number {
    return this.#length;
  }

  /** An unsigned integer below 2^53, seven bits to a byte, lowest first (LEB128). */
  varint(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
      rest = rest > 0x7fffffff ? Math.floor(rest / 0x80) : rest >>> 7;
    }
    this.#bytes[this.#length++] = rest;
  }

  /** Many of them, below 2^32: `values[start … end)`. */
  varints(values: Uint32Array, start: number, end: number): void {
    this.#reserve((end - start) * 5);
    const bytes = this.#bytes;
    let length = this.#length;
    for (let index = start; index < end; index++) {
      let rest = values[index]!;
      while (rest >= 0x80) {
        bytes[length++] = (rest & 0x7f) | 0x80;
        rest >>>= 7;
      }
      bytes[length++] = rest;
    }
    this.#length = length;
  }

  uint32(value: number): void {
    this.#reserve(4);
    new DataView(this.#bytes.buffer).setUint32(this.#length, value, true);
    this.#length += 4;
  }

  bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** UTF-8 behind its length in bytes. */
  string(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.varint(bytes.length);
    this.bytes(bytes);
  }

  /** Writes over four bytes that are there already. */
  patchUint32(position: number, value: number): void {
    new DataView(this.#bytes.buffer).setUint32(position, value, true);
  }

  /** A view of what was written, valid until more is. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** What was written, in a buffer of that size or up to half as large again. */
  finish(): Uint8Array {
    const spare = this.#bytes.length - this.#length;
    return spare < this.#length / 2 ? this.view() : this.#bytes.slice(0, this.#length);
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

/** Reads what `ByteWriter` wrote. Anything that cannot be is a `RagError` with code `index-corrupt`. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 49; scale *= 0x80) {
      const byte = this.#bytes[this.#position++];
      if (byte === undefined) throw corrupt("it ends too early");
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw corrupt(`a number at byte ${this.#position} has no end`);
  }

  /** A count of things that take at least `size` bytes each: more than there is room for is damage. */
  count(size = 1): number {
    const value = this.varint();
    if (value * size > this.#bytes.length) throw corrupt(`it counts ${value} items and has no room for them`);
    return value;
  }

  /** A view, not a copy. */
  bytes(length: number): Uint8Array {
    const end = this.#position + length;
    if (end > this.#bytes.length) throw corrupt("it ends too early");
    const view = this.#bytes.subarray(this.#position, end);
    this.#position = end;
    return view;
  }

  string(): string {
    try {
      return this.#decoder.decode(this.bytes(this.varint()));
    } catch (cause) {
      throw cause instanceof RagError ? cause : corrupt("a string in it is not UTF-8", cause);
    }
  }

  finish(): void {
    if (this.#position !== this.#bytes.length) throw corrupt("there are bytes left over at its end");
  }
}

/** Bytes whose checksum is taken between two pauses. */
const CHECKSUM_BLOCK = 1 << 20;

/**
 * 32 bits over the whole content. Each step is a bijection of the running value and of the word it takes in, so that
 * any change within one word is certain to be seen; different seeds give different sums.
 */
export function* checksumSteps(bytes: Uint8Array, seed: number): Steps<number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words = bytes.length - (bytes.length % 4);
  let hash = Math.imul(seed, 0x27d4eb2f) ^ bytes.length;
  for (let start = 0; start < words; start += CHECKSUM_BLOCK) {
    hash = mixWords(view, start, Math.min(start + CHECKSUM_BLOCK, words), hash);
    yield;
  }
  for (let index = words; index < bytes.length; index++) hash = Math.imul(hash ^ bytes[index]!, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

function mixWords(view: DataView, start: number, end: number, seed: number): number {
  let hash = seed;
  for (let index = start; index < end; index += 4) {
    hash = Math.imul(hash ^ view.getInt32(index, true), 0x9e3779b1);
    hash = (hash << 13) | (hash >>> 19);
  }
  return hash;
}

export function corrupt(reason: string, cause?: unknown): RagError {
  return new RagError(
    "index-corrupt",
    `The index file cannot be read: ${reason}. Delete it and ingest the documents again.`,
    { cause },
  );
}
