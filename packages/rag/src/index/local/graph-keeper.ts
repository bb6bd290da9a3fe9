import { randomBytes } from "node:crypto";
import { open, rm } from "node:fs/promises";
import path from "node:path";
import { untilAborted } from "../../abort.ts";
import { GraphLabels } from "../vector/graph-labels.ts";
import { HnswGraph, loadHnswlib } from "../vector/hnsw-graph.ts";
import type { VectorSearch } from "../vector/vector-search.ts";
import { buildGraph } from "./build-graph.ts";
import { type FileEntry, hashFile, readWithHash } from "./files.ts";
import type { GraphEntry } from "./manifest.ts";
import type { Snapshot } from "./snapshot.ts";
import { words } from "./string-table.ts";

/** Up to here the exact scan is about as fast as a graph, and needs no building. */
export const GRAPH_THRESHOLD = 20_000;
/** A graph is built anew when it lacks, or holds in vain, more than these shares. */
const ADDED_SHARE = 0.2;
const REMOVED_SHARE = 0.25;
/** Building waits until changes have stopped coming for this long. */
const IDLE_MS = 1000;
const WAITING_ENDED = "The caller stopped waiting for the graph of neighbours; building it goes on.";

export interface GraphKeeperOptions {
  readonly folder: string;
  readonly mode: "exact" | "hnsw" | "auto";
  /** Only the writer builds graphs; whoever reads may become one. */
  readonly mayWrite: () => boolean;
  readonly search: VectorSearch;
  readonly current: () => Snapshot;
  /** Makes a finished graph part of the committed state. */
  readonly commit: (graph: GraphEntry) => Promise<void>;
}

/** Keeps the graph of nearest neighbours up to date in the background; whenever it is not, exact search serves. */
export class GraphKeeper {
  readonly #options: GraphKeeperOptions;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> | undefined;
  #loaded: string | undefined;
  /** Rows for which a graph was no gain or could not be built: not tried again before the index has grown. */
  #rejectedAt = 0;
  /** Why exact search serves although a graph was asked for; `undefined` when all is as it should be. */
  note: string | undefined;

  constructor(options: GraphKeeperOptions) {
    this.#options = options;
  }

  /** Call after every change of state: loads a graph that another process committed, and plans a build. */
  consider(): void {
    const { mode, mayWrite, current } = this.#options;
    if (mode === "exact" || this.#stop.signal.aborted) return;
    const { graph } = current().manifest;
    if (graph !== undefined && graph.file.name !== this.#loaded) this.#start(() => this.#load(graph));
    else if (mayWrite() && this.#needsBuild()) this.#plan();
  }

  /** Resolves when the graph is up to date, or is known not to help. */
  async settle(signal?: AbortSignal): Promise<void> {
    const { mode, mayWrite } = this.#options;
    await untilAborted(this.#work ?? Promise.resolve(), signal, WAITING_ENDED);
    if (mode === "exact" || !mayWrite() || this.#stop.signal.aborted) return;
    while (this.#needsBuild()) {
      clearTimeout(this.#timer);
      this.#start(() => this.#build());
      await untilAborted(this.#work ?? Promise.resolve(), signal, WAITING_ENDED);
    }
  }

  async close(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#timer);
    await this.#work;
    this.#options.search.setGraph(undefined);
  }

  #needsBuild(): boolean {
    const { mode, search, current } = this.#options;
    const { vectors } = current();
    if (vectors.liveCount < (mode === "hnsw" ? 1 : GRAPH_THRESHOLD)) return false;
    if (vectors.liveCount < this.#rejectedAt * 1.5) return false;
    const { added, removed } = search.drift(vectors);
    return added > ADDED_SHARE || removed > REMOVED_SHARE;
  }

  #plan(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#start(() => this.#build()), IDLE_MS);
    this.#timer.unref();
  }

  /** One piece of work at a time; a failure is noted, since exact search goes on serving. */
  #start(work: () => Promise<void>): void {
    if (this.#work !== undefined) return;
    this.#work = work()
      .catch((error: unknown) => {
        if (this.#stop.signal.aborted) return;
        this.note = `exact search serves: ${error instanceof Error ? error.message : String(error)}`;
      })
      .finally(() => {
        this.#work = undefined;
        this.consider();
      });
  }

  async #load({ file, keys, ef }: GraphEntry): Promise<void> {
    // Not tried twice, whatever comes of it: a damaged graph is built again by the writer.
    this.#loaded = file.name;
    const { folder, search, current } = this.#options;
    await requireHnswlib();
    const labels = new GraphLabels(words(await readVerified(folder, keys)));
    await verifyChecksum(folder, file);
    const graph = await HnswGraph.load(path.join(folder, file.name), {
      dimensions: current().manifest.dimensions,
      count: labels.count,
    });
    if (!this.#stop.signal.aborted) search.setGraph({ graph, labels, ef });
  }

  async #build(): Promise<void> {
    const { folder, mode, search, current, commit } = this.#options;
    const { signal } = this.#stop;
    const view = current().vectors;
    // Counts as refused until it has succeeded, so that a failure is not repeated at once.
    this.#rejectedAt = view.liveCount;
    await requireHnswlib();
    const name = `graph-${randomBytes(8).toString("hex")}`;
    const built = await buildGraph({ folder, name, view, signal });
    const { calibration, serving, entry } = built;
    const gain = calibration.graphMs < calibration.exactMs && calibration.recall >= 0.99;
    if (mode === "auto" && !gain) {
      await Promise.all(
        [entry.file, entry.keys].map((file) => rm(path.join(folder, file.name), { force: true })),
      );
      this.note =
        `exact search serves: with recall@10 ${calibration.recall.toFixed(3)} the graph takes ` +
        `${calibration.graphMs.toFixed(2)} ms, a scan ${calibration.exactMs.toFixed(2)} ms`;
      return;
    }
    signal.throwIfAborted();
    this.#loaded = entry.file.name;
    search.setGraph(serving);
    this.note = undefined;
    this.#rejectedAt = 0;
    await commit(entry);
  }
}

async function requireHnswlib(): Promise<void> {
  if ((await loadHnswlib()) === undefined) {
    throw new Error("hnswlib-node is not installed or was not compiled (npm install hnswlib-node)");
  }
}

async function readVerified(folder: string, entry: FileEntry): Promise<Uint8Array> {
  const handle = await open(path.join(folder, entry.name), "r");
  try {
    const { content, sha256 } = await readWithHash(handle);
    if (sha256 !== entry.sha256) throw new Error(`the checksum of ${entry.name} does not match`);
    return content;
  } finally {
    await handle.close();
  }
}

async function verifyChecksum(folder: string, entry: FileEntry): Promise<void> {
  const handle = await open(path.join(folder, entry.name), "r");
  try {
    if ((await hashFile(handle)).sha256 !== entry.sha256)
      throw new Error(`the checksum of ${entry.name} does not match`);
  } finally {
    await handle.close();
  }
}
