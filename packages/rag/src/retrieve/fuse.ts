/** One ranked list, best first. `weight` (default 1) says how much the list counts. */
export interface RankedList {
  readonly hits: readonly { readonly id: string; readonly score: number }[];
  readonly weight?: number;
}

export interface FusedHit {
  readonly id: string;
  readonly score: number;
}

/**
 * Joins ranked lists by rank alone: Σ weight / (k + rank). Needs no comparable scores.
 *
 * Source: Cormack, Clarke, Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning
 * Methods", SIGIR 2009 (k = 60).
 *
 * @example reciprocalRankFusion([{ hits: keyword }, { hits: vector, weight: 0.7 }])
 */
export function reciprocalRankFusion(
  lists: readonly RankedList[],
  options: { readonly k?: number } = {},
): FusedHit[] {
  const k = options.k ?? 60;
  return fuse(lists, (_score, rank) => 1 / (k + rank));
}

/**
 * Joins ranked lists by score, each scaled to 0–1 between its lowest and highest hit first. Keeps the distance
 * between hits that ranks throw away; a list whose scores are all equal counts 1 for each of its hits.
 *
 * @example weightedFusion([{ hits: keyword, weight: 0.6 }, { hits: vector, weight: 0.4 }])
 */
export function weightedFusion(lists: readonly RankedList[]): FusedHit[] {
  const scaled = lists.map((list) => {
    const scores = list.hits.map((hit) => hit.score).filter(Number.isFinite);
    const top = Math.max(...scores);
    // The floor lies a little under the lowest hit: being found last is still worth more than not being found.
    const floor = Math.min(...scores) - 0.1 * (top - Math.min(...scores));
    const range = top - floor;
    return {
      weight: list.weight ?? 1,
      hits: list.hits.map((hit) => ({
        id: hit.id,
        score: !Number.isFinite(hit.score) ? 0 : range > 0 ? (hit.score - floor) / range : 1,
      })),
    };
  });
  return fuse(scaled, (score) => score);
}

function fuse(lists: readonly RankedList[], worth: (score: number, rank: number) => number): FusedHit[] {
  const total = new Map<string, number>();
  for (const list of lists) {
    const weight = list.weight ?? 1;
    const seen = new Set<string>();
    list.hits.forEach((hit, position) => {
      if (seen.has(hit.id)) return;
      seen.add(hit.id);
      total.set(hit.id, (total.get(hit.id) ?? 0) + weight * worth(hit.score, position + 1));
    });
  }
  return [...total].map(([id, score]) => ({ id, score })).sort((a, b) => b.score - a.score);
}
