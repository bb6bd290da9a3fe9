import { checkThresholds, type SufficiencyThresholds } from "../answer/thresholds.ts";
import type { Chunk } from "../chunk/chunk.ts";
import { indexedText } from "../chunk/chunk.ts";
import { RagError } from "../errors.ts";
import { checkChanges, checkSearchRequest } from "./check-change.ts";
import type {
  ChunkIndex,
  IndexChanges,
  IndexStats,
  SearchHit,
  SearchRequest,
  SearchResult,
} from "./chunk-index.ts";
import { compileFilter, type Filter } from "./filter.ts";
import { buildKeywordSegment } from "./keyword/build-segment.ts";
import { KeywordSearcher } from "./keyword/keyword-searcher.ts";
import type { QueryTranslator } from "./keyword/query.ts";
import { TopK } from "./keyword/top-k.ts";
import { readMemoryFile, writeMemoryFile } from "./memory-file.ts";
import { liveEntries, type MemoryPart, mergeParts } from "./memory-part.ts";
import { unitVector } from "./vector/unit-vectors.ts";

export interface MemoryIndexOptions {
  /** Lets a question reach text of the other language. */
  readonly translator?: QueryTranslator;
}

/**
 * An index in memory, for browsers, tests and corpora that come with the program: keyword search as everywhere,
 * vectors by exact cosine similarity. `toBytes` and `fromBytes` carry it to a browser as one file.
 *
 * @example
 * const index = MemoryIndex.fromBytes(new Uint8Array(await (await fetch("course.index")).arrayBuffer()));
 * const { keyword } = await index.search({ text: "什么是注意力机制", limit: 5 });
 */
export class MemoryIndex implements ChunkIndex {
  readonly #options: MemoryIndexOptions;
  readonly #hashes = new Map<string, string>();
  readonly #documents = new Map<string, readonly Chunk[]>();
  /** Where each chunk is, by its id. */
  readonly #places = new Map<string, { part: MemoryPart; entry: number }>();
  #parts: MemoryPart[] = [];
  #searcher: KeywordSearcher | undefined;
  #thresholds: SufficiencyThresholds | null = null;
  #revision = 0;
  #closed = false;

  constructor(options: MemoryIndexOptions = {}) {
    this.#options = options;
  }

  /**
   * Reads an index that `toBytes` wrote. Keeps a view of `bytes`, which must not change afterwards.
   *
   * @throws {RagError} `index-corrupt`, `index-incompatible`
   */
  static fromBytes(bytes: Uint8Array, options: MemoryIndexOptions = {}): MemoryIndex {
    const index = new MemoryIndex(options);
    const { part, hashes, thresholds } = readMemoryFile(bytes);
    index.#thresholds = thresholds;
    if (part.chunks.length > 0) index.#addPart(part);
    for (const [documentId, hash] of hashes) index.#hashes.set(documentId, hash);
    for (const documentId of hashes.keys()) index.#documents.set(documentId, []);
    for (const chunk of part.chunks) (index.#documents.get(chunk.documentId) as Chunk[]).push(chunk);
    return index;
  }

  /** The whole index as one file. The same content gives the same bytes. */
  toBytes(): Uint8Array {
    this.#assertOpen();
    return writeMemoryFile(mergeParts(this.#parts), this.#hashes, this.#thresholds);
  }

  async apply(changes: IndexChanges, options: { signal?: AbortSignal } = {}): Promise<void> {
    this.#assertOpen(options.signal);
    const put = changes.put ?? [];
    const gone = new Set([...(changes.remove ?? []), ...put.map(({ documentId }) => documentId)]);
    const units = checkChanges(changes, this.#dimensionsWithout(gone));
    this.#checkChunkIds(changes, gone);
    // Nothing below can fail or waits, so that a reader sees all of the change or nothing.
    const chunks = put.flatMap((change) => change.chunks);
    const added: MemoryPart = {
      keyword: buildKeywordSegment(chunks.map((chunk) => ({ text: indexedText(chunk) }))),
      chunks,
      units: put.flatMap(({ documentId, chunks }) => chunks.map((_, index) => units.get(documentId)![index])),
      deleted: new Set(),
    };
    for (const documentId of gone) this.#removeDocument(documentId);
    for (const { documentId, hash, chunks } of put) {
      this.#hashes.set(documentId, hash);
      this.#documents.set(documentId, [...chunks]);
    }
    if (chunks.length > 0) this.#addPart(added);
    this.#mergeParts();
    this.#searcher = undefined;
    this.#revision++;
  }

  async search(request: SearchRequest): Promise<SearchResult> {
    this.#assertOpen(request.signal);
    checkSearchRequest(request);
    const { text, vector, filter, limit, asWritten } = request;
    if (text !== undefined && !asWritten && this.#keywordSearcher().translates(text)) {
      await this.#options.translator?.prepare?.(request);
      this.#assertOpen(request.signal);
    }
    const accept = filter === undefined ? undefined : this.#compile(filter);
    const near = vector === undefined ? [] : this.#searchVectors(vector, limit, accept);
    if (text === undefined) return { keyword: [], vector: near, coverage: 0, translated: false, terms: [] };
    const { hits, ...rest } = this.#keywordSearcher().search(
      text,
      accept === undefined ? { limit, asWritten } : { limit, asWritten, accept },
    );
    const keyword = hits.map(({ view, entry, score }) => ({
      chunk: this.#parts[view]!.chunks[entry]!,
      score,
    }));
    return { ...rest, keyword, vector: near };
  }

  async get(chunkIds: readonly string[]): Promise<Chunk[]> {
    this.#assertOpen();
    return chunkIds.flatMap((id) => {
      const place = this.#places.get(id);
      return place === undefined ? [] : [place.part.chunks[place.entry]!];
    });
  }

  async chunksOf(documentId: string): Promise<Chunk[]> {
    this.#assertOpen();
    return [...(this.#documents.get(documentId) ?? [])];
  }

  async documents(): Promise<ReadonlyMap<string, string>> {
    this.#assertOpen();
    return new Map(this.#hashes);
  }

  async stats(): Promise<IndexStats> {
    this.#assertOpen();
    const dimensions = this.#dimensionsWithout(new Set());
    let bytes = 0;
    for (const { keyword, chunks, units } of this.#parts) {
      bytes += keyword.bytes;
      for (const chunk of chunks) bytes += chunk.text.length * 2;
      for (const unit of units) bytes += unit?.byteLength ?? 0;
    }
    return {
      documents: this.#hashes.size,
      chunks: this.#parts.reduce((sum, part) => sum + liveEntries(part), 0),
      dimensions,
      vectorSearch: dimensions > 0 ? "exact" : "none",
      bytes,
      revision: this.#revision,
    };
  }

  async thresholds(): Promise<SufficiencyThresholds | null> {
    this.#assertOpen();
    return this.#thresholds;
  }

  async setThresholds(thresholds: SufficiencyThresholds | null): Promise<void> {
    this.#assertOpen();
    this.#thresholds = thresholds === null ? null : checkThresholds(thresholds);
    this.#revision++;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#parts = [];
    this.#hashes.clear();
    this.#documents.clear();
    this.#places.clear();
    this.#searcher = undefined;
  }

  #keywordSearcher(): KeywordSearcher {
    this.#searcher ??= new KeywordSearcher(
      this.#parts.map(({ keyword, deleted }) => ({ segment: keyword, deleted })),
      this.#options,
    );
    return this.#searcher;
  }

  #searchVectors(
    vector: Float32Array,
    limit: number,
    accept: ((view: number, entry: number) => boolean) | undefined,
  ): SearchHit[] {
    const dimensions = this.#dimensionsWithout(new Set());
    const query = unitVector(
      vector,
      dimensions > 0 ? { dimensions, where: "the query" } : { where: "the query" },
    );
    const best = new TopK<Chunk>(limit);
    this.#parts.forEach(({ chunks, units, deleted }, view) => {
      for (let entry = 0; entry < units.length; entry++) {
        const unit = units[entry];
        if (unit === undefined || deleted.has(entry)) continue;
        let cosine = 0;
        for (let index = 0; index < dimensions; index++) cosine += unit[index]! * query[index]!;
        if (cosine <= best.threshold || accept?.(view, entry) === false) continue;
        best.add(cosine, chunks[entry]!);
      }
    });
    return best.finish().map(({ score, item }) => ({ chunk: item, score }));
  }

  #compile(filter: Filter): (view: number, entry: number) => boolean {
    const test = compileFilter(filter);
    return (view, entry) => test(this.#parts[view]!.chunks[entry]!);
  }

  /** Dimensions of the vectors of all documents but these; 0 when none has any. */
  #dimensionsWithout(documentIds: ReadonlySet<string>): number {
    for (const { chunks, units, deleted } of this.#parts) {
      const entry = units.findIndex(
        (unit, index) =>
          unit !== undefined && !deleted.has(index) && !documentIds.has(chunks[index]!.documentId),
      );
      if (entry >= 0) return units[entry]!.length;
    }
    return 0;
  }

  #checkChunkIds(changes: IndexChanges, gone: ReadonlySet<string>): void {
    const added = new Map<string, string>();
    for (const { chunks } of changes.put ?? []) {
      for (const { id, documentId } of chunks) {
        if (added.has(id)) throw sharedChunkId(id, documentId, added.get(id)!);
        added.set(id, documentId);
      }
    }
    for (const [id, documentId] of added) {
      const place = this.#places.get(id);
      if (place === undefined) continue;
      const owner = place.part.chunks[place.entry]!.documentId;
      if (!gone.has(owner)) throw sharedChunkId(id, documentId, owner);
    }
  }

  #removeDocument(documentId: string): void {
    for (const { id } of this.#documents.get(documentId) ?? []) {
      const { part, entry } = this.#places.get(id)!;
      part.deleted.add(entry);
      this.#places.delete(id);
    }
    this.#documents.delete(documentId);
    this.#hashes.delete(documentId);
  }

  #addPart(part: MemoryPart): void {
    this.#parts.push(part);
    this.#place(part);
  }

  #place(part: MemoryPart): void {
    part.chunks.forEach(({ id }, entry) => {
      this.#places.set(id, { part, entry });
    });
  }

  /**
   * Keeps each part more than twice as large as the next, so that there are about log N of them and a chunk is copied
   * about log N times; a part that is half gone is written anew.
   */
  #mergeParts(): void {
    const merge = (first: number, count: number): void => {
      const merged = mergeParts(this.#parts.slice(first, first + count));
      this.#parts.splice(first, count, ...(merged.chunks.length > 0 ? [merged] : []));
      this.#place(merged);
    };
    for (let last = this.#parts.length - 1; last >= 0; last--) {
      const { deleted, chunks } = this.#parts[last]!;
      if (deleted.size * 2 > chunks.length) merge(last, 1);
    }
    for (let last = this.#parts.length - 1; last > 0; last--) {
      if (liveEntries(this.#parts[last - 1]!) > 2 * liveEntries(this.#parts[last]!)) break;
      merge(last - 1, 2);
    }
  }

  #assertOpen(signal?: AbortSignal): void {
    if (this.#closed) {
      throw new RagError(
        "index-closed",
        "The index was closed; make a new MemoryIndex or read it from its bytes again.",
      );
    }
    if (signal?.aborted) {
      throw new RagError("aborted", "The caller cancelled the work on the index.", { cause: signal.reason });
    }
  }
}

function sharedChunkId(chunkId: string, documentId: string, other: string): RagError {
  return new RagError(
    "invalid-input",
    `Documents ${documentId} and ${other} both have a chunk with the id ${chunkId}.`,
    {
      details: { chunkId, documentIds: [documentId, other] },
    },
  );
}
