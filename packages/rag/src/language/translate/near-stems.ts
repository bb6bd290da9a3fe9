import type { Lexicon } from "@zixue/lexicon";

/** Letters at the beginning that a stem and its neighbour must share. */
const sharedPrefix = 3;

/**
 * The dictionary's stems nearest to one that it lacks, within one edit for five letters and two for eight: another
 * spelling or form of the same word. `[]` where nothing is near.
 */
export function nearestStems(lexicon: Lexicon, stem: string): string[] {
  if (stem.length < 5 || !/^[a-z]+$/.test(stem)) return [];
  let least = stem.length >= 8 ? 2 : 1;
  let nearest: string[] = [];
  for (const candidate of lexicon.stemsStartingWith(stem.slice(0, sharedPrefix))) {
    if (Math.abs(candidate.length - stem.length) > least) continue;
    const distance = editDistance(stem, candidate, least);
    if (distance > least) continue;
    if (distance < least) nearest = [];
    least = distance;
    nearest.push(candidate);
  }
  return nearest;
}

/** Levenshtein distance; anything above `most` may come back as `most + 1`. */
function editDistance(one: string, other: string, most: number): number {
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    let best = row;
    for (let column = 1; column <= other.length; column++) {
      const change = previous[column - 1]! + (one[row - 1] === other[column - 1] ? 0 : 1);
      const value = Math.min(change, previous[column]! + 1, current[column - 1]! + 1);
      current.push(value);
      best = Math.min(best, value);
    }
    if (best > most) return most + 1;
    previous = current;
  }
  return previous[other.length]!;
}
