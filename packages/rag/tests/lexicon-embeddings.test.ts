import { compileLexicon, Lexicon, loadLexicon } from "@zixue/lexicon";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LexiconEmbeddings, RagError } from "../src/index.ts";

const small = Lexicon.fromBytes(
  compileLexicon([
    { headword: "天气", senses: ["weather"] },
    { headword: "模型", senses: ["model; pattern"] },
    { headword: "语言", senses: ["language"] },
  ]),
);

describe("LexiconEmbeddings", () => {
  it("gives any text a vector of length 1, the same every time", async () => {
    const [one, other] = [32, 32].map(
      (dimensions) => new LexiconEmbeddings({ lexicon: small, dimensions }),
    ) as [LexiconEmbeddings, LexiconEmbeddings];
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", maxLength: 40 }), async (text) => {
        const vector = await one.embedQuery(text);
        expect(vector).toHaveLength(32);
        expect(cosine(vector, vector)).toBeCloseTo(1, 9);
        expect((await other.embedDocuments([text]))[0]).toEqual(vector);
      }),
    );
    for (const text of ["", " ", "🙂", "———", "\uD800", "word ".repeat(50_000)])
      expect(cosine(await one.embedQuery(text), await one.embedQuery(text))).toBeCloseTo(1, 9);
    expect(await one.embedDocuments([])).toEqual([]);
  });

  it("keeps texts without any term apart", async () => {
    const embeddings = new LexiconEmbeddings({ lexicon: small });
    expect(cosine(await embeddings.embedQuery("🙂"), await embeddings.embedQuery("🚀"))).toBeLessThan(0.9);
  });

  it("puts a text nearer to its translation than to anything else", async () => {
    const embeddings = new LexiconEmbeddings();
    const pairs = [
      ["The weather is fine today.", "今天天气很好。"],
      ["Neural networks learn from data.", "神经网络从数据中学习。"],
      ["The university was founded in the last century.", "这所大学创办于上个世纪。"],
      ["Doctors treat patients in the hospital.", "医生在医院里治疗病人。"],
    ] as const;
    const english = await embeddings.embedDocuments(pairs.map(([text]) => text));
    const chinese = await embeddings.embedDocuments(pairs.map(([, text]) => text));
    english.forEach((vector, index) => {
      const nearest = chinese.map((other) => cosine(vector, other));
      expect(nearest.indexOf(Math.max(...nearest))).toBe(index);
    });
  });

  it("is ready within a second or so, on a busy machine too", async () => {
    const lexicon = Lexicon.fromBytes(await lexiconBytes());
    const start = performance.now();
    await new LexiconEmbeddings({ lexicon }).embedQuery("你好");
    expect(performance.now() - start).toBeLessThan(3000);
  });

  it.each([0, 15, 8193, 512.5, Number.NaN])("says which dimensions it takes, not %d", (dimensions) => {
    expect(() => new LexiconEmbeddings({ dimensions })).toThrow(RagError);
    expect(() => new LexiconEmbeddings({ dimensions })).toThrow(/16 to 8192/);
  });

  it("names its dimensions in the fingerprint, so that other vectors are not mixed in", () => {
    expect(new LexiconEmbeddings({ dimensions: 256 }).fingerprint).not.toBe(
      new LexiconEmbeddings().fingerprint,
    );
  });
});

async function lexiconBytes(): Promise<Uint8Array> {
  await loadLexicon();
  const { readFile } = await import("node:fs/promises");
  return readFile(new URL("../../lexicon/data/lexicon.bin", import.meta.url));
}

function cosine(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, value, index) => sum + value * other[index]!, 0);
}
