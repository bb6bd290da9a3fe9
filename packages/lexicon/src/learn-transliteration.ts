/** A name in Latin letters, lower case, with its usual Chinese transliteration. */
export interface NamePair {
  readonly latin: string;
  readonly han: string;
}

/** How letters are written as one character: for each run of letters its characters with joint probabilities. */
export type TransliterationTable = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Letters that one character may stand for. */
export const LONGEST_RUN = 5;
const ROUNDS = 8;
/** Pairs less likely than this per character after some rounds are translations rather than transliterations. */
const LEAST_LIKELIHOOD = 1e-6;
const LEAST_PROBABILITY = 1e-6;

/**
 * Learns from pairs of names which characters stand for which letters, by expectation maximisation over all monotone
 * ways to cut the letters into as many runs of 1–5 as there are characters (the joint source-channel model of Li, Zhang
 * & Su, ACL 2004, without context).
 */
export function learnTransliteration(pairs: readonly NamePair[]): TransliterationTable {
  let model = new Map<string, Map<string, number>>();
  let kept = pairs.filter(({ latin, han }) => {
    const length = Array.from(han).length;
    return length >= 2 && latin.length >= length && latin.length <= length * LONGEST_RUN;
  });
  for (let round = 0; round < ROUNDS; round++) {
    const counts = new Map<string, Map<string, number>>();
    let total = 0;
    const likely: NamePair[] = [];
    for (const pair of kept) {
      const likelihood = expect(pair, round === 0 ? undefined : model, (run, character, count) => {
        const row = counts.get(run) ?? new Map<string, number>();
        counts.set(run, row.set(character, (row.get(character) ?? 0) + count));
        total += count;
      });
      if (likelihood ** (1 / Array.from(pair.han).length) >= LEAST_LIKELIHOOD) likely.push(pair);
    }
    if (round >= 3) kept = likely;
    for (const row of counts.values())
      for (const [character, count] of row) row.set(character, count / total);
    model = counts;
  }
  for (const [run, row] of model) {
    for (const [character, probability] of row) if (probability < LEAST_PROBABILITY) row.delete(character);
    if (row.size === 0) model.delete(run);
  }
  return model;
}

/** Counts every run with its character by its share in the ways to align a pair; gives back the pair's probability. */
function expect(
  { latin, han }: NamePair,
  model: TransliterationTable | undefined,
  add: (run: string, character: string, count: number) => void,
): number {
  const characters = Array.from(han);
  const [rows, columns] = [characters.length + 1, latin.length + 1];
  const probability = (from: number, to: number, character: string): number =>
    model === undefined ? 0.01 : (model.get(latin.slice(from, to))?.get(character) ?? 0);
  const forward = new Float64Array(rows * columns);
  const backward = new Float64Array(rows * columns);
  forward[0] = 1;
  backward[rows * columns - 1] = 1;
  for (let row = 1; row < rows; row++) {
    for (let to = row; to < columns; to++) {
      for (let from = Math.max(row - 1, to - LONGEST_RUN); from < to; from++) {
        const before = forward[(row - 1) * columns + from]!;
        if (before > 0) forward[row * columns + to]! += before * probability(from, to, characters[row - 1]!);
      }
    }
  }
  const all = forward[rows * columns - 1]!;
  if (all === 0) return 0;
  for (let row = rows - 1; row > 0; row--) {
    for (let to = columns - 1; to >= row; to--) {
      const after = backward[row * columns + to]!;
      if (after === 0) continue;
      for (let from = Math.max(row - 1, to - LONGEST_RUN); from < to; from++) {
        const step = probability(from, to, characters[row - 1]!);
        if (step === 0) continue;
        backward[(row - 1) * columns + from]! += step * after;
        const count = (forward[(row - 1) * columns + from]! * step * after) / all;
        if (count > 1e-9) add(latin.slice(from, to), characters[row - 1]!, count);
      }
    }
  }
  return all;
}
