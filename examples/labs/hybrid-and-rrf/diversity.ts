import { analyze } from "@zixue/rag";
import type { Scored } from "./fusion.ts";

// #region mmr
/** 最大边际相关：逐个挑选，每次取「λ × 相关度 −（1 − λ）× 与已选各条的最大相似度」最高的一条。 */
export function chooseByMmr(
  candidates: readonly Scored[],
  limit: number,
  lambda: number,
  likeness: (a: string, b: string) => number,
): Scored[] {
  const top = candidates[0]?.score || 1;
  const rest = [...candidates];
  const chosen: Scored[] = [];
  while (rest.length > 0 && chosen.length < limit) {
    const values = rest.map(({ id, score }) => {
      const nearest = Math.max(0, ...chosen.map((other) => likeness(id, other.id)));
      return (lambda * score) / top - (1 - lambda) * nearest;
    });
    chosen.push(...rest.splice(values.indexOf(Math.max(...values)), 1));
  }
  return chosen;
}
// #endregion mmr

/** Likeness of texts by id: shared pairs of characters and words ÷ all of theirs (Jaccard). */
export function jaccardOf(texts: ReadonlyMap<string, string>): (a: string, b: string) => number {
  const terms = new Map(
    [...texts].map(([id, text]) => {
      const { bigram, word } = analyze(text);
      return [id, new Set([...bigram, ...word])];
    }),
  );
  return (a, b) => {
    const [one, other] = [terms.get(a)!, terms.get(b)!];
    const shared = [...one].filter((term) => other.has(term)).length;
    return shared / (one.size + other.size - shared || 1);
  };
}

/** Mean likeness of all pairs; low is diverse. */
export function meanLikeness(ids: readonly string[], likeness: (a: string, b: string) => number): number {
  const pairs = ids.flatMap((id, i) => ids.slice(i + 1).map((other) => likeness(id, other)));
  return pairs.length === 0 ? 0 : pairs.reduce((sum, value) => sum + value, 0) / pairs.length;
}
