import { Embeddings } from "@langchain/core/embeddings";

/**
 * Vectors without a model: every character and every pair of neighbouring characters is hashed to one of the
 * dimensions. Texts that share characters get near vectors; texts that mean the same in other words do not. It stands
 * in for a real embedding model, so that the lab runs offline, and shows what such a model is needed for.
 */
export class HashedEmbeddings extends Embeddings {
  readonly #dimensions: number;

  constructor(dimensions = 512) {
    super({});
    this.#dimensions = dimensions;
  }

  embedDocuments(texts: string[]): Promise<number[][]> {
    return Promise.resolve(texts.map((text) => this.#embed(text)));
  }

  embedQuery(text: string): Promise<number[]> {
    return Promise.resolve(this.#embed(text));
  }

  // #region embed
  #embed(text: string): number[] {
    const vector = new Array<number>(this.#dimensions).fill(0);
    const characters = [...text.toLowerCase()].filter((character) => /[\p{L}\p{N}]/u.test(character));
    characters.forEach((character, i) => {
      vector[hash(character) % this.#dimensions]! += 1;
      if (i > 0) vector[hash(characters[i - 1]! + character) % this.#dimensions]! += 2;
    });
    const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0)) || 1;
    return vector.map((value) => value / length);
  }
  // #endregion embed
}

/** Cosine similarity; both vectors have length 1. */
export function cosineSimilarity(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

/** FNV-1a over UTF-16 code units. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return value;
}
