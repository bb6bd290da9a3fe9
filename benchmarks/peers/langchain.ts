import path from "node:path";
import { EnsembleRetriever } from "@langchain/classic/retrievers/ensemble";
import { MemoryVectorStore } from "@langchain/classic/vectorstores/memory";
import { BM25Retriever } from "@langchain/community/retrievers/bm25";
import { HNSWLib } from "@langchain/community/vectorstores/hnswlib";
import { Document } from "@langchain/core/documents";
import type { VectorStore } from "@langchain/core/vectorstores";
import { type Peer, type PeerCorpus, type PeerDefinition, RESULTS } from "./peer.ts";
import { PreparedEmbeddings } from "./prepared-embeddings.ts";

const bm25: PeerDefinition = {
  name: "LangChain BM25Retriever",
  packages: ["@langchain/community"],
  searches: "keyword",
  async build(corpus) {
    const retriever = BM25Retriever.fromDocuments(documentsOf(corpus), { k: RESULTS, includeScore: false });
    return { search: async (question) => idsOf(await retriever.invoke(question)) };
  },
};

const hnswlib: PeerDefinition = {
  name: "LangChain HNSWLib",
  packages: ["@langchain/community", "hnswlib-node"],
  searches: "vector",
  async build(corpus) {
    const store = await hnswStore(corpus);
    return { ...vectorPeer(store, corpus), save: () => store.save(path.join(corpus.folder, "hnswlib")) };
  },
};

const memory: PeerDefinition = {
  name: "LangChain MemoryVectorStore",
  packages: ["@langchain/classic"],
  searches: "vector",
  async build(corpus) {
    const store = new MemoryVectorStore(new PreparedEmbeddings(corpus));
    await store.addVectors(numbersOf(corpus), documentsOf(corpus));
    return vectorPeer(store, corpus);
  },
};

const ensemble: PeerDefinition = {
  name: "LangChain EnsembleRetriever (BM25 + HNSWLib)",
  packages: ["@langchain/classic", "@langchain/community"],
  searches: "both",
  async build(corpus) {
    const store = await hnswStore(corpus);
    const retriever = new EnsembleRetriever({
      retrievers: [
        BM25Retriever.fromDocuments(documentsOf(corpus), { k: RESULTS, includeScore: false }),
        store.asRetriever(RESULTS),
      ],
      weights: [0.5, 0.5],
    });
    return {
      search: async (question) => idsOf(await retriever.invoke(question)).slice(0, RESULTS),
      save: () => store.save(path.join(corpus.folder, "hnswlib")),
    };
  },
};

export const langchain: readonly PeerDefinition[] = [bm25, hnswlib, memory, ensemble];

async function hnswStore(corpus: PeerCorpus): Promise<HNSWLib> {
  // What its `fromDocuments` makes, with the vectors that are there already.
  const store = new HNSWLib(new PreparedEmbeddings(corpus), { space: "cosine" });
  await store.addVectors(numbersOf(corpus), documentsOf(corpus));
  return store;
}

function vectorPeer(store: VectorStore, { vectorOf }: PeerCorpus): Peer {
  return {
    search: async (question) => {
      const found = await store.similaritySearchVectorWithScore(Array.from(vectorOf(question)), RESULTS);
      return idsOf(found.map(([document]) => document));
    },
  };
}

function documentsOf({ passages }: PeerCorpus): Document[] {
  return passages.map(({ id, content }) => new Document({ pageContent: content, metadata: { id } }));
}

function numbersOf({ vectors }: PeerCorpus): number[][] {
  return vectors.map((vector) => Array.from(vector));
}

function idsOf(documents: readonly Document[]): string[] {
  return documents.map(({ metadata }) => String(metadata.id));
}
