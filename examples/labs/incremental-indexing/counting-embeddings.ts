import type { DocumentEmbeddings } from "@zixue/rag";
import { extractTerms } from "@zixue/rag";

/** Vectors without a model (terms hashed to 64 axes), which remembers the texts that it was asked for. */
export class CountingEmbeddings implements DocumentEmbeddings {
  readonly asked: string[] = [];
  readonly #delay: number;

  /** @param delay milliseconds that a call takes, as a provider on the network would */
  constructor(delay = 0) {
    this.#delay = delay;
  }

  async embedDocuments(texts: string[]): Promise<number[][]> {
    if (this.#delay > 0) await new Promise((resolve) => setTimeout(resolve, this.#delay));
    this.asked.push(...texts);
    return texts.map((text) => {
      const vector = new Array<number>(64).fill(0);
      for (const { term } of extractTerms(text)) {
        let hash = 7;
        for (const character of term) hash = (Math.imul(hash, 31) + character.codePointAt(0)!) >>> 0;
        vector[hash % 64]! += 1;
      }
      return vector;
    });
  }
}
