import { type Chunk, indexedText, MemoryIndex } from "@zixue/rag";
import { ConceptVectors, cosine } from "./concept-vectors.ts";
import type { Scored } from "./fusion.ts";

export interface TwoSides {
  keyword(question: string, limit: number): Promise<Scored[]>;
  vector(question: string, limit: number): Scored[];
}

/** A keyword side (MemoryIndex) and a vector side (concept vectors) over the same chunks. */
export async function openBothSides(
  chunks: readonly Chunk[],
  concepts: readonly string[],
): Promise<TwoSides> {
  const index = new MemoryIndex();
  await index.apply({
    put: chunks.map((chunk) => ({
      documentId: chunk.id,
      hash: chunk.id,
      chunks: [{ ...chunk, documentId: chunk.id }],
    })),
  });
  const model = new ConceptVectors(concepts);
  const vectors = new Map(chunks.map((chunk) => [chunk.id, model.embed(indexedText(chunk))]));
  return {
    async keyword(text, limit) {
      const { keyword } = await index.search({ text, limit });
      return keyword.map(({ chunk, score }) => ({ id: chunk.id, score }));
    },
    vector(text, limit) {
      const query = model.embed(text);
      return [...vectors]
        .map(([id, vector]) => ({ id, score: cosine(query, vector) }))
        .filter(({ score }) => score > 0)
        .sort((a, b) => b.score - a.score)
        .slice(0, limit);
    },
  };
}
