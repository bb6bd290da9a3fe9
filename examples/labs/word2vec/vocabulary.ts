/** Numbers for words, and the distribution that negative examples are drawn from. */

export interface Vocabulary {
  readonly words: readonly string[];
  readonly idOf: ReadonlyMap<string, number>;
  /** Draws a word in proportion to its count to the power 3/4 (Mikolov et al. 2013, arXiv:1310.4546). */
  readonly drawNegative: (random: () => number) => number;
}

export function buildVocabulary(sentences: readonly (readonly string[])[]): Vocabulary {
  const counts = new Map<string, number>();
  for (const word of sentences.flat()) counts.set(word, (counts.get(word) ?? 0) + 1);
  const words = [...counts.keys()];
  const sums: number[] = [];
  let sum = 0;
  for (const count of counts.values()) {
    sum += count ** 0.75;
    sums.push(sum);
  }
  return {
    words,
    idOf: new Map(words.map((word, id) => [word, id])),
    drawNegative: (random) => {
      const at = random() * sum;
      const found = sums.findIndex((total) => at < total);
      return found < 0 ? words.length - 1 : found;
    },
  };
}
