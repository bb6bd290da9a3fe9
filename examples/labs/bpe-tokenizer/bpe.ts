/** Byte pair encoding: learning merges and applying them. Works on symbols, which may be characters or bytes. */

export interface Merge {
  readonly left: string;
  readonly right: string;
  /** How often the pair stood in the training text when it was merged. */
  readonly count: number;
}

// #region learn
/** 反复做一件事：数出最常见的相邻两个符号，把它们合成一个新符号。次数相同时取最先出现的一对。 */
export function learnMerges(
  words: ReadonlyMap<string, readonly string[]>,
  counts: ReadonlyMap<string, number>,
  limit: number,
): Merge[] {
  const current = new Map([...words].map(([word, symbols]) => [word, [...symbols]]));
  const merges: Merge[] = [];
  while (merges.length < limit) {
    const pairs = new Map<string, { left: string; right: string; count: number }>();
    for (const [word, symbols] of current) {
      for (let i = 0; i + 1 < symbols.length; i++) {
        const [left, right] = [symbols[i]!, symbols[i + 1]!];
        const pair = pairs.get(`${left} ${right}`) ?? { left, right, count: 0 };
        pair.count += counts.get(word) ?? 0;
        pairs.set(`${left} ${right}`, pair);
      }
    }
    let best: Merge | undefined;
    for (const pair of pairs.values()) if (!best || pair.count > best.count) best = pair;
    if (!best || best.count < 2) break;
    merges.push(best);
    for (const [word, symbols] of current) current.set(word, mergePair(symbols, best));
  }
  return merges;
}
// #endregion learn

/** Every place where the two symbols of the merge stand side by side becomes one symbol. */
export function mergePair(
  symbols: readonly string[],
  { left, right }: { left: string; right: string },
): string[] {
  const merged: string[] = [];
  for (let i = 0; i < symbols.length; i++) {
    if (symbols[i] === left && symbols[i + 1] === right) {
      merged.push(left + right);
      i += 1;
    } else merged.push(symbols[i]!);
  }
  return merged;
}

// #region apply
/** 编码一个词：在现有的相邻对里，总是先做最早学到的那次合并，直到没有可做的。 */
export function applyMerges(symbols: readonly string[], rankOf: ReadonlyMap<string, number>): string[] {
  let current = [...symbols];
  for (;;) {
    let best = Number.POSITIVE_INFINITY;
    let pair: { left: string; right: string } | undefined;
    for (let i = 0; i + 1 < current.length; i++) {
      const rank = rankOf.get(`${current[i]} ${current[i + 1]}`) ?? Number.POSITIVE_INFINITY;
      if (rank < best) [best, pair] = [rank, { left: current[i]!, right: current[i + 1]! }];
    }
    if (!pair) return current;
    current = mergePair(current, pair);
  }
}
// #endregion apply

/** How early each merge was learned. */
export function ranks(merges: readonly Merge[]): Map<string, number> {
  return new Map(merges.map(({ left, right }, rank) => [`${left} ${right}`, rank]));
}
