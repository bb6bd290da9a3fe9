import { Document } from "@langchain/core/documents";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { type Chunk, indexedText } from "../../chunk/chunk.ts";

/** Metadata that every chunk has in the store beside its own: what it is recognised by. */
export interface StoredMetadata {
  readonly chunkId: string;
  readonly documentId: string;
  /** Of the text that was embedded: tells a vector that has become stale. */
  readonly contentHash: string;
}

/** Makes the id under which a store keeps a chunk. The same chunk must always get the same id. */
export type StoreId = (chunkId: string) => string;

/**
 * A UUID made from the chunk's id (version 8, RFC 9562: the first bits of its SHA-256). Every store takes UUIDs, and
 * some take nothing else (Qdrant, Weaviate, a `uuid` column).
 */
export function uuidOfChunk(chunkId: string): string {
  const bytes = sha256(utf8ToBytes(chunkId)).slice(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytesToHex(bytes);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** A chunk as LangChain stores take it: the text that is embedded has title and headings in front. */
export function toStoreDocument(
  chunk: Chunk,
  id: string,
  toMetadata: (chunk: Chunk) => Readonly<Record<string, unknown>>,
): Document {
  const stored: StoredMetadata = {
    chunkId: chunk.id,
    documentId: chunk.documentId,
    contentHash: contentHashOf(chunk),
  };
  return new Document({ id, pageContent: indexedText(chunk), metadata: { ...toMetadata(chunk), ...stored } });
}

export function contentHashOf(chunk: Pick<Chunk, "title" | "headingPath" | "text">): string {
  return bytesToHex(sha256(utf8ToBytes(indexedText(chunk)))).slice(0, 16);
}
