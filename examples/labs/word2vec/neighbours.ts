/** Which words are alike: cosine similarity and nearest neighbours. */
import type { Vector } from "./skip-gram.ts";
import type { Vocabulary } from "./vocabulary.ts";

export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [dot, lengthA, lengthB] = [0, 0, 0];
  for (let d = 0; d < a.length; d++) {
    dot += a[d]! * b[d]!;
    lengthA += a[d]! ** 2;
    lengthB += b[d]! ** 2;
  }
  return dot / Math.sqrt(lengthA * lengthB);
}

export interface Neighbour {
  readonly word: string;
  readonly similarity: number;
}

/** The k words whose vectors point most nearly the same way as `vector`, without the words in `except`. */
export function nearest(
  vectors: readonly Vector[],
  vocabulary: Vocabulary,
  vector: ArrayLike<number>,
  k: number,
  except: readonly string[] = [],
): Neighbour[] {
  return vocabulary.words
    .map((word, id) => ({ word, similarity: cosine(vectors[id]!, vector) }))
    .filter(({ word }) => !except.includes(word))
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, k);
}
