import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { RagError } from "../../errors.ts";
import { HNSW_EF_CONSTRUCTION, HNSW_M } from "./hnsw-graph.ts";

export interface HnswBuild {
  /** `count × dimensions` unit vectors in shared memory; the row number becomes the label. */
  readonly vectors: Float32Array<SharedArrayBuffer>;
  readonly count: number;
  readonly dimensions: number;
  /** Where the graph is written. The caller syncs, verifies and renames it. */
  readonly file: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number) => void) | undefined;
}

/**
 * Plain JavaScript in a string: a worker then starts alike from TypeScript sources, from `dist` and from a bundle.
 * hnswlib-node takes arrays of numbers only; the rows are unit vectors that have been checked.
 */
const WORKER_SOURCE = `
const { parentPort, workerData } = require("node:worker_threads");
const { hnswlib, vectors, count, dimensions, file, m, efConstruction } = workerData;
const { HierarchicalNSW } = require(hnswlib);
const graph = new HierarchicalNSW("ip", dimensions);
graph.initIndex(count, m, efConstruction);
for (let row = 0; row < count; row++) {
  graph.addPoint(Array.from(vectors.subarray(row * dimensions, (row + 1) * dimensions)), row);
  if (row % 1000 === 999) parentPort.postMessage(row + 1);
}
graph.writeIndexSync(file);
parentPort.postMessage("written");
`;

/** Builds a graph in a worker thread, so that queries go on meanwhile, and resolves when its file is written. */
export async function buildHnswFile(build: HnswBuild): Promise<void> {
  const { vectors, count, dimensions, file, signal, onProgress } = build;
  if (signal?.aborted) throw aborted(signal);
  if (count < 1 || vectors.length !== count * dimensions)
    throw new RangeError("a graph needs count × dimensions numbers");
  const hnswlib = createRequire(import.meta.url).resolve("hnswlib-node");
  const worker = new Worker(WORKER_SOURCE, {
    eval: true,
    workerData: {
      hnswlib,
      vectors,
      count,
      dimensions,
      file,
      m: HNSW_M,
      efConstruction: HNSW_EF_CONSTRUCTION,
    },
    // Not the flags of the parent: a loader for TypeScript would be started for nothing.
    execArgv: [],
  });
  // An index that is not closed must not keep the process alive for minutes.
  worker.unref();
  const stop = (): void => void worker.terminate();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      worker.on("message", (message: number | "written") => {
        if (message === "written") resolve();
        else onProgress?.(message);
      });
      worker.once("error", reject);
      worker.once("exit", (code) => {
        reject(
          signal?.aborted
            ? aborted(signal)
            : new Error(`the worker that builds the graph ended with code ${code}`),
        );
      });
    });
  } finally {
    signal?.removeEventListener("abort", stop);
    await worker.terminate();
  }
}

function aborted(signal: AbortSignal): RagError {
  return new RagError("aborted", "Building the graph of nearest neighbours was stopped.", {
    cause: signal.reason,
  });
}
