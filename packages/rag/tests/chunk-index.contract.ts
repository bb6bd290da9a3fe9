import { existsSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type Chunk,
  type ChunkIndex,
  DEFAULT_THRESHOLDS,
  type DocumentChange,
  type Filter,
  type Metadata,
  type SearchHit,
} from "../src/index.ts";

/** A chunk as the pipeline would make it, for tests of an index. */
export function testChunk(id: string, text: string, overrides: Partial<Chunk> = {}): Chunk {
  const documentId = id.slice(0, id.lastIndexOf("@"));
  return {
    id,
    documentId,
    title: "",
    headingPath: [],
    blockIds: [`${documentId}#00000000`],
    text,
    start: 0,
    end: text.length,
    ordinal: 0,
    tokens: text.length,
    metadata: {},
    ...overrides,
  };
}

/** A document of one chunk for each text. */
export function testDocument(
  documentId: string,
  texts: readonly string[],
  options: { vectors?: readonly (readonly number[])[]; metadata?: Metadata; hash?: string } = {},
): DocumentChange {
  const chunks = texts.map((text, ordinal) =>
    testChunk(`${documentId}@${ordinal}`, text, { ordinal, metadata: options.metadata ?? {} }),
  );
  const change = { documentId, hash: options.hash ?? `hash of ${texts.join()}`, chunks };
  return options.vectors === undefined
    ? change
    : { ...change, vectors: options.vectors.map((vector) => Float32Array.from(vector)) };
}

/** What every `ChunkIndex` must do. `create` gives a new, empty index; the contract closes it. */
export function describeChunkIndex(name: string, create: () => Promise<ChunkIndex>): void {
  describe(`${name} as a ChunkIndex`, () => {
    let index: ChunkIndex;
    beforeEach(async () => {
      index = await create();
    });
    afterEach(async () => {
      await index.close();
    });

    const library = [
      testDocument("1.1", ["注意力机制让模型关注输入中重要的部分。", "多头注意力把查询、键和值分成几组。"], {
        metadata: { part: 1, tags: ["attention", "basics"], draft: false },
      }),
      testDocument("1.2", ["反向传播用链式法则计算梯度。"], { metadata: { part: 1 } }),
      testDocument(
        "2.1",
        ["LoRA 冻结原有权重,只训练低秩矩阵。", "Retrieval finds passages for a question."],
        {
          metadata: { part: 2, tags: ["fine-tuning"] },
        },
      ),
    ];

    describe("empty", () => {
      it("finds nothing and counts nothing", async () => {
        const result = await index.search({ text: "注意力", vector: Float32Array.of(1, 2), limit: 5 });
        expect(result).toMatchObject({ keyword: [], vector: [], coverage: 0, translated: false });
        expect(await index.get(["1.1@0"])).toEqual([]);
        expect(await index.chunksOf("1.1")).toEqual([]);
        expect([...(await index.documents())]).toEqual([]);
        expect(await index.stats()).toMatchObject({
          documents: 0,
          chunks: 0,
          dimensions: 0,
          vectorSearch: "none",
        });
      });
    });

    describe("apply", () => {
      it("makes documents findable, with every field of their chunks", async () => {
        const full = testChunk("a@1", "梯度下降沿负梯度方向更新参数。", {
          title: "优化",
          headingPath: ["训练", "梯度下降"],
          blockIds: ["a#1234abcd", "a#00ff00ff-2"],
          start: 10,
          end: 25,
          ordinal: 0,
          tokens: 12,
          page: 3,
          url: "https://example.com/a",
          metadata: { part: 2, tags: ["x", "y"], draft: true, name: "值" },
        });
        await index.apply({ put: [{ documentId: "a", hash: "h1", chunks: [full] }] });
        const { keyword } = await index.search({ text: "梯度下降", limit: 3 });
        expect(keyword.map(({ chunk }) => chunk)).toEqual([full]);
        expect(keyword[0]!.score).toBeGreaterThan(0);
        expect(await index.get(["a@1"])).toEqual([full]);
      });

      it("indexes title and headings too", async () => {
        const chunk = testChunk("a@0", "它由编码器和解码器组成。", {
          title: "Transformer 架构",
          headingPath: ["总览"],
        });
        await index.apply({ put: [{ documentId: "a", hash: "h", chunks: [chunk] }, library[1]!] });
        expect(ids((await index.search({ text: "transformer 总览", limit: 3 })).keyword)).toEqual(["a@0"]);
      });

      it("replaces a document wholly", async () => {
        await index.apply({ put: library });
        await index.apply({ put: [testDocument("1.1", ["卷积网络识别图像。"], { hash: "new" })] });
        expect(ids((await index.search({ text: "多头注意力", limit: 10 })).keyword)).not.toContain("1.1@1");
        expect(ids((await index.search({ text: "卷积网络", limit: 10 })).keyword)).toEqual(["1.1@0"]);
        expect((await index.chunksOf("1.1")).map(({ text }) => text)).toEqual(["卷积网络识别图像。"]);
        expect(await index.get(["1.1@1"])).toEqual([]);
        expect((await index.documents()).get("1.1")).toBe("new");
        expect(await index.stats()).toMatchObject({ documents: 3, chunks: 4 });
      });

      it("removes documents and ignores unknown ones", async () => {
        await index.apply({ put: library });
        await index.apply({ remove: ["1.1", "no such document"] });
        expect([...(await index.documents()).keys()].sort()).toEqual(["1.2", "2.1"]);
        expect((await index.search({ text: "注意力机制", limit: 10 })).keyword).toEqual([]);
        expect(await index.stats()).toMatchObject({ documents: 2, chunks: 3 });
      });

      it("puts a document back after its removal", async () => {
        await index.apply({ put: library });
        await index.apply({ remove: ["1.2"] });
        await index.apply({ put: [library[1]!] });
        expect(ids((await index.search({ text: "反向传播", limit: 5 })).keyword)).toEqual(["1.2@0"]);
      });

      it("keeps a document that has no chunks", async () => {
        await index.apply({ put: [{ documentId: "empty", hash: "h", chunks: [] }] });
        expect([...(await index.documents())]).toEqual([["empty", "h"]]);
        expect(await index.chunksOf("empty")).toEqual([]);
        expect(await index.stats()).toMatchObject({ documents: 1, chunks: 0 });
      });

      it("raises the revision by one with every change", async () => {
        const before = (await index.stats()).revision;
        await index.apply({ put: library });
        await index.apply({ remove: ["1.1"] });
        expect((await index.stats()).revision).toBe(before + 2);
      });

      it("scores after many small changes as after one large one", async () => {
        const other = await create();
        try {
          for (const document of library) await index.apply({ put: [document] });
          await index.apply({ put: [testDocument("9", ["注意力 注意力 梯度 矩阵"])] });
          await index.apply({ remove: ["9"] });
          await other.apply({ put: library });
          for (const text of ["注意力是什么", "LoRA 训练什么矩阵", "How does retrieval find passages?"]) {
            const [one, two] = await Promise.all(
              [index, other].map((each) => each.search({ text, limit: 10 })),
            );
            expect(scores(one!.keyword)).toEqual(scores(two!.keyword));
            expect(one!.coverage).toBeCloseTo(two!.coverage, 9);
          }
        } finally {
          await other.close();
        }
      });

      it.each([
        ["an empty document id", { put: [{ documentId: "", hash: "h", chunks: [] }] }],
        [
          "a chunk of another document",
          { put: [{ documentId: "b", hash: "h", chunks: [testChunk("a@0", "x")] }] },
        ],
        [
          "two chunks with one id",
          { put: [{ documentId: "a", hash: "h", chunks: [testChunk("a@0", "x"), testChunk("a@0", "y")] }] },
        ],
        ["a document put twice", { put: [testDocument("a", ["x"]), testDocument("a", ["y"])] }],
        [
          "a number that is none in the metadata",
          { put: [testDocument("a", ["x"], { metadata: { n: Number.NaN } })] },
        ],
      ])("refuses %s and changes nothing", async (_, changes) => {
        await index.apply({ put: library });
        const before = await index.stats();
        await expect(index.apply(changes)).rejects.toMatchObject({ name: "RagError", code: "invalid-input" });
        expect(await index.stats()).toEqual(before);
      });

      it("does nothing when it is cancelled beforehand", async () => {
        await expect(index.apply({ put: library }, { signal: AbortSignal.abort() })).rejects.toMatchObject({
          name: "RagError",
          code: "aborted",
        });
        expect(await index.stats()).toMatchObject({ documents: 0 });
      });
    });

    describe("get and chunksOf", () => {
      it("gives chunks in the order asked for and leaves unknown ones out", async () => {
        await index.apply({ put: library });
        expect((await index.get(["2.1@1", "nothing", "1.1@0", "2.1@1"])).map(({ id }) => id)).toEqual([
          "2.1@1",
          "1.1@0",
          "2.1@1",
        ]);
      });

      it("gives a document's chunks in their order", async () => {
        await index.apply({ put: library });
        expect((await index.chunksOf("1.1")).map(({ ordinal }) => ordinal)).toEqual([0, 1]);
        expect(await index.chunksOf("unknown")).toEqual([]);
      });
    });

    describe("keyword search", () => {
      beforeEach(() => index.apply({ put: library }));

      it("ranks what fits best first and says how well it fits", async () => {
        const { keyword, coverage, terms } = await index.search({ text: "什么是多头注意力?", limit: 5 });
        expect(ids(keyword)).toEqual(["1.1@1", "1.1@0"]);
        expect(keyword[0]!.score).toBeGreaterThan(keyword[1]!.score);
        expect(coverage).toBeGreaterThan(0.2);
        expect(coverage).toBeLessThanOrEqual(1);
        expect(terms).toContainEqual(expect.objectContaining({ field: "bigram", term: "注意" }));
        expect(terms.find(({ term }) => term === "什么")).toMatchObject({ weight: 0 });
      });

      it("reads traditional characters, full width and case alike", async () => {
        expect(ids((await index.search({ text: "ＬＯＲＡ 凍結權重", limit: 1 })).keyword)).toEqual(["2.1@0"]);
      });

      it("matches English by its stems", async () => {
        expect(ids((await index.search({ text: "finding a passage", limit: 1 })).keyword)).toEqual(["2.1@1"]);
      });

      it("gives no more than the limit", async () => {
        expect((await index.search({ text: "注意力 梯度 矩阵 retrieval", limit: 2 })).keyword).toHaveLength(
          2,
        );
      });

      it("covers little of a question about something else", async () => {
        const { coverage } = await index.search({ text: "昨晚红烧排骨怎么做才好吃呢", limit: 5 });
        expect(coverage).toBeLessThan(0.15);
      });

      it.each(["", "   \n\t", "?!。,", "\u0000", "\ud83d"])("finds nothing for %j", async (text) => {
        expect(await index.search({ text, limit: 5 })).toMatchObject({ keyword: [], coverage: 0, terms: [] });
      });
    });

    describe("filters", () => {
      beforeEach(() => index.apply({ put: library }));
      const text = "注意力 梯度 矩阵 retrieval";
      const cases: readonly (readonly [string, Filter, readonly string[]])[] = [
        ["a value", { part: 2 }, ["2.1@0", "2.1@1"]],
        ["a value in a list", { tags: "basics" }, ["1.1@0", "1.1@1"]],
        ["ne, which a missing field meets", { tags: { ne: "basics" } }, ["1.2@0", "2.1@0", "2.1@1"]],
        ["in", { documentId: { in: ["1.2", "2.1"] } }, ["1.2@0", "2.1@0", "2.1@1"]],
        ["a range", { part: { gte: 1, lt: 2 } }, ["1.1@0", "1.1@1", "1.2@0"]],
        ["several fields", { part: 1, documentId: { ne: "1.1" } }, ["1.2@0"]],
        ["a boolean", { draft: { eq: false } }, ["1.1@0", "1.1@1"]],
        ["nothing that exists", { part: 7 }, []],
      ];
      it.each(cases)("keep what meets %s", async (_, filter, expected) => {
        expect(ids((await index.search({ text, filter, limit: 10 })).keyword).sort()).toEqual(expected);
      });

      it.each([
        ["an unknown operator", { part: { near: 2 } }],
        ["an empty condition", { part: {} }],
        ["a range over text", { part: { gt: "1" } }],
        ["null", { part: null }],
        ["a list", { part: [1, 2] }],
      ])("with %s are refused", async (_, filter) => {
        await expect(index.search({ text, filter: filter as never, limit: 3 })).rejects.toMatchObject({
          name: "RagError",
          code: "invalid-input",
          message: expect.stringContaining("part"),
        });
      });
    });

    describe("vector search", () => {
      const put = [
        testDocument("a", ["一", "二"], {
          vectors: [
            [1, 0, 0],
            [0, 2, 0],
          ],
          metadata: { part: 1 },
        }),
        testDocument("b", ["三"], { vectors: [[3, 3, 0]], metadata: { part: 2 } }),
        testDocument("c", ["四"]),
      ];
      beforeEach(() => index.apply({ put }));

      it("ranks by cosine similarity, whatever the vectors' lengths", async () => {
        const { vector, keyword, terms } = await index.search({
          vector: Float32Array.of(10, 1, 0),
          limit: 5,
        });
        expect(ids(vector)).toEqual(["a@0", "b@0", "a@1"]);
        expect(vector[0]!.score).toBeCloseTo(10 / Math.sqrt(101), 5);
        expect(vector[1]!.score).toBeCloseTo(11 / Math.sqrt(101 * 2), 5);
        expect({ keyword, terms }).toEqual({ keyword: [], terms: [] });
      });

      it("obeys filter and limit", async () => {
        const request = { vector: Float32Array.of(0, 0, 1), limit: 1 };
        expect((await index.search(request)).vector).toHaveLength(1);
        expect(ids((await index.search({ ...request, limit: 5, filter: { part: 2 } })).vector)).toEqual([
          "b@0",
        ]);
      });

      it("gives the two sides of one request apart", async () => {
        const { keyword, vector } = await index.search({
          text: "四",
          vector: Float32Array.of(0, 1, 0),
          limit: 1,
        });
        expect(ids(keyword)).toEqual(["c@0"]);
        expect(ids(vector)).toEqual(["a@1"]);
      });

      it("forgets vectors of replaced and removed documents", async () => {
        await index.apply({ put: [testDocument("a", ["一"], { vectors: [[0, 0, 1]] })], remove: ["b"] });
        expect(ids((await index.search({ vector: Float32Array.of(1, 1, 0.1), limit: 5 })).vector)).toEqual([
          "a@0",
        ]);
        expect(await index.stats()).toMatchObject({ dimensions: 3 });
      });

      it.each([
        ["NaN", [Number.NaN, 1, 0]],
        ["infinity", [1, Number.POSITIVE_INFINITY, 0]],
        ["only zeros", [0, 0, 0]],
        ["another length", [1, 2]],
        ["no numbers", []],
      ])("refuses a vector with %s, stored or asked for", async (_, values) => {
        const before = await index.stats();
        const change = { put: [testDocument("d", ["五"], { vectors: [values] })] };
        await expect(index.apply(change)).rejects.toMatchObject({ name: "RagError", code: "invalid-vector" });
        await expect(index.search({ vector: Float32Array.from(values), limit: 3 })).rejects.toMatchObject({
          name: "RagError",
          code: "invalid-vector",
        });
        expect(await index.stats()).toEqual(before);
      });

      it("refuses fewer vectors than chunks", async () => {
        const change = testDocument("d", ["五", "六"], { vectors: [[1, 0, 0]] });
        await expect(index.apply({ put: [change] })).rejects.toMatchObject({ code: "invalid-vector" });
      });
    });

    describe("requests that make no sense", () => {
      it.each([
        ["neither text nor vector", { limit: 3 }],
        ["a limit of zero", { text: "一", limit: 0 }],
        ["a negative limit", { text: "一", limit: -1 }],
        ["a broken limit", { text: "一", limit: 1.5 }],
        ["no limit", { text: "一" }],
        ["a text that is none", { text: 7, limit: 3 }],
      ])("are refused: %s", async (_, request) => {
        await expect(index.search(request as never)).rejects.toMatchObject({
          name: "RagError",
          code: "invalid-input",
        });
      });

      it("are cancelled by their signal", async () => {
        await expect(
          index.search({ text: "一", limit: 1, signal: AbortSignal.abort() }),
        ).rejects.toMatchObject({
          name: "RagError",
          code: "aborted",
        });
      });
    });

    it("shows a reader all of a change or nothing of it", async () => {
      await index.apply({ put: ["a", "b", "c"].map((id) => testDocument(id, ["版本 零 共同"])) });
      const versions = ["一", "二", "三", "四"];
      const writes = (async () => {
        for (const version of versions) {
          await index.apply({ put: ["a", "b", "c"].map((id) => testDocument(id, [`版本 ${version} 共同`])) });
        }
      })();
      for (let read = 0; read < 40; read++) {
        const { keyword } = await index.search({ text: "共同", limit: 10 });
        expect(keyword).toHaveLength(3);
        expect(new Set(keyword.map(({ chunk }) => chunk.text)).size).toBe(1);
      }
      await writes;
      expect((await index.chunksOf("a"))[0]!.text).toBe("版本 四 共同");
    });

    it("applies changes made at once one after the other", async () => {
      const before = (await index.stats()).revision;
      await Promise.all(
        ["a", "b", "c", "d"].map((id) => index.apply({ put: [testDocument(id, [`文档 ${id}`])] })),
      );
      expect(await index.stats()).toMatchObject({ documents: 4, chunks: 4, revision: before + 4 });
      expect((await index.search({ text: "文档", limit: 10 })).keyword).toHaveLength(4);
    });

    const naughty = naughtyStrings();
    it.skipIf(naughty.length === 0)(
      "survives naughty strings as text, question and ids",
      { timeout: 60_000 },
      async () => {
        await index.apply({ put: [testDocument("naughty", naughty)] });
        const chunks = await index.chunksOf("naughty");
        expect(chunks.map(({ text }) => text)).toEqual(naughty);
        for (const text of naughty) {
          const { keyword, coverage } = await index.search({ text, limit: 3 });
          expect(keyword.every(({ score }) => Number.isFinite(score) && score > 0)).toBe(true);
          expect(coverage).toBeGreaterThanOrEqual(0);
          expect(coverage).toBeLessThanOrEqual(1.000001);
        }
        await index.get(naughty);
        await index.search({
          text: "x",
          limit: 1,
          filter: Object.fromEntries(naughty.map((text) => [text, text])),
        });
      },
    );

    describe("thresholds", () => {
      const fitted = { ...DEFAULT_THRESHOLDS, refuse: 0.101, answer: 0.202, similarity: 0.4 };

      it("are none until they are set, and none again when they are taken away", async () => {
        expect(await index.thresholds()).toBeNull();
        await index.setThresholds(fitted);
        expect(await index.thresholds()).toEqual(fitted);
        await index.setThresholds(null);
        expect(await index.thresholds()).toBeNull();
      });

      it("stay while documents come, change and go, and count as a revision", async () => {
        const { revision } = await index.stats();
        await index.setThresholds(fitted);
        expect((await index.stats()).revision).toBe(revision + 1);
        await index.apply({ put: library });
        await index.apply({ put: [testDocument("1.1", ["别的内容"])], remove: ["1.2"] });
        await index.apply({ remove: ["1.1", "2.1"] });
        expect(await index.thresholds()).toEqual(fitted);
      });

      it("leave the documents as they are", async () => {
        await index.apply({ put: library });
        const before = await index.search({ text: "反向传播", limit: 5 });
        await index.setThresholds(fitted);
        expect(await index.search({ text: "反向传播", limit: 5 })).toEqual(before);
      });

      it("are refused out of range, and the last ones kept", async () => {
        await index.setThresholds(fitted);
        for (const wrong of [{ refuse: 1.2 }, { answer: -0.1 }, { bank: Number.NaN }, { shown: "0.4" }]) {
          const thresholds = { ...fitted, ...wrong } as typeof fitted;
          await expect(index.setThresholds(thresholds)).rejects.toMatchObject({ code: "invalid-input" });
        }
        expect(await index.thresholds()).toEqual(fitted);
      });
    });

    it("refuses work after it was closed, and may be closed twice", async () => {
      await index.apply({ put: library });
      await index.close();
      await index.close();
      const closed = { name: "RagError", code: "index-closed" };
      await expect(index.search({ text: "一", limit: 1 })).rejects.toMatchObject(closed);
      await expect(index.apply({ remove: ["1.1"] })).rejects.toMatchObject(closed);
      await expect(index.get(["1.1@0"])).rejects.toMatchObject(closed);
      await expect(index.chunksOf("1.1")).rejects.toMatchObject(closed);
      await expect(index.documents()).rejects.toMatchObject(closed);
      await expect(index.stats()).rejects.toMatchObject(closed);
      await expect(index.thresholds()).rejects.toMatchObject(closed);
      await expect(index.setThresholds(null)).rejects.toMatchObject(closed);
    });
  });
}

function ids(hits: readonly SearchHit[]): string[] {
  return hits.map(({ chunk }) => chunk.id);
}

function scores(hits: readonly SearchHit[]): [string, number][] {
  return hits.map(({ chunk, score }): [string, number] => [chunk.id, Math.round(score * 1e9) / 1e9]).sort();
}

/** Strings that break programs; none, with a notice, where the evaluation data is not beside the repository. */
function naughtyStrings(): string[] {
  const file = new URL("../../../../shared/eval/blns/strings.jsonl", import.meta.url);
  if (!existsSync(file)) {
    console.warn("Skipped: naughty strings need ../shared/eval/blns.");
    return [];
  }
  const lines = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  return lines.map((line) => (JSON.parse(line) as { text: string }).text);
}
