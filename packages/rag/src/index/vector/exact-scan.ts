import { createScanKernel, type ScanKernel, TILE_ROWS } from "./scan-kernel.ts";
import { TopRows } from "./top-rows.ts";
import { quantizeRow, type VectorBlock } from "./vector-block.ts";

/** A row of the vector side (blocks numbered through from 0) and its cosine similarity to the query. */
export interface ScoredRow {
  readonly row: number;
  readonly score: number;
}

/** Which rows may be returned: a byte a row (1 = yes), or the rows themselves when they are few. */
export type RowSelection = { readonly mask: Uint8Array } | { readonly rows: Uint32Array };

/** How many candidates of the int8 scan are scored again in float32. */
const RESCORED = 100;

/**
 * Exact nearest neighbours by a full scan: int8 inner products by a SIMD kernel, then the best 100 scored again in
 * float32. Recall@10 against a float32 scan is above .99 (tests, benchmarks/vectors.ts). Runs in a browser.
 *
 * @example
 * const scan = new ExactScan(512)
 * scan.setBlocks([createVectorBlock(rows, 512)])
 * scan.search(unitVector(query, { where: "the query" }), 10)   // [{ row, score }, …]
 */
export class ExactScan {
  readonly dimensions: number;
  #kernel: ScanKernel;
  readonly #query: Int16Array;
  #blocks: readonly VectorBlock[] = [];
  #starts: readonly number[] = [];
  #scales = new Float32Array(0);
  #count = 0;

  constructor(dimensions: number, options: { kernel?: "wasm-simd" | "plain" } = {}) {
    this.dimensions = dimensions;
    this.#kernel = createScanKernel(dimensions, options.kernel);
    this.#query = new Int16Array(dimensions);
  }

  /** `"plain"` where the engine has no WebAssembly SIMD. */
  get kernel(): "wasm-simd" | "plain" {
    return this.#kernel.name;
  }

  get count(): number {
    return this.#count;
  }

  /** Replaces the rows; cheap for blocks that were there before at the same place. */
  setBlocks(blocks: readonly VectorBlock[]): void {
    const starts: number[] = [];
    let count = 0;
    for (const block of blocks) {
      starts.push(count);
      count += block.count;
    }
    const scales = new Float32Array(count);
    blocks.forEach((block, index) => {
      scales.set(block.scales, starts[index] as number);
    });
    try {
      this.#kernel.setBlocks(blocks);
    } catch {
      // More rows than WebAssembly can address: slower, but every row is searched.
      this.#kernel = createScanKernel(this.dimensions, "plain");
      this.#kernel.setBlocks(blocks);
    }
    this.#blocks = blocks;
    this.#starts = starts;
    this.#scales = scales;
    this.#count = count;
  }

  /** The `limit` best rows, best first. `query` must have length 1 and the right dimensions. */
  search(query: Float32Array, limit: number, selection?: RowSelection): ScoredRow[] {
    if (limit < 1 || this.#count === 0) return [];
    quantizeRow(query, this.#query, 0);
    this.#kernel.setQuery(this.#query);
    const best = new TopRows(Math.min(this.#count, Math.max(RESCORED, limit * 2)));
    if (selection !== undefined && "rows" in selection) this.#scanRows(selection.rows, best);
    else this.#scanAll(best, selection?.mask);
    return best
      .rows()
      .map((row) => ({ row, score: this.similarity(query, row) }))
      .sort((a, b) => b.score - a.score || a.row - b.row)
      .slice(0, limit);
  }

  /** Cosine similarity in float32. */
  similarity(query: Float32Array, row: number): number {
    let index = this.#starts.length - 1;
    while ((this.#starts[index] as number) > row) index--;
    const { floats } = this.#blocks[index] as VectorBlock;
    return innerProduct(query, floats, (row - (this.#starts[index] as number)) * this.dimensions);
  }

  #scanAll(best: TopRows, mask: Uint8Array | undefined): void {
    const scales = this.#scales;
    for (let first = 0; first < this.#count; first += TILE_ROWS) {
      const count = Math.min(TILE_ROWS, this.#count - first);
      const dots = this.#kernel.dot(first, count);
      for (let i = 0; i < count; i++) {
        const row = first + i;
        const scale = scales[row] as number;
        const score = (dots[i] as number) * scale;
        // A scale of 0 marks a row without a vector.
        if (score > best.floor && scale !== 0 && (mask === undefined || mask[row] === 1))
          best.add(row, score);
      }
    }
  }

  #scanRows(rows: Uint32Array, best: TopRows): void {
    const scales = this.#scales;
    for (let first = 0; first < rows.length; first += TILE_ROWS) {
      const tile = rows.subarray(first, first + TILE_ROWS);
      const dots = this.#kernel.gather(tile);
      for (let i = 0; i < tile.length; i++) {
        const row = tile[i] as number;
        const scale = scales[row] as number;
        const score = (dots[i] as number) * scale;
        if (score > best.floor && scale !== 0) best.add(row, score);
      }
    }
  }
}

/** Four running sums, so that additions do not wait for each other. */
function innerProduct(query: Float32Array, floats: Float32Array, at: number): number {
  const length = query.length;
  let [a, b, c, d] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < length; i += 4) {
    a += (query[i] as number) * (floats[at + i] as number);
    b += (query[i + 1] as number) * (floats[at + i + 1] as number);
    c += (query[i + 2] as number) * (floats[at + i + 2] as number);
    d += (query[i + 3] as number) * (floats[at + i + 3] as number);
  }
  for (; i < length; i++) a += (query[i] as number) * (floats[at + i] as number);
  return a + b + c + d;
}
