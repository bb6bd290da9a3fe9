import { MemoryVectorStore } from "@langchain/classic/vectorstores/memory";
import type { DocumentInterface } from "@langchain/core/documents";
import { Embeddings } from "@langchain/core/embeddings";

/** Counts letters and characters by hash: texts that share characters are near each other. */
export class CharacterEmbeddings extends Embeddings {
  asked: string[] = [];

  constructor() {
    super({});
  }

  async embedQuery(text: string): Promise<number[]> {
    this.asked.push(text);
    return characterVector(text);
  }

  async embedDocuments(texts: string[]): Promise<number[][]> {
    return texts.map(characterVector);
  }
}

function characterVector(text: string): number[] {
  const vector = new Array<number>(64).fill(0.001);
  for (const character of text) vector[(character.codePointAt(0) as number) % 64]! += 1;
  return vector;
}

/** LangChain's own store, which appends, cannot delete and ignores ids in the options. */
export function memoryStore(): MemoryVectorStore {
  return new MemoryVectorStore(new CharacterEmbeddings());
}

/** As most servers do: an id is written over, and deleted by id. Can be told to fail. */
export class UpsertStore extends MemoryVectorStore {
  failing: string | null = null;
  /** Calls that still succeed before `failing` takes hold. */
  patience = 0;
  readonly calls: string[] = [];

  constructor(embeddings: Embeddings = new CharacterEmbeddings()) {
    super(embeddings);
  }

  override async addVectors(vectors: number[][], documents: DocumentInterface[]): Promise<void> {
    this.#call("add");
    const ids = new Set(documents.map(({ id }) => id));
    this.memoryVectors = this.memoryVectors.filter(({ id }) => !ids.has(id));
    await super.addVectors(vectors, documents as never);
  }

  override async delete(params: Record<string, unknown> = {}): Promise<void> {
    this.#call("delete");
    const ids = new Set(params.ids as string[]);
    this.memoryVectors = this.memoryVectors.filter(({ id }) => !ids.has(id as string));
  }

  override async similaritySearchVectorWithScore(query: number[], k: number, filter?: this["FilterType"]) {
    this.#call(`search ${k}`);
    return super.similaritySearchVectorWithScore(query, k, filter);
  }

  chunkIds(): string[] {
    return this.memoryVectors.map(({ metadata }) => metadata.chunkId as string).sort();
  }

  #call(name: string): void {
    this.calls.push(name);
    if (this.failing === null) return;
    if (this.patience > 0) this.patience--;
    else throw new Error(this.failing);
  }
}

/** Takes ids of its own and gives distances, as some stores do. */
export class ForeignIdStore extends MemoryVectorStore {
  #next = 0;

  override async addVectors(vectors: number[][], documents: DocumentInterface[]): Promise<void> {
    await super.addVectors(
      vectors,
      documents.map((document) => ({ ...document, id: `row ${this.#next++}` })) as never,
    );
  }

  override async similaritySearchVectorWithScore(query: number[], k: number, filter?: this["FilterType"]) {
    const found = await super.similaritySearchVectorWithScore(query, k, filter);
    return found.map(([document, score]) => [document, 1 - score]) as typeof found;
  }
}
