import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Document } from "@langchain/core/documents";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type ChunkIndex,
  createRagPipeline,
  ingest,
  LocalIndex,
  MemoryIndex,
  parseMarkdown,
  RagError,
  retrieve,
  splitDocument,
  uuidOfChunk,
  withVectorStore,
} from "../src/index.ts";
import { describeChunkIndex, testDocument } from "./chunk-index.contract.ts";
import { CharacterEmbeddings, ForeignIdStore, memoryStore, UpsertStore } from "./support/vector-stores.ts";

describeChunkIndex("MemoryIndex with a vector store", async () =>
  withVectorStore(new MemoryIndex(), new UpsertStore(), { embeddedBy: "caller" }),
);

const leave = (days: number) =>
  parseMarkdown({ id: "leave.md", content: `# 休假\n\n年假第一年 ${days} 天。` });
const refund = parseMarkdown({ id: "refund.md", content: "# 退款\n\n付款后 14 天内可以申请全额退款。" });
const split = (document: Parameters<typeof splitDocument>[0]) => splitDocument(document);
const nearest = async (index: ChunkIndex, vectorText: string, limit = 5) =>
  (await index.search({ vectorText, limit })).vector;

describe("withVectorStore", () => {
  it("lets the store embed documents and questions, and gives its hits as our chunks", async () => {
    const index = withVectorStore(new MemoryIndex(), memoryStore());
    await ingest({ index, documents: [leave(10), refund], split });
    const [hit] = await nearest(index, "全额退款申请");
    expect(hit?.chunk).toEqual((await index.chunksOf("refund.md"))[0]);
    expect(hit?.score).toBeGreaterThan(0.3);
    expect(await index.stats()).toMatchObject({ documents: 2, vectorSearch: "external" });
    expect((await index.search({ text: "退款", limit: 5 })).vector).toEqual([]);
  });

  it("keeps a chunk under a UUID of its own, its id or what the caller says", async () => {
    for (const [ids, expected] of [
      [undefined, uuidOfChunk],
      ["chunk", (id: string) => id],
      [(id: string) => `x-${id}`, (id: string) => `x-${id}`],
    ] as const) {
      const store = new UpsertStore();
      const index = withVectorStore(new MemoryIndex(), store, ids === undefined ? {} : { ids });
      await ingest({ index, documents: [refund], split });
      const [chunk] = await index.chunksOf("refund.md");
      expect(store.memoryVectors.map(({ id }) => id)).toEqual([expected(chunk!.id)]);
    }
    expect(uuidOfChunk("a@1")).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(uuidOfChunk("a@1")).not.toBe(uuidOfChunk("a@2"));
  });

  it("deletes what was replaced and removed from a store that can", async () => {
    const store = new UpsertStore();
    const index = withVectorStore(new MemoryIndex(), store);
    await ingest({ index, documents: [leave(10), refund], split });
    await ingest({ index, documents: [leave(15)], split, prune: true });
    expect(store.chunkIds()).toEqual((await index.chunksOf("leave.md")).map(({ id }) => id));
    expect((await index.stats()).vectorNote).toBeUndefined();
  });

  it("leaves out stale hits of a store that cannot delete, and says that they are there", async () => {
    const store = memoryStore();
    const index = withVectorStore(new MemoryIndex(), store);
    for (let days = 1; days <= 30; days++) await ingest({ index, documents: [leave(days), refund], split });
    const hits = await nearest(index, "年假第一年几天", 2);
    expect(hits.map(({ chunk }) => chunk.text)).toEqual([
      "年假第一年 30 天。",
      "付款后 14 天内可以申请全额退款。",
    ]);
    expect(store.memoryVectors).toHaveLength(31);
    expect((await index.stats()).vectorNote).toMatch(/29 vectors .* Not implemented/);
  });

  it("does not take a vector of an earlier text for that of the chunk that has its id now", async () => {
    const index = withVectorStore(new MemoryIndex(), memoryStore());
    await index.apply({ put: [testDocument("a", ["苹果香蕉"], { hash: "1" })] });
    await index.apply({
      put: [testDocument("a", ["火车飞机"], { hash: "2" }), testDocument("b", ["苹果汁"])],
    });
    const hits = await nearest(index, "苹果香蕉");
    expect(hits.map(({ chunk }) => chunk.id)).toEqual(["b@0", "a@0"]);
  });

  it("works with a store that chooses its ids, and turns distances into similarities", async () => {
    const index = withVectorStore(new MemoryIndex(), new ForeignIdStore(new CharacterEmbeddings()), {
      scores: "distance",
    });
    await ingest({ index, documents: [leave(10), refund], split });
    const hits = await nearest(index, "年假第一年");
    expect(hits.map(({ chunk }) => chunk.documentId)).toEqual(["leave.md", "refund.md"]);
    expect(hits[0]!.score).toBeGreaterThan(hits[1]!.score);
  });

  it("notices distances that were not declared", async () => {
    const index = withVectorStore(new MemoryIndex(), new ForeignIdStore(new CharacterEmbeddings()));
    await ingest({ index, documents: [leave(10), refund], split });
    await nearest(index, "年假第一年");
    expect((await index.stats()).vectorNote).toContain('scores: "distance"');
  });

  it("shares a store with documents of others", async () => {
    const store = new UpsertStore();
    await store.addDocuments(
      Array.from({ length: 40 }, (_, n) => new Document({ id: `theirs ${n}`, pageContent: `年假 ${n}` })),
    );
    const index = withVectorStore(new MemoryIndex(), store);
    await ingest({ index, documents: [leave(10), refund], split });
    expect((await nearest(index, "年假", 2)).map(({ chunk }) => chunk.documentId)).toHaveLength(2);
    await ingest({ index, documents: [], split, prune: true });
    expect(store.memoryVectors).toHaveLength(40);
  });

  it("filters by itself however few are left, and hands filters on when told how", async () => {
    const store = new UpsertStore();
    const documents = Array.from({ length: 60 }, (_, part) =>
      testDocument(`d${part}`, [`年假 ${part}`], { metadata: { part } }),
    );
    const plain = withVectorStore(new MemoryIndex(), store);
    await plain.apply({ put: documents });
    const request = { vectorText: "年假 7", filter: { part: 57 }, limit: 3 };
    expect((await plain.search(request)).vector.map(({ chunk }) => chunk.documentId)).toEqual(["d57"]);

    const pushing = withVectorStore(new MemoryIndex(), new UpsertStore(), {
      toStoreFilter: (filter) => (document: Document) => document.metadata.part === filter.part,
    });
    await pushing.apply({ put: documents });
    expect((await pushing.search(request)).vector.map(({ chunk }) => chunk.documentId)).toEqual(["d57"]);
  });

  it("asks for no more than it may where the store has only what is filtered out", async () => {
    const store = new UpsertStore();
    const index = withVectorStore(new MemoryIndex(), store, { mostFetched: 50 });
    await index.apply({ put: Array.from({ length: 80 }, (_, n) => testDocument(`d${n}`, [`年假 ${n}`])) });
    expect((await index.search({ vectorText: "年假", filter: { part: 1 }, limit: 5 })).vector).toEqual([]);
    expect(store.calls.filter((call) => call.startsWith("search"))).toEqual(["search 20", "search 50"]);
  });

  it("finds exactly what an index with the same vectors finds, after any changes, whether the store deletes or not", async () => {
    const text = fc.string({ unit: fc.constantFrom(..."年假退款天数报销"), minLength: 1, maxLength: 8 });
    const change = fc.record({
      id: fc.constantFrom("a", "b", "c", "d"),
      texts: fc.array(text, { maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 8 }), text, async (changes, query) => {
        const embeddings = new CharacterEmbeddings();
        const expected = new MemoryIndex();
        const indexes = [new UpsertStore(), memoryStore()].map((store) =>
          withVectorStore(new MemoryIndex(), store),
        );
        for (const { id, texts } of changes) {
          const vectors = await embeddings.embedDocuments([...texts]);
          const put = testDocument(id, texts);
          await expected.apply({ put: [testDocument(id, texts, { vectors })] });
          for (const index of indexes) await index.apply({ put: [put] });
        }
        const vector = Float32Array.from(await embeddings.embedQuery(query));
        const wanted = (await expected.search({ vector, limit: 4 })).vector.map(({ score }) => score);
        for (const index of indexes) {
          const found = (await index.search({ vector, limit: 4 })).vector.map(({ score }) => score);
          expect(found).toHaveLength(wanted.length);
          found.forEach((score, place) => {
            expect(score).toBeCloseTo(wanted[place]!, 4);
          });
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ["no store", { store: {}, options: {} }],
    ["a wrong embeddedBy", { options: { embeddedBy: "me" } }],
    ["wrong scores", { options: { scores: "cosine" } }],
    ["wrong ids", { options: { ids: "number" } }],
    ["a wrong mostFetched", { options: { mostFetched: 0 } }],
  ])("refuses %s", (_, { store = memoryStore(), options }: { store?: unknown; options: unknown }) => {
    expect(() => withVectorStore(new MemoryIndex(), store as never, options as never)).toThrow(RagError);
  });
});

describe("a vector store that fails", () => {
  it("is reported as a problem of retrieval while keyword search answers", async () => {
    const store = new UpsertStore();
    const index = withVectorStore(new MemoryIndex(), store);
    await ingest({ index, documents: [leave(10), refund], split });
    store.failing = "connect ECONNREFUSED 127.0.0.1:6333";
    const { passages, problems } = await retrieve("付款后几天内可以全额退款?", { index });
    expect(passages[0]?.documentId).toBe("refund.md");
    expect(problems).toEqual([
      { stage: "vector-store", message: expect.stringContaining("ECONNREFUSED 127.0.0.1:6333") },
    ]);
  });

  it("does not hold a search up for longer than its timeout, nor after it was cancelled", async () => {
    const store = new UpsertStore();
    const index = withVectorStore(new MemoryIndex(), store, { timeout: 30 });
    await ingest({ index, documents: [refund], split });
    store.similaritySearchWithScore = () => new Promise(() => undefined);
    const { passages, problems } = await retrieve("全额退款", { index });
    expect(passages).toHaveLength(1);
    expect(problems[0]).toMatchObject({ stage: "vector-store", message: expect.stringContaining("30 ms") });
    const cancelled = index.search({ vectorText: "退款", limit: 1, signal: AbortSignal.timeout(5) });
    await expect(cancelled).rejects.toMatchObject({ code: "aborted" });
  });

  it("leaves a new document out until its vectors are in, and the next ingest brings it", async () => {
    const store = new UpsertStore();
    const index = withVectorStore(new MemoryIndex(), store);
    store.failing = "503";
    const { failed } = await ingest({ index, documents: [refund], split });
    expect(failed[0]?.error).toMatchObject({ code: "vector-store-failed" });
    expect((await index.documents()).size).toBe(0);
    store.failing = null;
    expect(await ingest({ index, documents: [refund], split })).toMatchObject({ added: 1, failed: [] });
    expect(store.chunkIds()).toHaveLength(1);
  });

  it("ends an ingest when nothing gets through", async () => {
    const store = new UpsertStore();
    store.failing = "503";
    const documents = Array.from({ length: 9 }, (_, n) =>
      parseMarkdown({ id: `${n}`, content: `第 ${n} 篇` }),
    );
    const index = withVectorStore(new MemoryIndex(), store);
    await expect(ingest({ index, documents, split })).rejects.toMatchObject({ code: "vector-store-failed" });
  });

  it.each([0, 1, 2])(
    "in the middle of a change (after %d calls) is made good by the next ingest, even of the old text",
    async (patience) => {
      const store = new UpsertStore();
      const index = withVectorStore(new MemoryIndex(), store);
      await ingest({ index, documents: [leave(10), refund], split });
      Object.assign(store, { failing: "killed", patience });
      // The probe, the deletion and the addition are the calls of such an ingest.
      await ingest({ index, documents: [leave(15)], split });
      store.failing = null;
      expect((await index.chunksOf("leave.md"))[0]?.text).toBe("年假第一年 10 天。");
      await ingest({ index, documents: [leave(10), refund], split });
      expect((await nearest(index, "年假第一年 10 天。", 1))[0]?.chunk.text).toBe("年假第一年 10 天。");
      expect(store.chunkIds()).toHaveLength(2);
    },
  );
});

describe("a pipeline with a vector store", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "zixue-store-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("fuses its hits with the keyword side's, by the store's embeddings", async () => {
    const store = new UpsertStore();
    const pipeline = await createRagPipeline({ folder, vectorStore: store });
    await pipeline.ingest([leave(10), refund]);
    const { passages, similarity, problems } = await pipeline.retrieve("年假第一年有几天?");
    expect(passages[0]?.documentId).toBe("leave.md");
    expect(similarity).toBeGreaterThan(0.3);
    expect(problems).toEqual([]);
    await pipeline.close();
  });

  it("makes the vectors itself when it has embeddings", async () => {
    const own = new CharacterEmbeddings();
    const theirs = new CharacterEmbeddings();
    const pipeline = await createRagPipeline({
      folder,
      vectorStore: { store: new UpsertStore(theirs), ids: "chunk" },
      models: { embeddings: own },
    });
    await pipeline.ingest([leave(10), refund]);
    const { similarity } = await pipeline.retrieve("年假第一年有几天?");
    expect(similarity).toBeGreaterThan(0.3);
    expect([own.asked.length, theirs.asked.length]).toEqual([1, 0]);
    expect(await pipeline.index.stats()).toMatchObject({ dimensions: 64, vectorSearch: "external" });
    await pipeline.close();
  });

  it.each([
    ["the store's embeddings", {}],
    ["its own", { models: { embeddings: new CharacterEmbeddings() } }],
  ])("does nothing twice, and fills a store that was emptied since (%s)", async (_, models) => {
    const run = async (store: UpsertStore) => {
      const pipeline = await createRagPipeline({ folder, vectorStore: store, ...models });
      const { added, changed, unchanged } = await pipeline.ingest([leave(10), refund]);
      await pipeline.close();
      return { added, changed, unchanged };
    };
    const store = new UpsertStore();
    expect(await run(store)).toEqual({ added: 2, changed: 0, unchanged: 0 });
    expect(await run(store)).toEqual({ added: 0, changed: 0, unchanged: 2 });
    const emptied = new UpsertStore();
    expect(await run(emptied)).toEqual({ added: 0, changed: 2, unchanged: 0 });
    expect(emptied.chunkIds()).toHaveLength(2);
  });

  it("brings a folder that was ingested without a store into one, and back", async () => {
    const ingestWith = async (vectorStore?: UpsertStore) => {
      const pipeline = await createRagPipeline({ folder, ...(vectorStore ? { vectorStore } : {}) });
      const { changed, unchanged } = await pipeline.ingest([refund]);
      await pipeline.close();
      return { changed, unchanged };
    };
    await ingestWith();
    const store = new UpsertStore();
    expect(await ingestWith(store)).toEqual({ changed: 1, unchanged: 0 });
    expect(store.chunkIds()).toHaveLength(1);
    expect(await ingestWith()).toEqual({ changed: 1, unchanged: 0 });
  });

  it("closes the folder that it opened, and leaves the store open", async () => {
    const store = new UpsertStore();
    const pipeline = await createRagPipeline({ folder, vectorStore: store });
    await pipeline.ingest([refund]);
    await pipeline.close();
    await (await LocalIndex.open({ folder })).close();
    expect(await store.similaritySearch("退款", 1)).toHaveLength(1);
  });
});
