import type { DocumentInterface } from "@langchain/core/documents";
import type { Chunk } from "../../chunk/chunk.ts";
import type { SearchHit } from "../chunk-index.ts";
import { contentHashOf, type StoredMetadata } from "./store-documents.ts";

export interface StoreSearch {
  /** Asks the store for its `count` nearest documents, best first. */
  readonly ask: (count: number) => Promise<readonly (readonly [DocumentInterface, number])[]>;
  /** The chunks that the index holds now, of these ids. */
  readonly get: (chunkIds: readonly string[]) => Promise<readonly Chunk[]>;
  readonly accept: (chunk: Chunk) => boolean;
  readonly toSimilarity: (score: number) => number;
  readonly limit: number;
  /** Documents asked for at first and at most. */
  readonly fetch: { readonly first: number; readonly most: number };
}

/**
 * Nearest chunks, best first. What the store gives and the index does not hold (documents of others, chunks that have
 * been replaced or removed) or the filter refuses is left out, and more is asked for until `limit` are left or the
 * store has no more.
 */
export async function searchStore(search: StoreSearch): Promise<SearchHit[]> {
  const { ask, limit, fetch } = search;
  for (let count = Math.min(fetch.first, fetch.most); ; count = Math.min(count * GROWTH, fetch.most)) {
    const found = await ask(count);
    const hits = await heldHits(found, search);
    if (hits.length >= limit || found.length < count || count >= fetch.most) return hits.slice(0, limit);
  }
}

const GROWTH = 4;

async function heldHits(
  found: readonly (readonly [DocumentInterface, number])[],
  { get, accept, toSimilarity }: StoreSearch,
): Promise<SearchHit[]> {
  const named = found.flatMap(([document, score]) => {
    const { chunkId, contentHash }: Partial<StoredMetadata> = document?.metadata ?? {};
    // A store that drops metadata may still have kept the id.
    const id = typeof chunkId === "string" ? chunkId : document?.id;
    return typeof id === "string" ? [{ id, contentHash, score }] : [];
  });
  const held = new Map(
    (await get([...new Set(named.map(({ id }) => id))])).map((chunk) => [chunk.id, chunk]),
  );
  const hits = new Map<string, SearchHit>();
  for (const { id, contentHash, score } of named) {
    const chunk = held.get(id);
    if (chunk === undefined || hits.has(id) || !accept(chunk)) continue;
    if (typeof contentHash === "string" && contentHash !== contentHashOf(chunk)) continue;
    hits.set(id, { chunk, score: toSimilarity(score) });
  }
  return [...hits.values()];
}
