import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blocksOfChunk } from "../src/answer/blocks-of-chunk.ts";
import {
  type Chunk,
  createRagPipeline,
  expandPassages,
  MemoryIndex,
  parseMarkdown,
  splitDocument,
} from "../src/index.ts";

const paragraph = fc
  .array(fc.stringMatching(/^[一-龥]{4,30}。$/), { minLength: 1, maxLength: 8 })
  .map((parts) => parts.join(""));
const sections = fc.array(fc.array(paragraph, { minLength: 1, maxLength: 6 }), {
  minLength: 1,
  maxLength: 4,
});

function chunksOf(texts: readonly (readonly string[])[], maxTokens = 60): Chunk[] {
  const content = texts.map((parts, at) => [`## 第 ${at} 节`, ...parts].join("\n\n")).join("\n\n");
  return splitDocument(parseMarkdown({ id: "d", content: `# 标题\n\n${content}` }), {
    maxTokens,
    minTokens: 10,
  });
}

const indexOf = (chunks: readonly Chunk[]) => ({ chunksOf: async () => [...chunks] });

describe("expandPassages", () => {
  it("extends by neighbours under the same heading, with their blocks, offsets and text", async () => {
    const chunks = chunksOf([
      ["甲一。", "甲二。"],
      [`${"乙".repeat(50)}。`, `${"丙".repeat(50)}。`, `${"丁".repeat(50)}。`],
    ]);
    const [, first, second, third] = chunks as [Chunk, Chunk, Chunk, Chunk];
    expect(second.headingPath).toEqual(["第 1 节"]);
    const [passage] = await expandPassages([{ chunk: second, score: 1 }], indexOf(chunks), {
      expand: { neighbours: 1 },
      budget: 1_000,
    });
    expect(passage?.chunk).toMatchObject({
      id: second.id,
      text: [first.text, second.text, third.text].join("\n\n"),
      blockIds: [...first.blockIds, ...second.blockIds, ...third.blockIds],
      start: first.start,
      end: third.end,
    });
    const [whole] = await expandPassages([{ chunk: third, score: 1 }], indexOf(chunks), {
      expand: "section",
      budget: 1_000,
    });
    expect(whole?.chunk.blockIds).toEqual(passage?.chunk.blockIds);
  });

  it("keeps every block once, in document order, under its own heading, within the budget", async () => {
    await fc.assert(
      fc.asyncProperty(
        sections,
        fc.array(fc.nat(30), { minLength: 1, maxLength: 5 }),
        fc.oneof(
          fc.constant("section" as const),
          fc.integer({ min: 1, max: 3 }).map((neighbours) => ({ neighbours })),
        ),
        fc.integer({ min: 1, max: 600 }),
        async (texts, picks, expand, budget) => {
          const chunks = chunksOf(texts);
          const found = [...new Set(picks.map((pick) => pick % chunks.length))].map((place, rank) => ({
            chunk: chunks[place] as Chunk,
            score: 1 - rank / 10,
          }));
          const passages = await expandPassages(found, indexOf(chunks), { expand, budget });
          const tokens = (list: readonly { chunk: Chunk }[]) =>
            list.reduce((sum, { chunk }) => sum + chunk.tokens, 0);
          expect(tokens(passages)).toBeLessThanOrEqual(Math.max(budget, tokens(found)));
          // What was found is all there, and better passages still come first.
          const held = passages.flatMap(({ chunk }) => chunk.blockIds);
          for (const { chunk } of found) for (const id of chunk.blockIds) expect(held).toContain(id);
          expect(passages.map(({ score }) => score)).toEqual(
            passages.map(({ score }) => score).sort((a, b) => b - a),
          );
          for (const { chunk } of passages) {
            const ids = blocksOfChunk(chunk).map(({ blockId }) => blockId);
            expect(ids).toEqual(chunk.blockIds);
            expect(new Set(ids).size).toBe(ids.length);
            const heading = chunks.filter(({ blockIds }) => blockIds.some((id) => ids.includes(id)));
            expect(new Set(heading.map(({ headingPath }) => headingPath.join())).size).toBe(1);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("puts a block that was cut between chunks together again as it was", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.stringMatching(/^[一-龥]{10,40}。$/), { minLength: 6, maxLength: 20 }),
        async (parts) => {
          const block = parts.join("");
          const chunks = chunksOf([[block]], 50);
          const [passage] = await expandPassages([{ chunk: chunks[0] as Chunk, score: 1 }], indexOf(chunks), {
            expand: "section",
            budget: 10_000,
          });
          expect(passage?.chunk.text).toBe(block);
          expect(passage?.chunk.blockIds).toHaveLength(1);
        },
      ),
      { numRuns: 40 },
    );
    const english = "The first sentence says one thing. ".repeat(30).trim();
    const rows = Array.from({ length: 60 }, (_, row) => `| 行 ${row} | 值 ${row * 7} |`);
    const table = ["| 名 | 值 |", "| --- | --- |", ...rows].join("\n");
    for (const text of [english, table]) {
      const chunks = chunksOf([[text]], 80);
      expect(chunks.length).toBeGreaterThan(1);
      const [passage] = await expandPassages([{ chunk: chunks[1] as Chunk, score: 1 }], indexOf(chunks), {
        expand: "section",
        budget: 10_000,
      });
      expect(passage?.chunk.text).toBe(text);
    }
  });

  it("merges overlapping chunks of a splitter of one's own without repeating their text", async () => {
    const text = "第一句讲注意力机制的来历。第二句讲查询与键的点积。第三句讲归一化之后的权重。";
    const of = (ordinal: number, start: number, end: number): Chunk => ({
      ...{
        id: `d@${ordinal}`,
        documentId: "d",
        title: "",
        headingPath: [],
        blockIds: ["d#1"],
        ordinal,
        start,
        end,
      },
      ...{
        text: text.slice(start, end),
        spans: [{ blockId: "d#1", kind: "paragraph", start: 0 }],
        tokens: 20,
        metadata: {},
      },
    });
    const chunks = [of(0, 0, 26), of(1, 13, text.length)];
    const [passage, ...rest] = await expandPassages(
      chunks.map((chunk, rank) => ({ chunk, score: 1 - rank / 2 })),
      indexOf(chunks),
      { expand: { neighbours: 1 }, budget: 100 },
    );
    expect(rest).toEqual([]);
    expect(passage).toMatchObject({
      score: 1,
      chunk: { text, start: 0, end: text.length, blockIds: ["d#1"] },
    });
  });

  it("takes in nothing that the filter excludes, and nothing unknown to the index", async () => {
    const chunks = chunksOf([[`${"乙".repeat(50)}。`, `${"丙".repeat(50)}。`]]).map((chunk, place) => ({
      ...chunk,
      metadata: { part: place },
    }));
    const found = [{ chunk: chunks[0] as Chunk, score: 1 }];
    const options = { expand: "section", budget: 1_000, filter: { part: 0 } } as const;
    expect(await expandPassages(found, indexOf(chunks), options)).toEqual(found);
    expect(await expandPassages(found, indexOf([]), { expand: "section", budget: 1_000 })).toEqual(found);
  });
});

describe("a pipeline that expands", () => {
  it("shows more in passages and the same chunks, and answers the same without a model", async () => {
    const index = new MemoryIndex();
    const text = [
      "投机解码用小模型先猜几个词元，再由大模型一次验证。",
      "被拒绝的词元会重新采样。",
      "它不改变输出分布。",
    ]
      .map((sentence) => sentence + "这里补充若干背景说明以便凑足长度。".repeat(12))
      .join("\n\n");
    const plain = await createRagPipeline({ index, limit: 1 });
    await plain.ingest([parseMarkdown({ id: "d", content: `# 推理\n\n## 投机解码\n\n${text}` })], {
      split: (document) => splitDocument(document, { maxTokens: 150, minTokens: 20 }),
    });
    const wide = await createRagPipeline({ index, limit: 1, expand: "section" });
    const [before, after] = [
      await plain.retrieve("什么是投机解码？"),
      await wide.retrieve("什么是投机解码？"),
    ];
    expect(after.chunks).toEqual(before.chunks);
    expect(after.scores).toEqual(before.scores);
    expect(after.passages[0]?.text).toBe(text);
    expect(after.passages[0]?.blockIds).toHaveLength(3);
    expect(before.passages[0]?.text.length).toBeLessThan(text.length);
    const last = async (pipeline: typeof plain) => {
      let done: unknown;
      for await (const event of pipeline.answer("什么是投机解码？")) done = event;
      return done;
    };
    expect(await last(wide)).toEqual(await last(plain));
    expect((await wide.asRetriever({ limit: 1 }).invoke("什么是投机解码？"))[0]?.pageContent).toBe(text);
  });

  it("refuses a number of neighbours that makes no sense", async () => {
    const index = new MemoryIndex();
    const pipeline = await createRagPipeline({ index, expand: { neighbours: 0.5 } });
    await expect(pipeline.retrieve("什么是投机解码？")).rejects.toThrow(/neighbours/);
  });
});
