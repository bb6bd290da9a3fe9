import { throwIfAborted } from "../abort.ts";
import { checkThresholds, type SufficiencyThresholds } from "../answer/thresholds.ts";
import type { Chunk } from "../chunk/chunk.ts";
import { RagError } from "../errors.ts";
import { checkChanges, checkSearchRequest } from "./check-change.ts";
import type { ChunkIndex, IndexChanges, IndexStats, SearchRequest, SearchResult } from "./chunk-index.ts";
import { compileFilter } from "./filter.ts";
import type { QueryTranslator } from "./keyword/query.ts";
import { checkFingerprint, completeFingerprint, type IndexFingerprint } from "./local/fingerprint.ts";
import { runInSlices } from "./local/run-in-slices.ts";
import { analyzeChunks } from "./postgres/analyze-chunks.ts";
import { commitChanges, emptyIndex, maintain } from "./postgres/commit.ts";
import type { Database, Session } from "./postgres/database.ts";
import { searchKeyword, translates } from "./postgres/keyword-search.ts";
import { migrate } from "./postgres/migrations.ts";
import { type ConnectionOptions, openDatabase } from "./postgres/open-database.ts";
import { chunkCount, type IndexState, readState, writeState } from "./postgres/state.ts";
import { fromStoredText, toStoredText } from "./postgres/stored-text.ts";
import { type TableOptions, type Tables, tablesOf } from "./postgres/tables.ts";
import { buildGraph, countVectors, isGraphDue } from "./postgres/vector-graph.ts";
import { searchVectors } from "./postgres/vector-search.ts";
import { arrayNote, prepareVectorTable, storageOf } from "./postgres/vector-table.ts";
import { unitVector } from "./vector/unit-vectors.ts";

export interface PostgresIndexOptions extends ConnectionOptions, TableOptions {
  /**
   * `exact` (default) compares every vector. `hnsw`: from 1,000 vectors on pgvector's graph, with ef_search raised until
   * recall@10 is .99; a search with a filter stays exact.
   */
  readonly vectors?: "exact" | "hnsw";
  /** Compared with what the index was built with; the parts that are not given are not compared. */
  readonly fingerprint?: IndexFingerprint;
  /** Creates nothing and refuses to write: for a user that may only SELECT. */
  readonly readOnly?: boolean;
  /** What to do with an index of another fingerprint: fail (default), or empty it at once. */
  readonly onUnusable?: "fail" | "rebuild";
  /** Lets questions of one language find text of the other. */
  readonly translator?: QueryTranslator;
  readonly signal?: AbortSignal;
}

/**
 * An index in a PostgreSQL (tested on 15 and 18) or a PGlite: BM25 in SQL over a table of postings, with the scores of the other
 * indexes, and vectors by pgvector. Any number of processes may read and write at once: a change is one transaction,
 * writers wait for one another, and a search sees one state from beginning to end.
 *
 * @example
 * const index = await PostgresIndex.open({ url: process.env.DATABASE_URL })
 * await index.apply({ put: [{ documentId: "1.1", hash, chunks }] })
 * const { keyword } = await index.search({ text: "什么是注意力机制", limit: 10 })
 * await index.close()
 */
export class PostgresIndex implements ChunkIndex {
  readonly #database: Database;
  readonly #tables: Tables;
  readonly #options: PostgresIndexOptions;
  #closed = false;

  private constructor(database: Database, tables: Tables, options: PostgresIndexOptions) {
    this.#database = database;
    this.#tables = tables;
    this.#options = options;
  }

  /**
   * Connects and, unless `readOnly`, creates what is missing.
   *
   * @throws {RagError} `index-unreachable` (no server, wrong password), `missing-dependency` (`pg` or PGlite),
   * `index-missing`, `index-incompatible` (other schema version or fingerprint), `index-write-failed` (not permitted).
   */
  static async open(options: PostgresIndexOptions): Promise<PostgresIndex> {
    const { readOnly = false, onUnusable = "fail", signal } = options;
    throwIfAborted(signal, CANCELLED);
    const tables = tablesOf(options);
    const database = await openDatabase(options);
    try {
      await migrate(database, tables, readOnly);
      if (!readOnly) await prepareVectorTable(database, tables);
      const index = new PostgresIndex(database, tables, options);
      try {
        await index.#read(async () => undefined);
      } catch (error) {
        const other = error instanceof RagError && error.code === "index-incompatible";
        if (readOnly || onUnusable === "fail" || !other) throw error;
        await emptyIndex(database, tables, index.#fingerprint);
      }
      throwIfAborted(signal, CANCELLED);
      return index;
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  /**
   * Commits the changes as one transaction: when it rejects nothing has changed.
   *
   * @throws {RagError} `invalid-input`, `invalid-vector`, `index-write-failed`, `index-unreachable`,
   * `index-incompatible` (another process rebuilt it), `index-closed`, `aborted`
   */
  async apply(changes: IndexChanges, options: { signal?: AbortSignal } = {}): Promise<void> {
    this.#requireWriter();
    const { signal } = options;
    throwIfAborted(signal, CANCELLED);
    const units = checkChanges(changes, 0);
    const chunks = (changes.put ?? []).flatMap((change) => change.chunks);
    const analyzed = await runInSlices(analyzeChunks(chunks), signal, CANCELLED);
    await this.#database.transaction("write", async (session) => {
      const state = await readState(session, this.#tables, { lock: true });
      throwIfAborted(signal, CANCELLED);
      if (state.documents === 0) state.fingerprint = this.#fingerprint;
      else this.#checkFingerprint(state);
      await commitChanges(abortable(session, signal), this.#tables, state, changes, units, analyzed);
    });
    await this.#growGraph();
  }

  /** @throws {RagError} `invalid-input`, `invalid-vector`, `index-unreachable`, `index-closed`, `aborted` */
  async search(request: SearchRequest): Promise<SearchResult> {
    this.#requireOpen();
    throwIfAborted(request.signal, CANCELLED);
    checkSearchRequest(request);
    const { text, vector, filter, limit, signal } = request;
    if (filter !== undefined) compileFilter(filter);
    const translator = request.asWritten ? undefined : this.#options.translator;
    let prepared = translator?.prepare === undefined;
    for (;;) {
      const result = await this.#read(async (session, state) => {
        const near = vector === undefined ? [] : await this.#near(session, state, vector, request);
        if (text === undefined)
          return { keyword: [], vector: near, coverage: 0, translated: false, terms: [] };
        // Loading a lexicon takes its time: not within a transaction.
        if (!prepared && translates(text, translator, state)) return undefined;
        const asked = filter === undefined ? { limit } : { limit, filter };
        return {
          ...(await searchKeyword(session, this.#tables, state, text, asked, translator)),
          vector: near,
        };
      }, signal);
      if (result !== undefined) return result;
      await translator?.prepare?.(request);
      throwIfAborted(signal, CANCELLED);
      prepared = true;
    }
  }

  async get(chunkIds: readonly string[]): Promise<Chunk[]> {
    this.#requireOpen();
    const rows = await this.#database.query(
      `SELECT chunk FROM ${this.#tables.chunks} WHERE id = ANY($1::text[])`,
      [[...new Set(chunkIds)].map(toStoredText)],
    );
    const chunks = new Map(chunksOf(rows).map((chunk) => [chunk.id, chunk]));
    return chunkIds.flatMap((id) => chunks.get(id) ?? []);
  }

  async chunksOf(documentId: string): Promise<Chunk[]> {
    this.#requireOpen();
    return chunksOf(
      await this.#database.query(
        `SELECT chunk FROM ${this.#tables.chunks} WHERE document = $1 ORDER BY number`,
        [toStoredText(documentId)],
      ),
    );
  }

  async documents(): Promise<ReadonlyMap<string, string>> {
    this.#requireOpen();
    const rows = await this.#database.query(`SELECT id, hash FROM ${this.#tables.documents} ORDER BY number`);
    return new Map(
      rows.map(({ id, hash }) => [fromStoredText(id as string), fromStoredText(hash as string)]),
    );
  }

  async stats(): Promise<IndexStats> {
    this.#requireOpen();
    const { documents, chunks, terms, postings, vectors } = this.#tables;
    return this.#read(async (session, state) => {
      const [size] = await session.query(
        "SELECT sum(pg_total_relation_size(to_regclass(name)))::float8 AS bytes FROM unnest($1::text[]) AS t (name)",
        [[documents, chunks, terms, postings, vectors]],
      );
      const storage = await storageOf(session, this.#tables);
      const graph = this.#options.vectors === "hnsw" && state.graph.ef > 0;
      return {
        documents: state.documents,
        chunks: chunkCount(state),
        dimensions: state.dimensions,
        vectorSearch: state.dimensions === 0 ? "none" : graph ? "hnsw" : "exact",
        ...(state.dimensions > 0 && storage?.type === "array" ? { vectorNote: arrayNote } : {}),
        bytes: (size?.bytes as number | null) ?? 0,
        revision: state.revision,
      };
    });
  }

  async thresholds(): Promise<SufficiencyThresholds | null> {
    this.#requireOpen();
    const [row] = await this.#database.query(`SELECT thresholds FROM ${this.#tables.state}`);
    const stored = row?.thresholds as string | null | undefined;
    return stored == null ? null : checkThresholds(JSON.parse(stored));
  }

  async setThresholds(thresholds: SufficiencyThresholds | null): Promise<void> {
    this.#requireWriter();
    const checked = thresholds === null ? null : JSON.stringify(checkThresholds(thresholds));
    await this.#database.transaction("write", async (session) => {
      const state = await readState(session, this.#tables, { lock: true });
      await writeState(session, this.#tables, {
        ...state,
        thresholds: checked,
        revision: state.revision + 1,
      });
    });
  }

  /**
   * Clears what deletions left behind and renews the planner's statistics, and with `vectors: "hnsw"` builds the graph
   * if one is due. Worth calling after a large ingest; a server's autovacuum does the first in time, PGlite has none.
   */
  async optimize(options: { signal?: AbortSignal } = {}): Promise<void> {
    this.#requireWriter();
    throwIfAborted(options.signal, CANCELLED);
    await maintain(this.#database, this.#tables);
    throwIfAborted(options.signal, CANCELLED);
    if (this.#options.vectors === "hnsw") await buildGraph(this.#database, this.#tables);
  }

  /** Ends the connections that `open` made; a pool or PGlite of the caller stays open. May be called twice. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#database.close();
  }

  get #fingerprint(): Record<string, string> {
    return completeFingerprint(this.#options.fingerprint);
  }

  async #read<T>(
    work: (session: Session, state: IndexState) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    return this.#database.transaction("read", async (session) => {
      const state = await readState(session, this.#tables);
      if (state.documents > 0) this.#checkFingerprint(state);
      return work(abortable(session, signal), state);
    });
  }

  async #near(session: Session, state: IndexState, vector: Float32Array, { filter, limit }: SearchRequest) {
    const { dimensions } = state;
    const unit = unitVector(vector, { ...(dimensions > 0 ? { dimensions } : {}), where: "the query" });
    const graph = this.#options.vectors === "hnsw";
    return searchVectors(session, this.#tables, state, { unit, filter, limit, graph });
  }

  /** The change is committed by now: a graph that cannot be built leaves the search exact. */
  async #growGraph(): Promise<void> {
    if (this.#options.vectors !== "hnsw") return;
    const state = await readState(this.#database, this.#tables);
    if (!isGraphDue(state, await countVectors(this.#database, this.#tables))) return;
    await buildGraph(this.#database, this.#tables).catch(() => undefined);
  }

  #checkFingerprint({ fingerprint }: IndexState): void {
    checkFingerprint(
      `${this.#tables.label} at ${this.#database.place}`,
      fingerprint,
      this.#fingerprint,
      "Drop its tables",
    );
  }

  #requireOpen(): void {
    if (this.#closed)
      throw new RagError(
        "index-closed",
        `The index at ${this.#database.place} has been closed; open it again.`,
      );
  }

  #requireWriter(): void {
    this.#requireOpen();
    if (this.#options.readOnly !== true) return;
    throw new RagError(
      "invalid-input",
      `The index at ${this.#database.place} was opened with readOnly: true; open it without to write.`,
    );
  }
}

/** Stops between two statements once the caller cancels. */
function abortable(session: Session, signal: AbortSignal | undefined): Session {
  if (signal === undefined) return session;
  return {
    query(sql, values) {
      throwIfAborted(signal, CANCELLED);
      return session.query(sql, values);
    },
  };
}

function chunksOf(rows: readonly Readonly<Record<string, unknown>>[]): Chunk[] {
  return rows.map(({ chunk }) => JSON.parse(chunk as string) as Chunk);
}

const CANCELLED = "The caller cancelled the work on the index.";
