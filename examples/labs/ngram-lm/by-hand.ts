/** The same perplexity computed another way: by scanning the text for every step, without tables. For checking. */

/** Perplexity of bigrams with add-one smoothing, as the n-th root of one over the product of the probabilities. */
export function addOneBigramPerplexity(
  training: readonly (readonly string[])[],
  test: readonly (readonly string[])[],
): number {
  const text = training.flatMap((sentence) => ["<s>", ...sentence, "</s>"]);
  const kinds = new Set(text.filter((word) => word !== "<s>")).size;
  let product = 1;
  let steps = 0;
  for (const sentence of test) {
    const words = ["<s>", ...sentence, "</s>"];
    for (let i = 1; i < words.length; i++, steps++) {
      const pairs = text.filter((word, j) => word === words[i] && j > 0 && text[j - 1] === words[i - 1]);
      const befores = text.filter((word) => word === words[i - 1]);
      product *= (pairs.length + 1) / (befores.length + kinds);
    }
  }
  return (1 / product) ** (1 / steps);
}
