import { beforeAll, describe, expect, it } from "vitest";
import {
  type Answer,
  createRagPipeline,
  MemoryIndex,
  parseMarkdown,
  type RagPipeline,
  splitDocument,
} from "../src/index.ts";
import { courseIndex, GLOSSARY } from "./small-course.ts";

const POEMS = `# 词的表示

## 词向量

词向量是指把一个词变成一串数字的表示。「苹果」既是水果，也是一家公司，静态的词向量分不开这两个意思。

## 独热编码

在独热编码里，「小猫」离「小狗」和离「股价」一样远，所以看不出近义。今天多数模型不再用它。
`;

let course: RagPipeline;
let words: RagPipeline;
let plain: RagPipeline;
beforeAll(async () => {
  course = await createRagPipeline({ index: await courseIndex(), knowledge: { glossary: GLOSSARY } });
  const index = new MemoryIndex();
  const document = await parseMarkdown({ id: "words", content: POEMS });
  await index.apply({
    put: [{ documentId: "words", hash: document.hash, chunks: splitDocument(document, { maxTokens: 40 }) }],
  });
  const glossary = [{ zh: "词向量", aliases: [], definition: "把词变成数字的表示。", documentId: "words" }];
  words = await createRagPipeline({ index, knowledge: { glossary } });
  plain = await createRagPipeline({ index });
});

describe("what the documents do not cover", () => {
  it.each(["今天天气怎么样？", "明朝是哪一年建立的？", "红烧肉怎么做？", "What is the capital of France?"])(
    "is declined when its words are nowhere: %s",
    async (question) => {
      for (const pipeline of [course, words, plain])
        expect((await ask(question, pipeline)).outcome).toBe("refused");
    },
  );

  it("is declined when each word is used in passing, but never together and never as a subject", async () => {
    expect((await ask("苹果公司股价？", words)).outcome).toBe("refused");
  });

  it("is not answered without a glossary either", async () => {
    expect((await ask("苹果公司股价？", plain)).outcome).not.toBe("answered");
  });

  it("is never mistaken for what it merely sounds like: lose is not loss", async () => {
    const { corrections } = (await course.retrieve("How to lose weight fast?")).understood;
    expect(corrections).toEqual([]);
  });
});

describe("what the documents only mention", () => {
  it("is shown without a claim when a definition is asked for", async () => {
    const answer = await ask("什么是 Transformer？", course);
    expect(answer.outcome).not.toBe("answered");
    const token = await ask("什么是 token？", course);
    expect(token.outcome).toBe("partial");
    expect(token.citations.length).toBeGreaterThan(0);
  });

  it("is answered where the text does define it", async () => {
    expect((await ask("什么是词向量？", words)).outcome).toBe("answered");
    expect((await ask("什么是词向量？", plain)).outcome).toBe("answered");
  });
});

async function ask(question: string, pipeline: RagPipeline): Promise<Answer> {
  for await (const event of pipeline.answer(question)) if (event.type === "done") return event.answer;
  throw new Error("no done event");
}
