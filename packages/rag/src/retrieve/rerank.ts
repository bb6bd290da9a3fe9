import type { Chunk } from "../chunk/chunk.ts";
import { indexedText } from "../chunk/chunk.ts";
import type { FusedHit } from "./fuse.ts";
import type { RetrievalProblem } from "./retrieval.ts";

/** Scores texts against a question with a cross-encoder; higher is better. `index` is the place in `texts`. */
export type Rerank = (
  question: string,
  texts: readonly string[],
  options: { readonly signal?: AbortSignal },
) => Promise<readonly { readonly index: number; readonly score: number }[]>;

/** How many of the best hits a reranker sees. */
const DEPTH = 20;

/** Puts the best hits into the reranker's order. When it fails, or its answer is unusable, the order stays. */
export async function rerankHits(
  question: string,
  hits: readonly FusedHit[],
  chunks: ReadonlyMap<string, Chunk>,
  rerank: Rerank,
  problems: RetrievalProblem[],
  signal?: AbortSignal,
): Promise<FusedHit[]> {
  const head = hits.slice(0, DEPTH).flatMap((hit) => {
    const chunk = chunks.get(hit.id);
    return chunk === undefined ? [] : [{ hit, text: indexedText(chunk) }];
  });
  if (head.length < 2) return [...hits];
  try {
    const scored = await rerank(
      question,
      head.map(({ text }) => text),
      signal ? { signal } : {},
    );
    const scores = new Map<string, number>();
    for (const { index, score } of scored) {
      const id = head[index]?.hit.id;
      if (id === undefined || !Number.isFinite(score))
        throw new Error(`the reranker returned index ${index} with score ${score} for ${head.length} texts`);
      scores.set(id, score);
    }
    const values = [...scores.values()];
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const scaled = (score: number) => (high > low ? 0.2 + (0.8 * (score - low)) / (high - low) : 1);
    const ordered = head
      .map(({ hit }) => ({ id: hit.id, score: scores.has(hit.id) ? scaled(scores.get(hit.id) ?? 0) : 0.1 }))
      .sort((a, b) => b.score - a.score);
    return [...ordered, ...hits.slice(DEPTH).map(({ id }) => ({ id, score: 0.05 }))];
  } catch (error) {
    signal?.throwIfAborted();
    problems.push({ stage: "rerank", message: error instanceof Error ? error.message : String(error) });
    return [...hits];
  }
}
