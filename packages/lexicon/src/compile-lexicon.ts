import { packSections, StringTable, WeightedLists } from "./binary.ts";
import { type Gloss, glosses } from "./glosses.ts";
import { learnTransliteration, type NamePair, type TransliterationTable } from "./learn-transliteration.ts";
import { namePairs } from "./name-pairs.ts";
import { simplify } from "./simplify.ts";

/** An entry of a Chinese–English dictionary: a headword and its senses, most usual first. */
export interface DictionaryEntry {
  readonly headword: string;
  readonly senses: readonly string[];
  /** Lets names be told apart from transliterated ones; without it the lexicon learns no transliteration. */
  readonly pinyin?: string;
}

interface Target {
  readonly target: number;
  readonly weight: number;
}

/** Weight of each headword by its number, for every key. */
type Rows = Map<string, Map<number, number>>;

const MOST_HEADWORDS_PER_WORD = 40;
const MOST_STEMS_PER_HEADWORD = 20;
const MOST_CHARACTERS_PER_RUN = 10;
const LONGEST_HEADWORD = 12;
const LEAST_WEIGHT = 0.02;
/** One character has many readings and meanings; it says little on its own. */
const CHARACTER_CERTAINTY = 0.35;

/**
 * Compiles a dictionary into the binary that {@link Lexicon} reads.
 *
 * An English word leads to headwords with weight (rank + 1)^−0.7 · n^−2.5, where the gloss has n ≤ 4 content words,
 * scaled so that the best is 1; by its stem, and by its form too where several words share the stem. A headword leads
 * to stems with weight (rank + 1)^−1 · n^−1, n ≤ 8. Glosses of two to four words are kept as phrases, and from names
 * the lexicon learns how letters are transliterated.
 */
export function compileLexicon(entries: Iterable<DictionaryEntry>): Uint8Array {
  const { glossesOf, names } = readEntries(entries);
  const headwords = [...glossesOf.keys()].sort(byCodeUnits);
  const toEnglish = headwords.map(() => new Map<string, number>());
  const byStem: Rows = new Map();
  const byForm: Rows = new Map();
  const formsOf = new Map<string, Set<string>>();
  const phrases: Rows = new Map();
  for (const [id, headword] of headwords.entries()) {
    for (const { stems, forms, rank } of glossesOf.get(headword)!) {
      const n = stems.length;
      for (const stem of n <= 8 ? stems : []) raise(toEnglish[id]!, stem, 1 / ((rank + 1) * n));
      if (n > 4) continue;
      const certainty = headword.length === 1 ? CHARACTER_CERTAINTY : 1;
      const weight = certainty * (rank + 1) ** -0.7 * n ** -2.5;
      for (const [index, stem] of stems.entries()) {
        raise(rowOf(byStem, stem), id, weight);
        raise(rowOf(byForm, forms[index]!), id, weight);
        formsOf.set(stem, (formsOf.get(stem) ?? new Set()).add(forms[index]!));
      }
      if (n >= 2) raise(rowOf(phrases, stems.join(" ")), id, 1);
    }
  }
  for (const forms of formsOf.values()) if (forms.size === 1) for (const form of forms) byForm.delete(form);
  const stems = [...new Set([...byStem.keys(), ...toEnglish.flatMap((row) => [...row.keys()])])];
  stems.sort(byCodeUnits);
  const stemIds = new Map(stems.map((stem, id) => [stem, id]));
  const ofHeadword = toEnglish.map((row) =>
    heaviest(
      [...row].map(([stem, weight]) => [stemIds.get(stem)!, weight]),
      MOST_STEMS_PER_HEADWORD,
    ),
  );
  return packSections([
    ...StringTable.pack(headwords),
    ...WeightedLists.pack(ofHeadword),
    ...packRows(byStem, stems),
    ...packRows(byForm),
    ...packRows(phrases),
    ...packTransliteration(learnTransliteration(names)),
  ]);
}

function readEntries(entries: Iterable<DictionaryEntry>) {
  const glossesOf = new Map<string, Gloss[]>();
  const names: NamePair[] = [];
  for (const { headword, senses, pinyin } of entries) {
    const written = simplify(headword.normalize("NFKC").toLowerCase());
    if (pinyin !== undefined) names.push(...namePairs(written, pinyin, senses));
    const han = written.replaceAll("·", "");
    if (!/^\p{Script=Han}+$/u.test(han) || [...han].length > LONGEST_HEADWORD) continue;
    const found = glosses(senses);
    if (found.length > 0) glossesOf.set(han, [...(glossesOf.get(han) ?? []), ...found]);
  }
  return { glossesOf, names };
}

function packRows(rows: Rows, keys: readonly string[] = [...rows.keys()].sort(byCodeUnits)): Uint8Array[] {
  const lists = keys.map((key) => heaviest(rows.get(key) ?? [], MOST_HEADWORDS_PER_WORD));
  return [...StringTable.pack(keys), ...WeightedLists.pack(lists)];
}

/** Targets are code points; the probability of a run's likeliest character stands apart, as a 32-bit float. */
function packTransliteration(table: TransliterationTable): Uint8Array[] {
  const runs = [...table.keys()].sort(byCodeUnits);
  const lists = runs.map((run) =>
    heaviest(
      [...table.get(run)!].map(([character, probability]) => [character.codePointAt(0)!, probability]),
      MOST_CHARACTERS_PER_RUN,
    ),
  );
  const tops = Float32Array.from(runs, (run) => Math.max(...table.get(run)!.values()));
  return [...StringTable.pack(runs), ...WeightedLists.pack(lists), new Uint8Array(tops.buffer)];
}

function rowOf(rows: Rows, key: string): Map<number, number> {
  const row = rows.get(key) ?? new Map<number, number>();
  rows.set(key, row);
  return row;
}

function raise<K>(row: Map<K, number>, key: K, weight: number): void {
  if (weight > (row.get(key) ?? 0)) row.set(key, weight);
}

/** The heaviest targets of a row, scaled so that the first has weight 1. */
function heaviest(row: Iterable<readonly [number, number]>, most: number): Target[] {
  const sorted = [...row].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, most);
  const top = sorted[0]?.[1] ?? 1;
  return sorted
    .map(([target, weight]) => ({ target, weight: weight / top }))
    .filter(({ weight }) => weight >= LEAST_WEIGHT);
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
