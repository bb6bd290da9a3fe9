import { analyze } from "@zixue/rag";

/**
 * Vectors without a model: one axis for each concept text (here the glossary's definitions), and on it how much a text
 * has in common with that concept, by tf-idf. Two texts that share no word can still be near when both are near the
 * same definitions. After Gabrilovich & Markovitch, "Computing Semantic Relatedness using Wikipedia-based Explicit
 * Semantic Analysis", IJCAI 2007, with a glossary in the place of Wikipedia.
 */
export class ConceptVectors {
  readonly #concepts: readonly ReadonlyMap<string, number>[];
  readonly #idf: ReadonlyMap<string, number>;

  constructor(concepts: readonly string[]) {
    const terms = concepts.map(termsOf);
    const holders = new Map<string, number>();
    for (const found of terms)
      for (const term of new Set(found)) holders.set(term, (holders.get(term) ?? 0) + 1);
    this.#idf = new Map([...holders].map(([term, count]) => [term, Math.log(concepts.length / count) + 0.1]));
    this.#concepts = terms.map((found) => unit(this.#weigh(found)));
  }

  // #region embed
  /** 第 i 个分量是文本与第 i 条定义的相似程度；最后把长度变成 1，点积就是余弦相似度。 */
  embed(text: string): Float32Array {
    const weights = this.#weigh(termsOf(text));
    const vector = Float32Array.from(this.#concepts, (concept) => {
      let dot = 0;
      for (const [term, weight] of weights) dot += weight * (concept.get(term) ?? 0);
      return dot;
    });
    const length = Math.hypot(...vector);
    return length === 0 ? vector : vector.map((value) => value / length);
  }
  // #endregion embed

  #weigh(terms: readonly string[]): Map<string, number> {
    const weights = new Map<string, number>();
    for (const term of terms) {
      const idf = this.#idf.get(term);
      if (idf !== undefined) weights.set(term, (weights.get(term) ?? 0) + idf);
    }
    return weights;
  }
}

export function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

/** Characters count little, pairs of characters and words count fully. */
function termsOf(text: string): string[] {
  const { char, bigram, word } = analyze(text);
  return [...char, ...bigram, ...bigram, ...word, ...word];
}

function unit(weights: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const length = Math.hypot(...weights.values()) || 1;
  return new Map([...weights].map(([term, weight]) => [term, weight / length]));
}
