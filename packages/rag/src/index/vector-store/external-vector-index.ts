import type { VectorStoreInterface } from "@langchain/core/vectorstores";
import { throwIfAborted } from "../../abort.ts";
import type { SufficiencyThresholds } from "../../answer/thresholds.ts";
import { type Chunk, indexedText } from "../../chunk/chunk.ts";
import { RagError } from "../../errors.ts";
import { checkChanges, checkSearchRequest } from "../check-change.ts";
import type {
  ChunkIndex,
  DocumentChange,
  IndexChanges,
  IndexStats,
  SearchHit,
  SearchRequest,
  SearchResult,
} from "../chunk-index.ts";
import { compileFilter, type Filter } from "../filter.ts";
import { unitVector } from "../vector/unit-vectors.ts";
import { checkOwners } from "./check-owners.ts";
import { outdatedHash, readRecordedHash, recordHash } from "./recorded-hash.ts";
import { searchStore } from "./search-store.ts";
import { StoreCalls } from "./store-calls.ts";
import { type StoreId, toStoreDocument } from "./store-documents.ts";

/** `VectorStoreOptions` with every default filled in. */
export interface ExternalVectorSettings {
  readonly embedsText: boolean;
  readonly fingerprint: string;
  readonly toSimilarity: (score: number) => number;
  readonly storeId: StoreId;
  readonly toMetadata: (chunk: Chunk) => Readonly<Record<string, unknown>>;
  readonly toStoreFilter: (filter: Filter) => object | string | undefined;
  readonly mostFetched: number;
  readonly timeout: number;
}

/** Keyword side and chunks in one of our indexes, vectors in a LangChain store; made by `withVectorStore`. */
export class ExternalVectorIndex implements ChunkIndex {
  readonly embedsText: boolean;
  readonly #index: ChunkIndex;
  readonly #store: StoreCalls;
  readonly #settings: ExternalVectorSettings;
  /** What a document's hash is recorded with. */
  readonly #home: string;
  /** Ids that the store should have deleted and has not. */
  readonly #undeleted = new Set<string>();
  #deleteError = "";
  #scoreNote: string | undefined;
  #dimensions: number | undefined;
  /** Commits that only mark documents as unfinished: not a change that a reader could see. */
  #marks = 0;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(index: ChunkIndex, store: VectorStoreInterface, settings: ExternalVectorSettings) {
    this.#index = index;
    this.#store = new StoreCalls(store, settings.timeout);
    this.#settings = settings;
    this.embedsText = settings.embedsText;
    this.#home = `${this.#store.kind}/${settings.fingerprint}`;
  }

  /**
   * Marks replaced documents as unfinished, brings their vectors into the store, and commits last. Interrupted or
   * rejected in between, keyword search is as before and the next ingest does the documents again.
   */
  async apply(changes: IndexChanges, options: { signal?: AbortSignal } = {}): Promise<void> {
    return this.#exclusive(async () => {
      const { signal } = options;
      throwIfAborted(signal, CANCELLED);
      const { put = [], remove = [] } = changes;
      checkChanges(changes, await this.#knownDimensions());
      await checkOwners(this.#index, changes);
      const replaced = await this.#idsOf(put.map(({ documentId }) => documentId));
      const kept = new Set(put.flatMap(({ chunks }) => chunks.map(({ id }) => id)));
      const removed = (await this.#idsOf(remove)).filter((id) => !kept.has(id));
      if (replaced.length > 0) await this.#markUnfinished(put, signal);
      await this.#delete(replaced, signal);
      await this.#add(put, signal);
      await this.#index.apply({ put: put.map((change) => this.#recorded(change)), remove }, options);
      for (const { vectors } of put) this.#dimensions = vectors?.[0]?.length ?? this.#dimensions;
      // What is committed stays so: a signal that comes now only leaves the vectors for the next time.
      await this.#delete(removed, signal).catch(() => undefined);
    });
  }

  async search(request: SearchRequest): Promise<SearchResult> {
    const { text, vector, vectorText, ...shared } = request;
    throwIfAborted(request.signal, CANCELLED);
    checkSearchRequest({
      ...request,
      ...(text === undefined && vectorText !== undefined ? { text: vectorText } : {}),
    });
    const [found, near] = await Promise.all([
      text === undefined ? NOTHING : this.#index.search({ ...shared, text }),
      this.#searchVectors(request),
    ]);
    return { ...found, vector: near };
  }

  async get(chunkIds: readonly string[]): Promise<Chunk[]> {
    return this.#index.get(chunkIds);
  }

  async chunksOf(documentId: string): Promise<Chunk[]> {
    return this.#index.chunksOf(documentId);
  }

  /** A document whose vectors are not all in this store has a hash that no document has: it will be ingested again. */
  async documents(): Promise<ReadonlyMap<string, string>> {
    const documents = new Map<string, string>();
    for (const [id, recorded] of await this.#index.documents()) {
      const { hash, home } = readRecordedHash(recorded);
      documents.set(id, home === this.#home ? hash : outdatedHash(hash));
    }
    return documents;
  }

  /** Finds out whether the store has been emptied, e.g. because it was in memory; its documents count as changed then. */
  async verify({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    await this.#exclusive(async () => {
      const done = [...(await this.#index.documents())].filter(
        ([, recorded]) => readRecordedHash(recorded).home === this.#home,
      );
      const query = await this.#probe(done.map(([id]) => id));
      if (query === undefined) return;
      try {
        if ((await this.#store.search(query, 1, undefined, signal)).length > 0) return;
      } catch (error) {
        throwIfAborted(signal, CANCELLED);
        // The ingest that follows will meet the same fault if it lasts.
        if (error instanceof RagError) return;
        throw error;
      }
      for (let start = 0; start < done.length; start += MARKED_AT_ONCE) {
        const some = done.slice(start, start + MARKED_AT_ONCE).map(([documentId]) => ({ documentId }));
        await this.#markUnfinished(some, signal);
      }
    });
  }

  async stats(): Promise<IndexStats> {
    const { vectorNote: _, ...stats } = await this.#index.stats();
    const stale = this.#undeleted.size;
    const note =
      stale === 0
        ? this.#scoreNote
        : `${stale} vectors of replaced or removed text are still in the store and left out of its hits: ${this.#deleteError}`;
    return {
      ...stats,
      dimensions: stats.chunks === 0 ? 0 : await this.#knownDimensions(),
      vectorSearch: stats.chunks === 0 ? "none" : "external",
      ...(note === undefined ? {} : { vectorNote: note }),
      revision: stats.revision - this.#marks,
    };
  }

  async thresholds(): Promise<SufficiencyThresholds | null> {
    return this.#index.thresholds();
  }

  async setThresholds(thresholds: SufficiencyThresholds | null): Promise<void> {
    return this.#exclusive(() => this.#index.setThresholds(thresholds));
  }

  async close(): Promise<void> {
    await this.#queue;
    await this.#index.close();
  }

  async #searchVectors({ vector, vectorText, filter, limit, signal }: SearchRequest): Promise<SearchHit[]> {
    if (vector === undefined && (vectorText === undefined || !this.embedsText)) return [];
    const accept = filter === undefined ? () => true : compileFilter(filter);
    const dimensions = await this.#knownDimensions();
    if (vector !== undefined)
      unitVector(vector, { ...(dimensions > 0 ? { dimensions } : {}), where: "the query" });
    const { chunks } = await this.#index.stats();
    if (chunks === 0) return [];
    const { toSimilarity, toStoreFilter, mostFetched } = this.#settings;
    const pushed = filter === undefined ? undefined : toStoreFilter(filter);
    const query = vector === undefined ? (vectorText as string) : Array.from(vector);
    if (query === "") return [];
    const most = Math.max(mostFetched, limit);
    return searchStore({
      ask: async (count) => {
        const found = await this.#store.search(query, count, pushed, signal);
        this.#watchScores(found.map(([, score]) => toSimilarity(score)));
        return found;
      },
      get: (ids) => this.#index.get(ids),
      accept,
      toSimilarity,
      limit,
      fetch: { first: filter !== undefined && pushed === undefined ? limit * 4 : limit, most },
    });
  }

  #watchScores(similarities: readonly number[]): void {
    const [best, worst] = [similarities[0], similarities.at(-1)];
    if (best !== undefined && worst !== undefined && best < worst)
      this.#scoreNote = `The store's scores grow from the best hit (${best}) to the worst (${worst}): they are distances; pass scores: "distance" to withVectorStore.`;
  }

  async #add(put: readonly DocumentChange[], signal: AbortSignal | undefined): Promise<void> {
    const { storeId, toMetadata } = this.#settings;
    const documentsOf = ({ chunks }: DocumentChange) =>
      chunks.map((chunk) => toStoreDocument(chunk, storeId(chunk.id), toMetadata));
    const embedded = put.filter(({ vectors }) => vectors !== undefined);
    const plain = this.embedsText ? put.filter(({ vectors }) => vectors === undefined) : [];
    await this.#store.add(
      embedded.flatMap(documentsOf),
      embedded.flatMap(({ vectors = [] }) => vectors.map((vector) => Array.from(vector))),
      signal,
    );
    await this.#store.add(plain.flatMap(documentsOf), undefined, signal);
    for (const { id } of [...embedded, ...plain].flatMap(documentsOf)) this.#undeleted.delete(id as string);
  }

  /** Not deleting is no fault: what the index does not hold is left out of every hit. It is tried again next time. */
  async #delete(chunkIds: readonly string[], signal: AbortSignal | undefined): Promise<void> {
    for (const id of chunkIds) this.#undeleted.add(this.#settings.storeId(id));
    if (this.#undeleted.size === 0) return;
    try {
      await this.#store.delete([...this.#undeleted], signal);
      this.#undeleted.clear();
    } catch (error) {
      throwIfAborted(signal, CANCELLED);
      this.#deleteError = error instanceof RagError ? String(error.details.reason) : String(error);
    }
  }

  async #markUnfinished(
    documents: readonly { readonly documentId: string }[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const recorded = await this.#index.documents();
    const put: DocumentChange[] = [];
    for (const { documentId } of documents) {
      const { hash, home } = readRecordedHash(recorded.get(documentId) ?? "");
      if (home !== null) put.push({ documentId, hash, chunks: await this.#index.chunksOf(documentId) });
    }
    if (put.length === 0) return;
    await this.#index.apply({ put }, signal === undefined ? {} : { signal });
    this.#marks++;
  }

  #recorded({ documentId, hash, chunks, vectors }: DocumentChange): DocumentChange {
    const recorded = recordHash({ hash, home: this.#home, dimensions: vectors?.[0]?.length ?? 0 });
    return { documentId, hash: recorded, chunks };
  }

  /** A query that every store with any vectors answers; `undefined` where nothing is known to be in the store. */
  async #probe(documentIds: readonly string[]): Promise<string | number[] | undefined> {
    const dimensions = await this.#knownDimensions();
    if (!this.embedsText) return dimensions === 0 ? undefined : new Array<number>(dimensions).fill(1);
    for (const id of documentIds) {
      const [chunk] = await this.#index.chunksOf(id);
      if (chunk !== undefined) return indexedText(chunk);
    }
    return undefined;
  }

  async #knownDimensions(): Promise<number> {
    if (this.#dimensions !== undefined) return this.#dimensions;
    for (const recorded of (await this.#index.documents()).values()) {
      const { home, dimensions } = readRecordedHash(recorded);
      if (home === this.#home && dimensions > 0) this.#dimensions = dimensions;
    }
    this.#dimensions ??= 0;
    return this.#dimensions;
  }

  async #idsOf(documentIds: readonly string[]): Promise<string[]> {
    const chunks = await Promise.all(documentIds.map((id) => this.#index.chunksOf(id)));
    return chunks.flat().map(({ id }) => id);
  }

  /** Runs after all that was started before, whether that succeeded or not. */
  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => undefined);
    return result;
  }
}

const NOTHING: SearchResult = { keyword: [], vector: [], coverage: 0, translated: false, terms: [] };
/** Documents marked in one commit. */
const MARKED_AT_ONCE = 256;
const CANCELLED = "The caller cancelled the work on the index.";
