import { setImmediate as nextTurn } from "node:timers/promises";
import { ExactScan } from "./exact-scan.ts";
import type { HnswGraph } from "./hnsw-graph.ts";
import { unitVector } from "./unit-vectors.ts";
import type { VectorBlock } from "./vector-block.ts";

/** recall@10 that a graph must reach before it may serve. */
export const REQUIRED_RECALL = 0.99;
const SAMPLE = 80;
const K = 10;
const WIDTHS = [100, 140, 200, 280, 400, 560, 800, 1200];

export interface Calibration {
  readonly ef: number;
  /** recall@10 against exact search on the sample. */
  readonly recall: number;
  /** Median times of one search, in milliseconds. */
  readonly graphMs: number;
  readonly exactMs: number;
}

/**
 * The smallest search width whose recall@10 against exact search is at least .99 on a sample: half stored vectors,
 * half vectors off the beaten track, since questions do not lie where passages do. Gives the widest one tried when
 * none is enough. Lets the event loop run between queries.
 *
 * @param vectors The graph's vectors, `count × dimensions`.
 * @param exact The same vectors as blocks, and the row of every label in them.
 */
export async function calibrateEf(
  graph: HnswGraph,
  vectors: Float32Array,
  exact: { readonly blocks: readonly VectorBlock[]; readonly rows: Uint32Array },
  signal?: AbortSignal,
): Promise<Calibration> {
  // A scan of its own: the one that serves may change to newer blocks between two queries.
  const scan = new ExactScan(graph.dimensions);
  scan.setBlocks(exact.blocks);
  const truths: { query: Float32Array; floor: number }[] = [];
  const exactTimes: number[] = [];
  for (const query of sampleQueries(vectors, graph.count, graph.dimensions)) {
    signal?.throwIfAborted();
    const start = performance.now();
    const best = scan.search(query, K, { rows: exact.rows });
    exactTimes.push(performance.now() - start);
    // Ties may come in any order, so a hit is counted by its score.
    truths.push({ query, floor: (best.at(-1)?.score ?? 0) - 1e-6 });
    await nextTurn();
  }
  const wanted = Math.min(K, graph.count);
  let result: Calibration | undefined;
  for (const ef of WIDTHS) {
    const graphTimes: number[] = [];
    let hits = 0;
    for (const { query, floor } of truths) {
      signal?.throwIfAborted();
      const start = performance.now();
      const found = graph.search(query, wanted, ef);
      graphTimes.push(performance.now() - start);
      hits += found.filter(({ score }) => score >= floor).length;
      await nextTurn();
    }
    const recall = hits / (truths.length * wanted);
    result = { ef, recall, graphMs: median(graphTimes), exactMs: median(exactTimes) };
    if (recall >= REQUIRED_RECALL) break;
  }
  return result as Calibration;
}

function sampleQueries(vectors: Float32Array, count: number, dimensions: number): Float32Array[] {
  const random = randomNumbers(0x5eed);
  return Array.from({ length: Math.min(SAMPLE, count * 2) }, (_, index) => {
    const at = Math.floor(random() * count) * dimensions;
    const query = vectors.slice(at, at + dimensions);
    if (index % 2 === 1) {
      const spread = 1 / Math.sqrt(dimensions);
      for (let i = 0; i < dimensions; i++) {
        // The sum of three uniform numbers is near enough to a normal one; its length is about that of the vector.
        query[i] = (query[i] as number) + (random() + random() + random() - 1.5) * spread;
      }
    }
    return unitVector(query, { where: "a sample" });
  });
}

/** mulberry32: small, and the same sample every time. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
