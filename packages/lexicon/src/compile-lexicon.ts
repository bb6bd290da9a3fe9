import { packSections, StringTable, WeightedLists } from "./binary.ts";
import { type Gloss, glosses } from "./glosses.ts";
import { simplify } from "./simplify.ts";

/** An entry of a Chinese–English dictionary: a headword and its senses, most usual first. */
export interface DictionaryEntry {
  readonly headword: string;
  readonly senses: readonly string[];
}

const MOST_HEADWORDS_PER_STEM = 40;
const MOST_STEMS_PER_HEADWORD = 20;
const LONGEST_HEADWORD = 12;
const LEAST_WEIGHT = 0.02;

/**
 * Compiles a dictionary into the binary that {@link Lexicon} reads.
 *
 * An English stem leads to headwords with weight (rank + 1)^−0.7 · n^−2, where the gloss has n ≤ 4 content words,
 * scaled so that the best is 1; a headword leads to stems with weight (rank + 1)^−1 · n^−1, n ≤ 8. Glosses of two to
 * four words are kept as phrases too.
 */
export function compileLexicon(entries: Iterable<DictionaryEntry>): Uint8Array {
  const glossesOf = new Map<string, Gloss[]>();
  for (const { headword, senses } of entries) {
    const han = simplify(headword.normalize("NFKC").toLowerCase());
    if (!/^\p{Script=Han}+$/u.test(han) || [...han].length > LONGEST_HEADWORD) continue;
    const found = glosses(senses);
    if (found.length > 0) glossesOf.set(han, [...(glossesOf.get(han) ?? []), ...found]);
  }
  const headwords = [...glossesOf.keys()].sort(byCodeUnits);
  const toChinese = new Map<string, Map<number, number>>();
  const toEnglish = headwords.map(() => new Map<string, number>());
  const phrases = new Map<string, Set<number>>();
  for (const [id, headword] of headwords.entries()) {
    for (const { stems, rank } of glossesOf.get(headword)!) {
      const n = stems.length;
      for (const stem of n <= 8 ? stems : []) raise(toEnglish[id]!, stem, 1 / ((rank + 1) * n));
      if (n > 4) continue;
      // One character has many readings and meanings; it says little on its own.
      const certainty = headword.length === 1 ? 0.35 : 1;
      for (const stem of stems) {
        const row = toChinese.get(stem) ?? new Map<number, number>();
        raise(row, id, certainty * (rank + 1) ** -0.7 * n ** -2);
        toChinese.set(stem, row);
      }
      if (n >= 2) {
        const key = stems.join(" ");
        phrases.set(key, (phrases.get(key) ?? new Set()).add(id));
      }
    }
  }
  const stems = [...new Set([...toChinese.keys(), ...toEnglish.flatMap((row) => [...row.keys()])])].sort(
    byCodeUnits,
  );
  const stemIds = new Map(stems.map((stem, id) => [stem, id]));
  const phraseKeys = [...phrases.keys()].sort(byCodeUnits);
  return packSections([
    ...StringTable.pack(headwords),
    ...StringTable.pack(stems),
    ...StringTable.pack(phraseKeys),
    ...WeightedLists.pack(stems.map((stem) => heaviest(toChinese.get(stem) ?? [], MOST_HEADWORDS_PER_STEM))),
    ...WeightedLists.pack(
      toEnglish.map((row) =>
        heaviest(
          [...row].map(([stem, weight]) => [stemIds.get(stem)!, weight] as const),
          MOST_STEMS_PER_HEADWORD,
        ),
      ),
    ),
    ...WeightedLists.pack(
      phraseKeys.map((key) => [...phrases.get(key)!].map((target) => ({ target, weight: 1 }))),
    ),
  ]);
}

function raise<K>(row: Map<K, number>, key: K, weight: number): void {
  if (weight > (row.get(key) ?? 0)) row.set(key, weight);
}

/** The heaviest targets of a row, scaled so that the first has weight 1. */
function heaviest(
  row: Iterable<readonly [number, number]>,
  most: number,
): { target: number; weight: number }[] {
  const sorted = [...row].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, most);
  const top = sorted[0]?.[1] ?? 1;
  return sorted
    .map(([target, weight]) => ({ target, weight: weight / top }))
    .filter(({ weight }) => weight >= LEAST_WEIGHT);
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
