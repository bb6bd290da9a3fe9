import { type Chunk, indexedText } from "../chunk/chunk.ts";
import type { ChunkIndex } from "../index/chunk-index.ts";
import { sameChunk } from "../retrieve/recent-chunks.ts";
import type { Retrieval } from "../retrieve/retrieval.ts";
import { aspectCue, definitionStrength } from "./evidence.ts";
import type { QuestionShape } from "./question-type.ts";
import { names, SECTION_OF } from "./reading-score.ts";

/**
 * Chunks of the same documents that search did not bring, but that are where an author puts what is asked for: under a
 * heading of that kind (「X 的代价」 for 缺点, 「为什么需要 X」), or the place that defines the term. A question and its
 * answer often share the subject alone, and the subject is all over the document.
 */
export async function relatedChunks(
  retrieval: Retrieval,
  shape: QuestionShape,
  subjects: readonly string[],
  index: Pick<ChunkIndex, "chunksOf">,
): Promise<Chunk[]> {
  if (subjects.length === 0 || retrieval.translated) return [];
  const held = new Set(retrieval.chunks.map(({ id }) => id));
  const homes = retrieval.understood.terms.slice(0, 1).flatMap(({ documentId }) => documentId ?? []);
  const documents = new Set([...homes, ...retrieval.chunks.slice(0, 2).map(({ documentId }) => documentId)]);
  const words = retrieval.acquaintance.words
    .map(({ word }) => word)
    .filter(
      (word) => word.length > 1 && !names(word, subjects) && !subjects.some((form) => names(form, [word])),
    );
  // Nothing is added that fits no better than what search brought.
  const least = Math.max(0, ...retrieval.chunks.map((chunk) => fitOf(chunk, shape, subjects, words)));
  if (least >= BEST_FIT) return [];
  const found: { chunk: Chunk; fit: number }[] = [];
  for (const documentId of documents) {
    const chunks = await index.chunksOf(documentId);
    if (chunks.length > MOST_CHUNKS) continue;
    for (const chunk of chunks) {
      if (held.has(chunk.id)) continue;
      const fit = fitOf(chunk, shape, subjects, words);
      if (fit > least) found.push({ chunk: sameChunk(index, chunk), fit });
    }
  }
  return found
    .sort((a, b) => b.fit - a.fit)
    .slice(0, MOST_ADDED)
    .map(({ chunk }) => chunk);
}

/** Of a longer document every passage is one of very many; search is the better guide there. */
const MOST_CHUNKS = 300;
const MOST_ADDED = 3;
const BEST_FIT = 2;

function fitOf(
  chunk: Chunk,
  shape: QuestionShape,
  subjects: readonly string[],
  words: readonly string[],
): number {
  const { headingPath } = chunk;
  const heading = headingPath[headingPath.length - 1] ?? "";
  if (shape.type === "definition")
    return subjects.some((subject) => definitionStrength(chunk.text, subject) === 1) ? 2 : 0;
  let fit = 0;
  if (shape.aspect !== null && aspectCue(heading, shape.aspect)) fit += 1;
  const kind = SECTION_OF[shape.type]?.test(heading) === true;
  if (words.some((word) => names(heading, [word]))) fit += 1;
  if (shape.size && /大小/u.test(chunk.text)) fit += 1;
  if (fit === 0 && !kind) return 0;
  const underSubject = names(headingPath.slice(-2).join("\n"), subjects);
  if (kind && underSubject) fit += 1;
  // The text is read only where its heading speaks for it.
  if (fit === 0 || (!underSubject && !names(indexedText(chunk), subjects))) return 0;
  return fit + (names(heading, subjects) ? 1 : underSubject ? 0.5 : 0);
}
