import type { Chunk } from "../chunk/chunk.ts";
import { extractTerms } from "../language/terms.ts";
import type { FusedHit } from "./fuse.ts";
import { maximalMarginalRelevance } from "./mmr.ts";

/** Chooses `limit` hits by maximal marginal relevance; likeness is the overlap (Jaccard) of two-character terms and words. */
export function diversify(
  hits: readonly FusedHit[],
  chunks: ReadonlyMap<string, Chunk>,
  options: { readonly limit: number; readonly lambda: number },
): FusedHit[] {
  if (options.lambda >= 1 || hits.length <= 1) return hits.slice(0, options.limit);
  const head = hits.slice(0, 3 * options.limit);
  const terms = new Map(head.map((hit) => [hit, contentOf(chunks.get(hit.id))]));
  return maximalMarginalRelevance(head, {
    ...options,
    relevance: (hit) => hit.score,
    similarity: (a, b) => jaccard(terms.get(a) ?? new Set(), terms.get(b) ?? new Set()),
  }).sort((a, b) => b.score - a.score);
}

const known = new WeakMap<Chunk, ReadonlySet<string>>();

function contentOf(chunk: Chunk | undefined): ReadonlySet<string> {
  if (chunk === undefined) return new Set();
  let content = known.get(chunk);
  if (content === undefined) {
    content = new Set(
      extractTerms(chunk.text).flatMap(({ field, term }) => (field === "char" ? [] : [term])),
    );
    known.set(chunk, content);
  }
  return content;
}

function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const term of a) if (b.has(term)) shared += 1;
  const union = a.size + b.size - shared;
  return union === 0 ? 0 : shared / union;
}
