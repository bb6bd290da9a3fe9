import { rm } from "node:fs/promises";
import path from "node:path";
import { type Calibration, calibrateEf } from "../vector/calibrate-ef.ts";
import { GraphLabels } from "../vector/graph-labels.ts";
import { buildHnswFile } from "../vector/hnsw-build.ts";
import { HnswGraph } from "../vector/hnsw-graph.ts";
import type { ServingGraph, VectorView } from "../vector/vector-search.ts";
import { sealFile, temporaryName, writeNewFile } from "./files.ts";
import type { GraphEntry } from "./manifest.ts";
import { bytes } from "./string-table.ts";

export interface BuiltGraph {
  readonly serving: ServingGraph;
  readonly entry: GraphEntry;
  readonly calibration: Calibration;
}

/**
 * Builds a graph of the live vectors in a worker, writes it durably under `name`, loads it from there and calibrates
 * it. It is no part of the index until its entry is committed.
 */
export async function buildGraph(options: {
  folder: string;
  name: string;
  view: VectorView;
  signal: AbortSignal;
}): Promise<BuiltGraph> {
  const { folder, name, view, signal } = options;
  const { dimensions } = view;
  const { vectors, keys, rows } = copyLive(view);
  const count = rows.length;
  const temporary = temporaryName(`${name}.hnsw`);
  const names = [temporary, `${name}.hnsw`, `${name}.keys`];
  try {
    await buildHnswFile({ vectors, count, dimensions, file: path.join(folder, temporary), signal });
    const file = await sealFile(folder, `${name}.hnsw`, temporary);
    const graph = await HnswGraph.load(path.join(folder, file.name), { dimensions, count });
    const calibration = await calibrateEf(graph, vectors, { blocks: view.blocks, rows }, signal);
    const keysFile = await writeNewFile(folder, `${name}.keys`, [bytes(keys)]);
    return {
      serving: { graph, labels: new GraphLabels(keys), ef: calibration.ef },
      entry: { file, keys: keysFile, ef: calibration.ef, recall: calibration.recall },
      calibration,
    };
  } catch (error) {
    await Promise.all(names.map((one) => rm(path.join(folder, one), { force: true }).catch(() => undefined)));
    throw error;
  }
}

/** The live vectors in memory that a worker can read too; `rows[label]` is the row of the view. */
function copyLive(view: VectorView): {
  vectors: Float32Array<SharedArrayBuffer>;
  keys: Uint32Array;
  rows: Uint32Array;
} {
  const { dimensions, liveCount } = view;
  const vectors = new Float32Array(new SharedArrayBuffer(liveCount * dimensions * 4));
  const keys = new Uint32Array(liveCount * 2);
  const rows = new Uint32Array(liveCount);
  let label = 0;
  let start = 0;
  view.blocks.forEach((block, index) => {
    const blockKeys = view.keys[index] as Uint32Array;
    for (let i = 0; i < block.count; i++) {
      if (view.live !== undefined && view.live[start + i] !== 1) continue;
      vectors.set(block.floats.subarray(i * dimensions, (i + 1) * dimensions), label * dimensions);
      keys.set(blockKeys.subarray(i * 2, i * 2 + 2), label * 2);
      rows[label++] = start + i;
    }
    start += block.count;
  });
  return { vectors, keys, rows };
}
