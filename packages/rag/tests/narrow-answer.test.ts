import { beforeAll, describe, expect, it } from "vitest";
import {
  type Answer,
  createRagPipeline,
  MemoryIndex,
  parseMarkdown,
  type RagPipeline,
} from "../src/index.ts";
import { courseIndex, GLOSSARY } from "./small-course.ts";

let pipeline: RagPipeline;
beforeAll(async () => {
  pipeline = await createRagPipeline({ index: await courseIndex(), knowledge: { glossary: GLOSSARY } });
});

async function ask(question: string, of = pipeline): Promise<Answer> {
  for await (const event of of.answer(question)) if (event.type === "done") return event.answer;
  throw new Error("no done event");
}

describe("a question for one thing", () => {
  it("about an attribute that the text does not tell is answered with the nearest text and a notice", async () => {
    for (const question of ["LoRA 是谁发明的？", "LoRA 是哪一年提出的？", "投机解码是哪家公司提出的？"]) {
      const { outcome, text } = await ask(question);
      expect(outcome, question).not.toBe("answered");
      expect(text).toMatch(/^(?:没有找到直接的回答|已收录的内容没有回答)/);
    }
  });

  it("about an attribute that stands in the sentence behind the definition is answered", async () => {
    for (const question of ["涌现能力是哪一年提出的？", "涌现能力是谁提出的？"]) {
      const { outcome, text } = await ask(question);
      expect(outcome, question).toBe("answered");
      expect(text).toContain("Wei 等人在 2022 年");
    }
  });

  it("is not answered from a thing whose name only ends in the same letters", async () => {
    const { text } = await ask("什么是 LoRA？");
    expect(text).toMatch(/^LoRA（Low-Rank Adaptation）是一种参数高效微调方法/);
  });

  it("that takes something untrue for granted is not answered as if it were so", async () => {
    for (const question of ["为什么 LoRA 是一种强化学习算法？", "为什么 LoRA 能彻底消除显存占用？"])
      expect((await ask(question)).outcome, question).not.toBe("answered");
  });

  it("is not answered by a text that quotes the question", async () => {
    const quoting = await pipelineOf(
      "# 拒答\n\n## 近似的问题\n\n近似的问题最难，例如「星图索引是谁发明的？」主题是对的。\n\n## 星图索引\n\n星图索引是指一种近邻图。",
    );
    const { outcome, text } = await ask("星图索引是谁发明的？", quoting);
    expect(outcome).toBe("partial");
    expect(text).not.toContain("例如「星图索引是谁发明的");
  });
});

describe("a question in spoken Chinese", () => {
  it("is answered like the written one", async () => {
    for (const [spoken, written] of [
      ["LoRA 为啥省显存啊", "LoRA 为什么省显存"],
      ["咋做 LoRA 微调呀？", "怎么做 LoRA 微调？"],
      ["涌现能力到底是啥", "涌现能力是什么"],
    ] as const)
      expect((await ask(spoken)).text).toBe((await ask(written)).text);
  });
});

describe("a question for two things", () => {
  it("in one sentence is answered part by part", async () => {
    const both = await ask("LoRA 的优缺点是什么？");
    expect(both.text).toContain("显存占用大幅减少");
    expect(both.text).toContain("LoRA 的缺点是");
    const clauses = await ask("什么是 LoRA，它有什么缺点？");
    expect(clauses.text).toMatch(/^LoRA（Low-Rank Adaptation）是一种/);
    expect(clauses.text).toContain("LoRA 的缺点是");
  });
});

describe("a question of which only a part is answered", () => {
  it("gives that part as an answer and puts the notice over the other", async () => {
    const { outcome, text } = await ask("涌现能力是什么？LoRA 有哪一年的论文？");
    expect(outcome).toBe("partial");
    expect(text).toMatch(/^涌现能力是指小模型上没有/);
    expect(text).toContain("关于「LoRA 有哪一年的论文」，没有找到直接的回答");
  });

  it("carries the subject over to a comparison that leaves it out", async () => {
    const { outcome, text } = await ask("LoRA 是什么？和 QLoRA 有什么区别？");
    expect(outcome).toBe("answered");
    expect(text).toContain("与 LoRA 相比，QLoRA 的显存更省");
  });
});

describe("where the words of the question find other passages", () => {
  it("the section whose heading says what is asked for is read all the same", async () => {
    const talk = Array.from(
      { length: 9 },
      (_, place) =>
        `## 用法${place}\n\n星图索引有什么、星图索引怎样用、星图索引和别的索引一起用，这是用法${place}。`,
    );
    const about = await pipelineOf(
      `# 星图索引\n\n${talk.join("\n\n")}\n\n## 代价\n\n星图的每个点都要存下它的边，很占内存。`,
    );
    expect((await ask("星图索引有什么缺点？", about)).text).toContain("很占内存");
  });

  it("the sentence that defines a term is looked up where the glossary says it is explained", async () => {
    const talk = Array.from(
      { length: 9 },
      (_, place) => `## 花费${place}\n\n什么都要算 mote：mote、mote 和 mote，一共 ${place + 10} 个 mote。`,
    );
    const about = await pipelineOf(
      `# 计费\n\n${talk.join("\n\n")}\n\n## 单位\n\n微粒（mote）是指计费的最小单位。它由长度算出。`,
    );
    expect((await ask("什么是 mote", about)).text).toMatch(/^微粒（mote）是指计费的最小单位。/);
  });
});

async function pipelineOf(content: string): Promise<RagPipeline> {
  const about = await createRagPipeline({
    index: new MemoryIndex(),
    knowledge: {
      glossary: [
        { zh: "星图索引", aliases: ["星图"], definition: "一种近邻图。", documentId: "d" },
        { zh: "微粒", en: "mote", aliases: [], definition: "最小单位。", documentId: "d" },
      ],
    },
  });
  await about.ingest([await parseMarkdown({ content, id: "d" })]);
  return about;
}
