import { beforeAll, describe, expect, it } from "vitest";
import { type Answer, createRagPipeline, type OutlineEntry, type RagPipeline } from "../src/index.ts";
import { courseIndex, GLOSSARY } from "./small-course.ts";

const OUTLINE: readonly OutlineEntry[] = [
  {
    kind: "chapter",
    number: "1",
    title: "走进大语言模型",
    children: [
      { kind: "section", number: "1.3", title: "大在哪？", summary: "规模与涌现。", documentId: "1.3" },
      { kind: "section", number: "1.4", title: "还没写的一节", documentId: "1.4" },
    ],
  },
  {
    kind: "chapter",
    number: "4",
    title: "微调",
    children: [{ kind: "section", number: "4.2", title: "微调常用方法", documentId: "4.2" }],
  },
];

let pipeline: RagPipeline;
let without: RagPipeline;
beforeAll(async () => {
  const index = await courseIndex();
  pipeline = await createRagPipeline({ index, knowledge: { glossary: GLOSSARY, outline: OUTLINE } });
  without = await createRagPipeline({ index });
});

describe("a question about the documents themselves", () => {
  it.each(["这门课讲什么？", "课程目录", "这本书主要讲了哪些内容", "What is this course about?"])(
    "lists what they hold: %s",
    async (question) => {
      const { text, outcome, citations } = await ask(question);
      expect(outcome).toBe("answered");
      expect(citations).toEqual([]);
      expect(text).toContain("[1.3 大在哪？](/course/1.3)");
      expect(text).toMatch(/1\.4 还没写的一节(?:（未收录）| \(not collected\))/);
    },
  );

  it.each([
    "1.3 讲了什么",
    "1.3 节讲什么？",
    "第1.3节主要内容是什么",
    "What does section 1.3 cover?",
    "「大在哪」这一节讲了什么",
  ])("says what a section goes through: %s", async (question) => {
    const { text } = await ask(question);
    expect(text).toContain("规模与涌现。");
    expect(text).toMatch(/- \[涌现能力\]\(\/course\/1\.3#b-[0-9a-f]{8}\)/);
  });

  it("says what a chapter holds, numbered in either script", async () => {
    for (const question of ["第一章有哪些内容", "第 1 章讲了什么？", "what is in chapter 1?"]) {
      const { text } = await ask(question);
      expect(text).toContain("大在哪？");
      expect(text).not.toContain("微调常用方法");
    }
  });

  it("says that a section is not there yet", async () => {
    expect((await ask("1.4 讲了什么")).text).toContain("还没有收录");
  });

  it.each(["从哪里开始学？", "我应该先学什么", "Where should I start?"])(
    "says where to begin: %s",
    async (question) => {
      expect((await ask(question)).text).toMatch(/1\. \[1\.3 大在哪？\]\(\/course\/1\.3\)[\s\S]*2\. \[4\.2/);
    },
  );

  it("lists the titles of the documents where the author gave no outline", async () => {
    const { text } = await ask("这些文档讲什么", without);
    expect(text).toContain("[微调常用方法](/course/4.2)");
  });

  it.each([
    "学习书法从哪里开始？",
    "LoRA 讲的是什么？",
    "3.5 讲了什么",
    "第九章有哪些内容",
    "训练从哪里开始",
  ])("is told from another question: %s", async (question) => {
    expect((await ask(question)).text).not.toMatch(/依次讲|按目录|的内容：/);
  });

  it("is no subject for what is asked next", async () => {
    const { understood } = await pipeline.retrieve("有哪些缺点？", {
      history: [
        { role: "user", content: "什么是 LoRA？" },
        { role: "user", content: "这门课讲什么？" },
      ],
    });
    expect(understood.question).toBe("LoRA有哪些缺点？");
  });
});

async function ask(question: string, asked = pipeline): Promise<Answer> {
  for await (const event of asked.answer(question)) if (event.type === "done") return event.answer;
  throw new Error("no done event");
}
