import type { MemoryIndex } from "@zixue/rag";
import { beforeAll, describe, expect, it } from "vitest";
import { courseFolder, readSections } from "../corpus.ts";
import { cosineSimilarity, HashedEmbeddings } from "../hashed-embeddings.ts";
import {
  searchWithBm25,
  searchWithVectorStore,
  splitAtSentences,
  splitWithLangChain,
} from "../langchain-parts.ts";
import { paragraph, passages } from "../passages.ts";
import { answer, buildIndex, search, split } from "../steps.ts";

describe("the four steps over the course", () => {
  let index: MemoryIndex;
  beforeAll(async () => {
    index = await buildIndex(split(await readSections(courseFolder)));
  });

  it("finds the section that explains what was asked", async () => {
    const found = await search(index, "HNSW 为什么快");
    expect(found.map(({ documentId }) => documentId)).toContain("11.1");
  });

  it("answers with quotes that stand in the cited block", async () => {
    const { text, citations, outcome } = await answer(index, "什么是余弦相似度？");
    expect(outcome).toBe("answered");
    expect(text).toContain("点积");
    for (const { documentId, blockId, quote } of citations) {
      const chunk = (await index.chunksOf(documentId)).find(({ blockIds }) => blockIds.includes(blockId));
      expect(chunk?.text).toContain(quote);
    }
  });

  it("does not answer what the course does not teach", async () => {
    expect((await answer(index, "附近有什么好吃的火锅店？")).outcome).not.toBe("answered");
  });
});

describe("LangChain's splitter on Chinese", () => {
  it("cuts inside a sentence by default and between sentences with Chinese enders", async () => {
    const [first] = await splitWithLangChain(paragraph, 60);
    expect(first).not.toMatch(/[。！？]$/u);
    const pieces = await splitAtSentences(paragraph, 60);
    expect(pieces.slice(1).every((piece) => piece.startsWith("。"))).toBe(true);
    expect(pieces.join("")).toBe(paragraph);
  });

  it("breaks an emoji in two when it falls on the border", async () => {
    expect((await splitWithLangChain("好😀好😀好😀好😀", 5)).some((piece) => !piece.isWellFormed())).toBe(
      true,
    );
  });
});

describe("LangChain's BM25 on Chinese", () => {
  it("scores NaN and gives the first document whatever is asked", async () => {
    const chinese = passages.filter((text) => !/[a-z0-9]/i.test(text));
    for (const question of ["缩放定律是什么", "什么是刻意练习"]) {
      const [first] = await searchWithBm25(chinese, question);
      expect(first?.score).toBeNaN();
      expect(first?.text).toBe(chinese[0]);
    }
  });
});

describe("hashed vectors in LangChain's vector store", () => {
  it("find the same characters, and not the same meaning", async () => {
    const embeddings = new HashedEmbeddings();
    const [literal] = await searchWithVectorStore(passages, "缩放定律是什么", embeddings);
    expect(literal?.text).toBe(passages[1]);
    const [meant] = await searchWithVectorStore(passages, "规模上去以后冷不丁学会的本事", embeddings);
    expect(meant?.text).not.toBe(passages[0]);
  });

  it("have length 1, and the empty text is no direction", async () => {
    const embeddings = new HashedEmbeddings();
    const [vector, empty] = await embeddings.embedDocuments(["涌现能力", ""]);
    expect(cosineSimilarity(vector!, vector!)).toBeCloseTo(1, 9);
    expect(cosineSimilarity(vector!, empty!)).toBe(0);
  });
});
