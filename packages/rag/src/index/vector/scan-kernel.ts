import { type DotKernel, instantiateDotKernel } from "./dot-kernel.ts";
import type { VectorBlock } from "./vector-block.ts";
import { rowStride } from "./vector-block.ts";

/** Rows that are scored per call, so that scores stay in the processor's cache until they are looked at. */
export const TILE_ROWS = 8192;

/** Integer inner products of one query with rows; rows of all blocks are numbered through from 0. */
export interface ScanKernel {
  readonly name: "wasm-simd" | "plain";
  /**
   * Replaces the rows. Blocks that stay in front are not copied again.
   *
   * @throws RangeError when the engine gives no more memory (4 GB at most).
   */
  setBlocks(blocks: readonly VectorBlock[]): void;
  setQuery(codes: Int16Array): void;
  /** Scores of `count ≤ TILE_ROWS` rows from `first`. The array is reused by the next call. */
  dot(first: number, count: number): Int32Array;
  /** Scores of up to `TILE_ROWS` rows by number. The array is reused by the next call. */
  gather(rows: Uint32Array): Int32Array;
}

/** The SIMD kernel where the engine has WebAssembly SIMD, otherwise the same arithmetic in JavaScript. */
export function createScanKernel(
  dimensions: number,
  prefer: "wasm-simd" | "plain" = "wasm-simd",
): ScanKernel {
  if (prefer === "wasm-simd") {
    const kernel = instantiateDotKernel();
    if (kernel !== undefined) return new WasmKernel(kernel, dimensions);
  }
  return new PlainKernel(dimensions);
}

const PAGE = 65_536;
/** Address 0 is kept free: it means "no list". */
const QUERY_AT = 64;

/** Memory: query, scores of a tile, row numbers of a tile, rows. */
class WasmKernel implements ScanKernel {
  readonly name = "wasm-simd";
  readonly #stride: number;
  readonly #scoresAt: number;
  readonly #idsAt: number;
  readonly #rowsAt: number;
  readonly #memory: DotKernel["memory"];
  readonly #dot: DotKernel["dot"];
  #blocks: readonly VectorBlock[] = [];

  constructor({ memory, dot }: DotKernel, dimensions: number) {
    this.#stride = rowStride(dimensions);
    this.#scoresAt = QUERY_AT + this.#stride * 2;
    this.#idsAt = this.#scoresAt + TILE_ROWS * 4;
    this.#rowsAt = this.#idsAt + TILE_ROWS * 4;
    this.#memory = memory;
    this.#dot = dot;
    this.#reserve(this.#rowsAt);
  }

  setBlocks(blocks: readonly VectorBlock[]): void {
    const needed = this.#rowsAt + blocks.reduce((sum, { count }) => sum + count, 0) * this.#stride;
    this.#reserve(needed);
    let at = this.#rowsAt;
    let same = true;
    blocks.forEach((block, index) => {
      same &&= this.#blocks[index] === block;
      if (!same) new Int8Array(this.#memory.buffer, at, block.codes.length).set(block.codes);
      at += block.codes.length;
    });
    this.#blocks = blocks;
  }

  #reserve(bytes: number): void {
    const missing = Math.ceil((bytes - this.#memory.buffer.byteLength) / PAGE);
    if (missing > 0) this.#memory.grow(missing);
  }

  setQuery(codes: Int16Array): void {
    const at = new Int16Array(this.#memory.buffer, QUERY_AT, this.#stride);
    at.fill(0);
    at.set(codes);
  }

  dot(first: number, count: number): Int32Array {
    this.#dot(QUERY_AT, this.#rowsAt + first * this.#stride, this.#stride, 0, count, this.#scoresAt);
    return new Int32Array(this.#memory.buffer, this.#scoresAt, count);
  }

  gather(rows: Uint32Array): Int32Array {
    new Uint32Array(this.#memory.buffer, this.#idsAt, rows.length).set(rows);
    this.#dot(QUERY_AT, this.#rowsAt, this.#stride, this.#idsAt, rows.length, this.#scoresAt);
    return new Int32Array(this.#memory.buffer, this.#scoresAt, rows.length);
  }
}

class PlainKernel implements ScanKernel {
  readonly name = "plain";
  readonly #stride: number;
  readonly #scores = new Int32Array(TILE_ROWS);
  #blocks: readonly VectorBlock[] = [];
  #starts: number[] = [];
  #query: Int16Array = new Int16Array(0);

  constructor(dimensions: number) {
    this.#stride = rowStride(dimensions);
  }

  setBlocks(blocks: readonly VectorBlock[]): void {
    let start = 0;
    this.#blocks = blocks;
    this.#starts = blocks.map(({ count }) => {
      start += count;
      return start - count;
    });
  }

  setQuery(codes: Int16Array): void {
    this.#query = codes;
  }

  dot(first: number, count: number): Int32Array {
    for (let i = 0; i < count; i++) this.#scores[i] = this.#score(first + i);
    return this.#scores.subarray(0, count);
  }

  gather(rows: Uint32Array): Int32Array {
    rows.forEach((row, index) => {
      this.#scores[index] = this.#score(row);
    });
    return this.#scores.subarray(0, rows.length);
  }

  #score(row: number): number {
    let index = this.#starts.length - 1;
    while ((this.#starts[index] as number) > row) index--;
    const { codes } = this.#blocks[index] as VectorBlock;
    const at = (row - (this.#starts[index] as number)) * this.#stride;
    const query = this.#query;
    let sum = 0;
    for (let i = 0; i < query.length; i++) sum += (query[i] as number) * (codes[at + i] as number);
    return sum;
  }
}
