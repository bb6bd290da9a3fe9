import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import {
  evaluateRetrieval,
  lexiconTranslator,
  MemoryIndex,
  type RetrievalDataset,
  readRetrievalDataset,
} from "../src/index.ts";
import { testChunk } from "./chunk-index.contract.ts";

const data = fileURLToPath(new URL("../../../../shared/eval/", import.meta.url));

describe("the sentences of long passages", () => {
  const filler = "它由许多层组成，每一层都有自己的权重，训练时一起更新，推理时依次计算，直到得到输出为止。";

  it("put the passage first that has the number asked for", async () => {
    const texts = {
      named: `模型的参数在论文里有介绍。${filler}${filler}`,
      counted: `模型的参数达到 1750 亿，论文里有介绍。${filler}${filler}`,
    };
    expect(await best(texts, "论文里模型的参数有多少？")).toBe("counted");
    expect(await best(texts, "论文里模型的参数有介绍吗？")).toBe("named");
  });

  it("do not take a number of the question for its answer", async () => {
    const texts = {
      repeated: `GPT 3 的参数在 3 篇论文里有介绍。${filler}${filler}`,
      counted: `GPT 3 的参数有 175 种，论文里有介绍。${filler}${filler}`,
    };
    expect(await best(texts, "GPT 3 的参数有多少种？")).toBe("counted");
  });

  it("prefer a short sentence about the question to a long one that also mentions it", async () => {
    const list =
      "注意力机制、词嵌入、位置编码、残差连接、层归一化、前馈网络、优化器、学习率、批大小、丢弃法的作用都写在附录里";
    const texts = {
      long: `${list}。${filler}${filler}`,
      short: `注意力机制的作用在此。${filler}${filler}${list.slice(6, 40)}。`,
    };
    expect(await best(texts, "注意力机制的作用")).toBe("short");
  });

  async function best(
    texts: Readonly<Record<string, string>>,
    question: string,
  ): Promise<string | undefined> {
    const index = await indexOf(Object.entries(texts).map(([id, text]) => ({ id, title: "", text })));
    return (await index.search({ text: question, limit: 2 })).keyword[0]?.chunk.documentId;
  }
});

describe.skipIf(!existsSync(data))("keyword search (skipped where ../shared/eval is absent)", () => {
  it.each([
    ["xquad-zh", 1, 0.966],
    ["xquad-en", 1, 0.97],
    ["drcd-dev", 3, 0.972],
  ])("%s: the right passage is first or nearly so", async (name, every, least) => {
    const dataset = await readRetrievalDataset(`${data}${name}`);
    const { mrrAt10 } = await evaluate(
      { ...dataset, queries: dataset.queries.filter((_, place) => place % every === 0) },
      await indexOf(dataset.corpus),
    );
    expect(mrrAt10).toBeGreaterThan(least);
  });

  it("brings both copies of the passage where the corpus has it in two languages", async () => {
    const [zh, en] = await Promise.all(
      ["xquad-zh", "xquad-en"].map((name) => readRetrievalDataset(`${data}${name}`)),
    );
    const corpus = Object.entries({ zh, en }).flatMap(([language, dataset]) =>
      dataset!.corpus.map((document) => ({ ...document, id: `${language}:${document.id}` })),
    );
    const index = await indexOf(corpus);
    for (const { queries, qrels } of [zh!, en!]) {
      const both = new Map(
        [...qrels].map(([query, relevant]) => [
          query,
          new Map(
            [...relevant].flatMap(([id, grade]) =>
              ["zh", "en"].map((language) => [`${language}:${id}`, grade] as const),
            ),
          ),
        ]),
      );
      const { recallAt10 } = await evaluate({ corpus, queries: queries.slice(0, 300), qrels: both }, index);
      expect(recallAt10).toBeGreaterThan(0.96);
    }
  });
});

async function indexOf(corpus: RetrievalDataset["corpus"]): Promise<MemoryIndex> {
  const index = new MemoryIndex({ translator: lexiconTranslator() });
  await index.apply({
    put: corpus.map(({ id, title, text }) => ({
      documentId: id,
      hash: id,
      chunks: [testChunk(`${id}@0`, text, { title: title.replaceAll("_", " ") })],
    })),
  });
  return index;
}

function evaluate(dataset: RetrievalDataset, index: MemoryIndex) {
  return evaluateRetrieval(dataset, async (text, limit) =>
    (await index.search({ text, limit })).keyword.map(({ chunk }) => chunk.documentId),
  );
}
