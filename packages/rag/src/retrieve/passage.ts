import type { Chunk } from "../chunk/chunk.ts";

/** A chunk found for a question, as it leaves retrieval and travels to the answer, the stream and the browser. */
export interface Passage {
  readonly chunkId: string;
  readonly documentId: string;
  readonly title: string;
  readonly headingPath: readonly string[];
  readonly blockIds: readonly string[];
  readonly text: string;
  /** Fused score; comparable within one result only. */
  readonly score: number;
  readonly page?: number;
  readonly url?: string;
}

/** A chunk as a passage. */
export function toPassage(chunk: Chunk, score: number): Passage {
  const { id: chunkId, documentId, title, headingPath, blockIds, text, page, url } = chunk;
  return {
    chunkId,
    documentId,
    title,
    headingPath,
    blockIds,
    text,
    score,
    ...(page === undefined ? {} : { page }),
    ...(url === undefined ? {} : { url }),
  };
}
