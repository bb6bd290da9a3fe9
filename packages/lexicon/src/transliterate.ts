import { LONGEST_RUN } from "./learn-transliteration.ts";

/**
 * Pairs of adjacent characters that a name may be written with, by the share of all ways to write it that have them.
 *
 * @param characters characters of a run of letters with their joint probabilities
 */
export function transliterate(
  name: string,
  characters: (run: string) => readonly (readonly [character: string, probability: number])[],
): Map<string, number> {
  const rows = Array.from({ length: name.length }, (_, from) =>
    Array.from({ length: LONGEST_RUN }, (_, length) =>
      from + length + 1 > name.length ? [] : characters(name.slice(from, from + length + 1)),
    ),
  );
  const sum = (from: number, length: number): number =>
    rows[from]![length - 1]!.reduce((total, [, probability]) => total + probability, 0);
  const forward = new Float64Array(name.length + 1);
  const backward = new Float64Array(name.length + 1);
  forward[0] = 1;
  backward[name.length] = 1;
  for (let to = 1; to <= name.length; to++)
    for (let length = 1; length <= Math.min(LONGEST_RUN, to); length++)
      forward[to]! += forward[to - length]! * sum(to - length, length);
  for (let from = name.length - 1; from >= 0; from--)
    for (let length = 1; length <= Math.min(LONGEST_RUN, name.length - from); length++)
      backward[from]! += backward[from + length]! * sum(from, length);
  const all = forward[name.length]!;
  const bigrams = new Map<string, number>();
  if (all === 0) return bigrams;
  for (let start = 0; start < name.length; start++) {
    for (let first = 1; first <= LONGEST_RUN && start + first < name.length; first++) {
      const middle = start + first;
      for (let second = 1; second <= LONGEST_RUN && middle + second <= name.length; second++) {
        const share = (forward[start]! * backward[middle + second]!) / all;
        if (share === 0) continue;
        for (const [one, p] of rows[start]![first - 1]!)
          for (const [other, q] of rows[middle]![second - 1]!) {
            const key = one + other;
            bigrams.set(key, (bigrams.get(key) ?? 0) + share * p * q);
          }
      }
    }
  }
  return bigrams;
}
