import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Bm25, tokensOf } from "../bm25.ts";
import { scoresByCounting } from "../brute-force.ts";
import { question, sentences } from "../sentences.ts";
import { scoresByFields, scoresByMemoryIndex } from "../three-fields.ts";

const text = fc
  .array(fc.constantFrom("召", "回", "率", "高", "，", " ", "ef", "rag", "。"), {
    minLength: 1,
    maxLength: 30,
  })
  .map((parts) => parts.join(""));

describe("tokensOf", () => {
  it("pairs neighbouring characters, keeps Latin words, and pairs nothing across marks", () => {
    expect(tokensOf("用 BM25 检索，召回率")).toEqual(["bm25", "检索", "召回", "回率"]);
  });
});

describe("Bm25", () => {
  it("ranks the sentence that has every term first", () => {
    expect(new Bm25(sentences).search(question, 1)[0]?.document).toBe(1);
  });

  it("gives the scores of a computation that shares no code with it", () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 8 }), text, (documents, query) => {
        fc.pre(documents.some((document) => tokensOf(document).length > 0));
        const counted = scoresByCounting(documents, query);
        const hits = new Bm25(documents).search(query, documents.length);
        for (const { document, score } of hits) expect(score).toBeCloseTo(counted[document]!, 9);
        const silent = counted.filter((score) => score > 1e-12).length;
        expect(hits.filter(({ score }) => score > 1e-12)).toHaveLength(silent);
      }),
    );
  });

  it("gains less from every further occurrence, and never more than idf × (k1 + 1)", () => {
    const documents = [1, 2, 4, 8].map((times) => `${"召回，".repeat(times)}${"检索，".repeat(8 - times)}`);
    const index = new Bm25(documents);
    const gains = documents.map((_, document) => index.contribution("召回", document));
    expect([...gains].sort((a, b) => a - b)).toEqual(gains);
    expect(gains[1]! - gains[0]!).toBeGreaterThan(gains[3]! - gains[2]!);
    expect(gains[3]).toBeLessThan(index.idf("召回") * 2.2);
  });
});

describe("three fields", () => {
  it("score like MemoryIndex, question words included", async () => {
    for (const asked of [question, "什么是召回率", "汽车为什么要召回", "what is ef"]) {
      const ours = scoresByFields(sentences, asked);
      const theirs = await scoresByMemoryIndex(sentences, asked);
      ours.forEach((score, document) => {
        expect(score).toBeCloseTo(theirs[document]!, 4);
      });
    }
  });
});
