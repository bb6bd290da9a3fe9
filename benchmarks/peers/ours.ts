import path from "node:path";
import { type Chunk, createRagPipeline, LocalIndex, type SearchHit, weightedFusion } from "@zixue/rag";
import { type PeerCorpus, type PeerDefinition, type PeerPassage, RESULTS } from "./peer.ts";
import { PreparedEmbeddings } from "./prepared-embeddings.ts";

/** Passages committed at once: one commit, as for a folder that is ingested for the first time. */
const BATCH = 2000;
/** Hits that each side brings to the fusion. */
const CANDIDATES = 50;
const VECTOR_WEIGHT = 0.1;

const keyword: PeerDefinition = {
  name: "zixue LocalIndex",
  packages: [],
  searches: "keyword",
  async build(corpus) {
    const index = await openIndex(corpus, false);
    return {
      search: async (text) =>
        (await index.search({ text, limit: RESULTS })).keyword.map(({ chunk }) => chunk.documentId),
      close: () => index.close(),
    };
  },
};

/** Both sides of one search, joined with the weight that the pipeline gives vectors of the lexicon. */
const hybrid: PeerDefinition = {
  name: "zixue LocalIndex, hybrid",
  packages: [],
  searches: "both",
  async build(corpus) {
    const index = await openIndex(corpus, true);
    return {
      search: async (text) => {
        const found = await index.search({ text, vector: corpus.vectorOf(text), limit: CANDIDATES });
        const fused = weightedFusion([
          { hits: hitsOf(found.keyword) },
          { hits: hitsOf(found.vector), weight: VECTOR_WEIGHT },
        ]);
        return fused.slice(0, RESULTS).map(({ id }) => id);
      },
      close: () => index.close(),
    };
  },
};

/** The whole retrieval of a question: reading it, both sides, fusion with the default weights, and a spread choice. */
const pipeline = (withVectors: boolean): PeerDefinition => ({
  name: `zixue pipeline${withVectors ? ", hybrid" : ""}`,
  packages: [],
  searches: withVectors ? "both" : "keyword",
  async build(corpus) {
    const index = await openIndex(corpus, withVectors);
    const models = withVectors ? { models: { embeddings: new PreparedEmbeddings(corpus) } } : {};
    const rag = await createRagPipeline({ index, ...models });
    return {
      search: async (question) =>
        (await rag.retrieve(question, { limit: RESULTS })).passages.map(({ documentId }) => documentId),
      close: () => index.close(),
    };
  },
});

export const ours: readonly PeerDefinition[] = [keyword, hybrid, pipeline(false), pipeline(true)];

async function openIndex(
  { folder, passages, vectors }: PeerCorpus,
  withVectors: boolean,
): Promise<LocalIndex> {
  const index = await LocalIndex.open({ folder: path.join(folder, "index") });
  for (let start = 0; start < passages.length; start += BATCH) {
    const put = passages.slice(start, start + BATCH).map((passage, place) => {
      const change = { documentId: passage.id, hash: passage.id, chunks: [chunkOf(passage)] };
      return withVectors ? { ...change, vectors: [vectors[start + place] as Float32Array] } : change;
    });
    await index.apply({ put });
  }
  return index;
}

function hitsOf(hits: readonly SearchHit[]): { id: string; score: number }[] {
  return hits.map(({ chunk, score }) => ({ id: chunk.documentId, score }));
}

function chunkOf({ id, title, text }: PeerPassage): Chunk {
  return {
    ...{ id: `${id}@0`, documentId: id, title, headingPath: [], blockIds: [], text },
    ...{ start: 0, end: text.length, ordinal: 0, tokens: 0, metadata: {} },
  };
}
