import path from "node:path";
import { throwIfAborted } from "../abort.ts";
import { checkThresholds, type SufficiencyThresholds } from "../answer/thresholds.ts";
import type { Chunk } from "../chunk/chunk.ts";
import { RagError } from "../errors.ts";
import { checkSearchRequest } from "./check-change.ts";
import type {
  ChunkIndex,
  IndexChanges,
  IndexStats,
  SearchHit,
  SearchRequest,
  SearchResult,
} from "./chunk-index.ts";
import { cleanFolder } from "./local/clean-folder.ts";
import { commitSegment } from "./local/commit.ts";
import { encodeChangeSteps } from "./local/encode-changes.ts";
import { completeFingerprint } from "./local/fingerprint.ts";
import { GraphKeeper } from "./local/graph-keeper.ts";
import { loadSnapshot } from "./local/load-snapshot.ts";
import { type LocalIndexOptions, openOptions } from "./local/local-index-options.ts";
import { type GraphEntry, writeManifest } from "./local/manifest.ts";
import { openSnapshot } from "./local/open-snapshot.ts";
import { runInSlices } from "./local/run-in-slices.ts";
import { Snapshot } from "./local/snapshot.ts";
import { WriterLock } from "./local/writer-lock.ts";
import { unitVector } from "./vector/unit-vectors.ts";
import { VectorSearch } from "./vector/vector-search.ts";

export type { LocalIndexOptions };

/**
 * An index in a folder of immutable, checksummed files and a manifest that is replaced in one step: killed at any
 * moment, it opens as the last committed state. One writer, many readers, all of it in memory while open.
 *
 * @example
 * const index = await LocalIndex.open({ folder: "data/index" })
 * await index.apply({ put: [{ documentId: "1.1", hash, chunks }] })
 * const { keyword } = await index.search({ text: "什么是注意力机制", limit: 10 })
 * await index.close()
 */
export class LocalIndex implements ChunkIndex {
  readonly #folder: string;
  readonly #options: LocalIndexOptions;
  #lock: WriterLock | undefined;
  readonly #vectors = new VectorSearch();
  readonly #graph: GraphKeeper;
  #snapshot: Snapshot;
  #closed = false;
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(
    folder: string,
    options: LocalIndexOptions,
    lock: WriterLock | undefined,
    snapshot: Snapshot,
  ) {
    this.#folder = folder;
    this.#options = options;
    this.#lock = lock;
    this.#snapshot = snapshot;
    this.#graph = new GraphKeeper({
      folder,
      mode: options.vectors ?? "auto",
      mayWrite: () => this.#lock !== undefined,
      search: this.#vectors,
      current: () => this.#snapshot,
      commit: (graph) => this.#commitGraph(graph),
    });
    this.#graph.consider();
  }

  /**
   * Opens the last committed state.
   *
   * @throws RagError `index-locked` (another process writes), `index-missing` (reading what is not there),
   * `index-corrupt`, `index-incompatible` (other schema or fingerprint), `index-write-failed` (folder not writable).
   */
  static async open(options: LocalIndexOptions): Promise<LocalIndex> {
    const { signal } = options;
    if (typeof options.folder !== "string" || options.folder === "") {
      throw new RagError("invalid-input", 'LocalIndex.open needs a folder, e.g. { folder: "data/index" }.');
    }
    const folder = path.resolve(options.folder);
    throwIfAborted(signal, CANCELLED);
    const reads = options.readOnly === true || options.lock === "write";
    const lock = reads ? undefined : await WriterLock.acquire(folder);
    try {
      const snapshot = await openSnapshot(openOptions(folder, options, signal));
      if (lock !== undefined && snapshot.manifest.revision > 0) await cleanFolder(folder, snapshot.manifest);
      return new LocalIndex(folder, options, lock, snapshot);
    } catch (error) {
      await lock?.release();
      throwIfAborted(signal, CANCELLED);
      throw error;
    }
  }

  /**
   * Commits the changes durably: when it resolves they survive a power cut; when it rejects nothing has changed.
   *
   * @throws RagError `invalid-input`, `invalid-vector`, `index-write-failed`, `index-closed`, `aborted`
   */
  async apply(changes: IndexChanges, options: { signal?: AbortSignal } = {}): Promise<void> {
    await this.#exclusive(async () => {
      await this.#becomeWriter(options.signal);
      throwIfAborted(options.signal, CANCELLED);
      const snapshot = this.#snapshot;
      const segment = await runInSlices(encodeChangeSteps(changes, snapshot), options.signal);
      if (segment === undefined) return;
      throwIfAborted(options.signal, CANCELLED);
      const fingerprint =
        snapshot.manifest.documents === 0
          ? completeFingerprint(this.#options.fingerprint)
          : snapshot.manifest.fingerprint;
      const { manifest, states } = await commitSegment(
        this.#folder,
        snapshot,
        segment,
        fingerprint,
        options.signal,
      );
      this.#snapshot = new Snapshot(manifest, states, this.#options.translator);
      if (manifest.graph === undefined) this.#vectors.setGraph(undefined);
      await cleanFolder(this.#folder, manifest);
      this.#graph.consider();
    });
  }

  /** @throws RagError `invalid-input`, `invalid-vector`, `index-closed`, `aborted` */
  async search(request: SearchRequest): Promise<SearchResult> {
    this.#requireOpen();
    throwIfAborted(request.signal, CANCELLED);
    checkSearchRequest(request);
    const { text, vector } = request;
    const snapshot = this.#snapshot;
    const near = vector === undefined ? [] : this.#searchVectors(snapshot, vector, request);
    if (text === undefined) return { keyword: [], vector: near, coverage: 0, translated: false, terms: [] };
    await snapshot.prepareKeyword();
    if (!request.asWritten && snapshot.translates(text)) {
      await this.#options.translator?.prepare?.(request);
      throwIfAborted(request.signal, CANCELLED);
    }
    return { ...snapshot.searchKeyword(text, request), vector: near };
  }

  async get(chunkIds: readonly string[]): Promise<Chunk[]> {
    this.#requireOpen();
    const snapshot = this.#snapshot;
    return chunkIds.flatMap((id) => {
      const place = snapshot.findChunk(id);
      return place === undefined ? [] : [snapshot.chunkAt(place)];
    });
  }

  async chunksOf(documentId: string): Promise<Chunk[]> {
    this.#requireOpen();
    return this.#snapshot.chunksOf(documentId);
  }

  async documents(): Promise<ReadonlyMap<string, string>> {
    this.#requireOpen();
    return this.#snapshot.documents();
  }

  async stats(): Promise<IndexStats> {
    this.#requireOpen();
    const { documents, chunks, dimensions, revision, segments, graph } = this.#snapshot.manifest;
    const files = graph === undefined ? segments : [...segments, graph.file, graph.keys];
    const { note } = this.#graph;
    return {
      documents,
      chunks,
      dimensions,
      revision,
      vectorSearch: dimensions === 0 ? "none" : this.#vectors.graph === undefined ? "exact" : "hnsw",
      ...(note === undefined || dimensions === 0 ? {} : { vectorNote: note }),
      bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    };
  }

  async thresholds(): Promise<SufficiencyThresholds | null> {
    this.#requireOpen();
    return this.#snapshot.manifest.thresholds ?? null;
  }

  async setThresholds(thresholds: SufficiencyThresholds | null): Promise<void> {
    const checked = thresholds === null ? null : checkThresholds(thresholds);
    await this.#exclusive(async () => {
      await this.#becomeWriter();
      const { manifest, states } = this.#snapshot;
      const { thresholds: _before, ...rest } = manifest;
      const next = {
        ...rest,
        revision: manifest.revision + 1,
        ...(checked === null ? {} : { thresholds: checked }),
      };
      await writeManifest(this.#folder, next);
      this.#snapshot = new Snapshot(next, states, this.#options.translator);
    });
  }

  /** Takes over what a writer has committed since; `false` when nothing has. A writer is always up to date. */
  async refresh(options: { signal?: AbortSignal } = {}): Promise<boolean> {
    return this.#exclusive(async () => {
      this.#requireOpen();
      if (this.#lock !== undefined) return false;
      return this.#reload(loadSnapshot({ ...this.#reading(options.signal), readOnly: true }));
    });
  }

  /**
   * Waits until vectors are searched as well as they can be: builds the graph now if one is due. Worth calling at the
   * end of a large ingest, so that the next process finds the graph ready; without it nothing is lost but time.
   */
  async optimize(options: { signal?: AbortSignal } = {}): Promise<void> {
    this.#requireOpen();
    if (this.#options.readOnly !== true) await this.#exclusive(() => this.#becomeWriter(options.signal));
    await this.#graph.settle(options.signal);
  }

  /** Waits for a running commit, stops background work and gives the folder free. May be called twice. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#queue;
    await this.#graph.close();
    await this.#lock?.release();
  }

  #searchVectors(snapshot: Snapshot, vector: Float32Array, { filter, limit }: SearchRequest): SearchHit[] {
    const { dimensions } = snapshot.manifest;
    const query = unitVector(vector, { ...(dimensions > 0 ? { dimensions } : {}), where: "the query" });
    const allowed = filter === undefined ? undefined : snapshot.allowedRows(filter);
    if (dimensions === 0) return [];
    const rows = this.#vectors.search(snapshot.vectors, query, limit, allowed);
    return rows.map(({ row, score }) => ({ chunk: snapshot.chunkAt(snapshot.placeOfRow(row)), score }));
  }

  async #commitGraph(graph: GraphEntry): Promise<void> {
    await this.#exclusive(async () => {
      if (this.#closed) return;
      const { manifest, states } = this.#snapshot;
      const next = { ...manifest, graph };
      await writeManifest(this.#folder, next);
      this.#snapshot = new Snapshot(next, states, this.#options.translator);
      await cleanFolder(this.#folder, next);
    });
  }

  /** Runs after all that was started before, whether that succeeded or not. */
  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => undefined);
    return result;
  }

  #requireOpen(): void {
    if (this.#closed)
      throw new RagError("index-closed", `The index in ${this.#folder} has been closed; open it again.`);
  }

  /** Claims the right to write, if it is not held, and takes over what others have committed meanwhile. */
  async #becomeWriter(signal?: AbortSignal): Promise<void> {
    this.#requireOpen();
    if (this.#lock !== undefined) return;
    if (this.#options.readOnly === true) {
      throw new RagError(
        "invalid-input",
        `The index in ${this.#folder} was opened with readOnly: true; open it without to write.`,
      );
    }
    const lock = await WriterLock.acquire(this.#folder);
    try {
      await this.#reload(openSnapshot(this.#reading(signal)));
      if (this.#snapshot.manifest.revision > 0) await cleanFolder(this.#folder, this.#snapshot.manifest);
      this.#lock = lock;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  #reading(signal: AbortSignal | undefined) {
    return { ...openOptions(this.#folder, this.#options, signal), previous: this.#snapshot };
  }

  /** Changes to another state; `false` when it is the one that is served already. */
  async #reload(loading: Promise<Snapshot>): Promise<boolean> {
    const next = await loading;
    const previous = this.#snapshot;
    if (JSON.stringify(next.manifest) === JSON.stringify(previous.manifest)) return false;
    this.#snapshot = next;
    if (next.manifest.graph?.file.name !== previous.manifest.graph?.file.name)
      this.#vectors.setGraph(undefined);
    this.#graph.consider();
    return true;
  }
}

const CANCELLED = "The caller cancelled the work on the index.";
