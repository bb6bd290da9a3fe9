import { Embeddings } from "@langchain/core/embeddings";
import type { PeerCorpus } from "./peer.ts";

/** Gives the vectors that were computed beforehand, under the name of what made them. */
export class PreparedEmbeddings extends Embeddings {
  readonly fingerprint: string;
  readonly #vectorOf: PeerCorpus["vectorOf"];

  constructor({ vectors, vectorOf }: PeerCorpus) {
    super({});
    this.#vectorOf = vectorOf;
    this.fingerprint = `lexicon-1/${vectors[0]?.length ?? 0}`;
  }

  async embedQuery(text: string): Promise<number[]> {
    return Array.from(this.#vectorOf(text));
  }

  async embedDocuments(texts: string[]): Promise<number[][]> {
    return texts.map((text) => Array.from(this.#vectorOf(text)));
  }
}
