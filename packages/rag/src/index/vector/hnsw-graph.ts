import { verifyHnswFile } from "./hnsw-file.ts";

/** Links a node; candidates looked at while building: the values measured for text embeddings. */
export const HNSW_M = 16;
export const HNSW_EF_CONSTRUCTION = 200;

export interface ScoredLabel {
  readonly label: number;
  readonly score: number;
}

/** What is used of `hnswlib-node`, said here since its types are not there where the optional package is not. */
interface Hnswlib {
  readonly HierarchicalNSW: new (space: "ip", dimensions: number) => NativeGraph;
}

interface NativeGraph {
  readIndex(file: string): Promise<unknown>;
  getCurrentCount(): number;
  setEf(ef: number): void;
  searchKnn(query: number[], k: number): { neighbors: number[]; distances: number[] };
}

/** The optional peer `hnswlib-node`, or `undefined` where it is not installed or was not compiled. */
export async function loadHnswlib(): Promise<Hnswlib | undefined> {
  try {
    const loaded = await import("hnswlib-node");
    // A CommonJS module: its exports are the default export.
    return (loaded as { default?: Hnswlib }).default ?? loaded;
  } catch {
    return undefined;
  }
}

/**
 * A graph of nearest neighbours (Malkov & Yashunin, arXiv 1603.09320) through hnswlib-node, read only. The native code
 * ends the process on input that it does not expect, so every file is verified before it is loaded, always into a
 * fresh object, and only unit vectors of the right length reach it.
 */
export class HnswGraph {
  readonly dimensions: number;
  readonly count: number;
  readonly #native: NativeGraph;
  #ef = 0;

  private constructor(native: NativeGraph, dimensions: number, count: number) {
    this.#native = native;
    this.dimensions = dimensions;
    this.count = count;
  }

  /** The file's checksum must have been verified: here only its structure is. @throws Error with the reason. */
  static async load(file: string, expected: { dimensions: number; count: number }): Promise<HnswGraph> {
    const hnswlib = await loadHnswlib();
    if (hnswlib === undefined) throw new Error("hnswlib-node is not installed");
    await verifyHnswFile(file, { ...expected, m: HNSW_M });
    const native = new hnswlib.HierarchicalNSW("ip", expected.dimensions);
    await native.readIndex(file);
    if (native.getCurrentCount() !== expected.count)
      throw new Error("the graph holds another number of vectors");
    return new HnswGraph(native, expected.dimensions, expected.count);
  }

  /** The best `k` labels at search width `ef`, best first; `query` must come from `unitVector`. */
  search(query: Float32Array, k: number, ef: number): ScoredLabel[] {
    if (query.length !== this.dimensions) throw new RangeError("the query has another number of dimensions");
    const wanted = Math.min(k, this.count);
    if (wanted < 1) return [];
    const width = Math.max(ef, wanted);
    // Reading a file sets the width back, so it is not taken for granted.
    if (this.#ef !== width) {
      this.#native.setEf(width);
      this.#ef = width;
    }
    const { neighbors, distances } = this.#native.searchKnn(toNumbers(query), wanted);
    return neighbors.map((label, index) => ({ label, score: 1 - (distances[index] as number) }));
  }
}

/** hnswlib-node takes arrays only. A loop is eight times as fast as `Array.from`. */
function toNumbers(vector: Float32Array): number[] {
  const numbers = new Array<number>(vector.length);
  for (let i = 0; i < vector.length; i++) numbers[i] = vector[i] as number;
  return numbers;
}
