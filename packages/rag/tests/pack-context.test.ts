import { countTokens } from "@zixue/models";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Chunk, packContext } from "../src/index.ts";

const sentence = fc
  .array(
    fc.constantFrom("模型", "参数", "训练", "注意力", "GPT-3", "weights", "1750 亿", "损失", "下降", "向量"),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  .map((words) => `${words.join("")}。`);
const block = fc.array(sentence, { minLength: 1, maxLength: 4 }).map((sentences) => sentences.join(""));
const chunksOf = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.array(block, { minLength: 1, maxLength: 4 })), {
    maxLength: 6,
  })
  .map((given) => given.map(([document, blocks], rank) => chunk(`d${document}`, rank, blocks)));

function chunk(documentId: string, ordinal: number, blocks: readonly string[]): Chunk {
  const text = blocks.join("\n\n");
  return {
    ...{ id: `${documentId}@${ordinal}`, documentId, title: documentId, headingPath: ["标题"] },
    ...{
      blockIds: blocks.map((_, place) => `${documentId}#${ordinal}.${place}`),
      text,
      start: 0,
      end: text.length,
    },
    ...{ ordinal, tokens: 0, metadata: {} },
  };
}

const budgetOf = fc.integer({ min: 0, max: 400 });

describe("packing the context", () => {
  it("never exceeds the budget, shows no block twice or cut, and numbers from 1", () => {
    fc.assert(
      fc.property(chunksOf, budgetOf, (chunks, budget) => {
        const packed = packContext(chunks, { budget, countTokens });
        expect(countTokens(packed.map(({ text }) => text).join("\n\n"))).toBeLessThanOrEqual(budget);
        const keys = packed.map(({ block: { blockId, text } }) => `${blockId} ${text}`);
        expect(new Set(keys).size).toBe(keys.length);
        for (const { chunk: from, block: held } of packed)
          expect(from.text.split("\n\n")).toContain(held.text);
        expect(packed.map(({ marker }) => marker)).toEqual(packed.map((_, index) => index + 1));
        expect(packContext(chunks, { budget, countTokens })).toEqual(packed);
      }),
    );
  });

  it("keeps the best passage with every larger budget, and takes everything that says something new in the end", () => {
    fc.assert(
      fc.property(chunksOf, budgetOf, budgetOf, (chunks, one, other) => {
        const opening = chunks[0]?.text.split("\n\n")[0];
        const has = (budget: number) =>
          packContext(chunks, { budget, countTokens }).some(
            (source) => source.chunk === chunks[0] && source.block.text === opening,
          );
        if (has(Math.min(one, other))) expect(has(Math.max(one, other))).toBe(true);
      }),
    );
  });

  it("does not spend tokens on what an earlier source has said", () => {
    const said = "LoRA 冻结原有权重，只训练两个低秩矩阵。";
    const packed = packContext(
      [chunk("a", 0, [said]), chunk("b", 0, [said]), chunk("c", 0, ["KV cache 的代价是显存。"])],
      { budget: 500, countTokens },
    );
    expect(packed.map((source) => source.chunk.documentId)).toEqual(["a", "c"]);
  });

  it("prefers what adds most per token, weighed by the passage's score", () => {
    const long = "大语言模型的训练需要很多数据。".repeat(30);
    const chunks = [
      chunk("a", 0, ["缩放定律描述损失。"]),
      chunk("b", 0, [long]),
      chunk("c", 0, ["投机解码用草稿模型。"]),
    ];
    const packed = packContext(chunks, { budget: 60, countTokens });
    expect(packed.map((source) => source.chunk.documentId)).toEqual(["a", "c"]);
  });

  it("puts the best document first and its passages in reading order", () => {
    const packed = packContext(
      [
        chunk("b", 7, ["投机解码用草稿模型先猜。"]),
        chunk("a", 0, ["缩放定律描述损失。"]),
        chunk("b", 2, ["KV cache 存下键和值。"]),
      ],
      { budget: 500, countTokens },
    );
    expect(packed.map((source) => source.chunk.id)).toEqual(["b@2", "b@7", "a@0"]);
  });

  it("takes the blocks asked for first before better passages", () => {
    const chunks = [chunk("a", 0, ["缩放定律描述损失。"]), chunk("b", 0, ["投机解码用草稿模型。"])];
    const packed = packContext(chunks, { budget: 22, countTokens, first: new Set(["b#0.0"]) });
    expect(packed.map((source) => source.chunk.documentId)).toEqual(["b"]);
  });
});
