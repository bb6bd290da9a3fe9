import type { VectorStoreInterface } from "@langchain/core/vectorstores";
import type { Chunk } from "../../chunk/chunk.ts";
import { RagError } from "../../errors.ts";
import type { ChunkIndex } from "../chunk-index.ts";
import type { Filter } from "../filter.ts";
import { ExternalVectorIndex } from "./external-vector-index.ts";
import { type StoreId, uuidOfChunk } from "./store-documents.ts";

export interface VectorStoreOptions {
  /**
   * Who makes the vectors. `store` (default): the store's own embeddings, of documents and of questions. `caller`: they
   * come with the changes and the requests, as from a pipeline with `models.embeddings`.
   */
  readonly embeddedBy?: "store" | "caller";
  /** Names the embedding model; documents that were embedded with another are ingested again. */
  readonly fingerprint?: string;
  /**
   * What the store's scores are: a `similarity` (default, higher is nearer), a cosine `distance` (turned into
   * 1 − distance), or anything, with a function that turns it into a similarity. Best first is taken for granted.
   */
  readonly scores?: "similarity" | "distance" | ((score: number) => number);
  /** Ids in the store: a UUID made from the chunk's id (default), the chunk's id itself, or your own rule. */
  readonly ids?: "uuid" | "chunk" | StoreId;
  /** Metadata in the store beside `chunkId`, `documentId` and `contentHash`; default: all that the chunk has. */
  readonly toMetadata?: (chunk: Chunk) => Readonly<Record<string, unknown>>;
  /**
   * Translates a filter for the store, so that it need not give more than is wanted; `undefined` where it cannot. Every
   * hit is tested here all the same. Without it more is asked for and the rest left out.
   */
  readonly toStoreFilter?: (filter: Filter) => object | string | undefined;
  /** Most documents asked for in one search where hits are stale, foreign or filtered out; default 1,000. */
  readonly mostFetched?: number;
  /** Milliseconds that the store may take for a search; default 10,000. */
  readonly timeout?: number;
}

/**
 * An index whose keyword side is `index` and whose vectors are in any LangChain `VectorStore`: a cluster that is already
 * there (Qdrant, Milvus, OpenSearch, pgvector, …) is used as it is, also beside documents of others. What `index` holds
 * is the truth: stale and foreign hits are left out, and a document is recorded as ingested only when its vectors are
 * in, so that the next ingest does again what a crash interrupted. Stores that cannot delete, or that choose their own
 * ids, work too. The store stays the caller's: `close()` closes `index` only.
 *
 * With `embeddedBy: "store"` the vector side is asked by `search({ vectorText })`, which `retrieve` does by itself.
 *
 * @throws RagError `invalid-input` for options that make no sense. Its methods throw `vector-store-failed` when the
 * store does.
 * @example
 * const index = withVectorStore(await LocalIndex.open({ folder }), new QdrantVectorStore(embeddings, { url, collectionName }));
 * await ingest({ index, documents, split: (document) => splitDocument(document) });
 * const { passages } = await retrieve("年假有几天?", { index });
 */
export function withVectorStore(
  index: ChunkIndex,
  store: VectorStoreInterface,
  options: VectorStoreOptions = {},
): ChunkIndex {
  if (
    typeof store?.similaritySearchVectorWithScore !== "function" ||
    typeof store.addDocuments !== "function"
  )
    throw invalid("`store` must be a LangChain VectorStore, e.g. new MemoryVectorStore(embeddings)", store);
  const { embeddedBy = "store", fingerprint = "", scores = "similarity", ids = "uuid" } = options;
  const { toMetadata = ({ metadata }) => metadata, mostFetched = 1000, timeout = 10_000 } = options;
  if (embeddedBy !== "store" && embeddedBy !== "caller")
    throw invalid('`embeddedBy` must be "store" or "caller"', embeddedBy);
  if (scores !== "similarity" && scores !== "distance" && typeof scores !== "function")
    throw invalid('`scores` must be "similarity", "distance" or a function', scores);
  if (ids !== "uuid" && ids !== "chunk" && typeof ids !== "function")
    throw invalid('`ids` must be "uuid", "chunk" or a function', ids);
  for (const [name, value] of Object.entries({ mostFetched, timeout })) {
    if (!Number.isInteger(value) || value < 1)
      throw invalid(`\`${name}\` must be a whole number above 0`, value);
  }
  return new ExternalVectorIndex(index, store, {
    embedsText: embeddedBy === "store",
    fingerprint,
    toSimilarity:
      typeof scores === "function" ? scores : scores === "distance" ? (score) => 1 - score : (score) => score,
    storeId: typeof ids === "function" ? ids : ids === "chunk" ? (chunkId) => chunkId : uuidOfChunk,
    toMetadata,
    toStoreFilter: options.toStoreFilter ?? (() => undefined),
    mostFetched,
    timeout,
  });
}

function invalid(problem: string, found: unknown): RagError {
  return new RagError("invalid-input", `withVectorStore: ${problem}.`, { details: { found } });
}
