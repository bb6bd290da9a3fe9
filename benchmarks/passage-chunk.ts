import type { Chunk } from "@zixue/rag";

/** One passage of evaluation data as one chunk. Titles of files use underscores for spaces. */
export function passageChunk(documentId: string, title: string, text: string): Chunk {
  return {
    id: `${documentId}@0`,
    documentId,
    title: title.replaceAll("_", " "),
    headingPath: [],
    blockIds: [],
    text,
    start: 0,
    end: text.length,
    ordinal: 0,
    tokens: 0,
    metadata: {},
  };
}
