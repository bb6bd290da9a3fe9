/** What a learner does in the first five minutes, offline, over the real chapters. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { coursePaths, type OpenCourse, openCourse } from "../apps/course-bot/src/index.ts";
import { sectionOf } from "../packages/course/src/index.ts";
import type { Answer, HistoryMessage } from "../packages/rag/src/index.ts";

let opened: OpenCourse;
let dataFolder: string;

beforeAll(async () => {
  dataFolder = mkdtempSync(path.join(tmpdir(), "zixue-acceptance-"));
  opened = await openCourse({ ...coursePaths(), dataFolder });
});
afterAll(async () => {
  await opened.close();
  rmSync(dataFolder, { recursive: true, force: true });
});

describe("a learner without a model", () => {
  it.each([
    { question: "什么是涌现能力?", section: "1.3", says: /小模型.*大模型|规模/ },
    { question: "涌现能力是什么意思", section: "1.3", says: /小模型.*大模型|规模/ },
    { question: "怎么学会自学?", section: "0.1", says: /自学/ },
    { question: "RAG 为什么能减少幻觉?", section: "11.1", says: /上下文|依据|资料/ },
    { question: "What is an emergent ability?", section: "1.3", says: /涌现|emergent/ },
    { question: "why does RAG reduce hallucination", section: "11.1", says: /上下文|依据|资料/ },
    { question: "Kaplan 和 Chinchilla 的缩放定律有什么不同?", section: "1.3", says: /Chinchilla/ },
    { question: "HNSW 的代价是什么?", section: "11.1", says: /内存|近似|召回/ },
  ])("$question", async ({ question, section, says }) => {
    const answer = await ask(question);
    expect(answer.outcome).toBe("answered");
    expect(answer.text).toMatch(says);
    expect(answer.citations[0]?.documentId).toBe(section);
    expectTrueCitations(answer);
  });

  it("asks on: 「它」 is the subject of the question before", async () => {
    const first = await ask("什么是涌现能力?");
    const history: HistoryMessage[] = [
      { role: "user", content: "什么是涌现能力?" },
      { role: "assistant", content: first.text },
    ];
    const answer = await ask("它和缩放定律有什么关系?", history);
    expect(answer.outcome).toBe("answered");
    expect(answer.citations[0]?.documentId).toBe("1.3");
    expect(answer.text).toMatch(/缩放定律/);
    expect(answer.text).toMatch(/涌现/);
    expectTrueCitations(answer);
  });

  it.each([
    "今天天气怎么样?",
    "苹果公司股价?",
    "红烧肉怎么做?",
    "推荐一部电影",
    "明朝是哪一年建立的?",
    "What's the weather like today?",
    "Who won the World Cup?",
    "帮我写一首关于秋天的诗",
  ])("is told that the course does not cover: %s", async (question) => {
    const answer = await ask(question);
    expect(answer.outcome).toBe("refused");
    expect(answer.citations).toEqual([]);
    expect(answer.refused?.nearest.length).toBeGreaterThan(0);
    for (const { documentId } of answer.refused!.nearest) sectionOf(opened.course, documentId);
  });
});

async function ask(question: string, history: readonly HistoryMessage[] = []): Promise<Answer> {
  for await (const event of opened.pipeline.answer(question, { history })) {
    if (event.type === "done") return event.answer;
  }
  throw new Error("the stream ended without done");
}

/** Each quote stands verbatim in the block that it names, and each marker in the text has its citation. */
function expectTrueCitations(answer: Answer): void {
  expect(answer.citations.length).toBeGreaterThan(0);
  for (const citation of answer.citations) {
    const section = sectionOf(opened.course, citation.documentId);
    const blocks = section.written ? section.document.blocks : [];
    const block = blocks.find(({ id }) => id === citation.blockId);
    expect(block?.text.includes(citation.quote), citation.quote).toBe(true);
    expect(citation.supported, citation.quote).toBe(true);
    expect(citation.url).toMatch(/^\/course\/.+#b-[0-9a-f]{8}/);
  }
  const markers = [...answer.text.matchAll(/\[(\d+)\]/g)].map((match) => Number(match[1]));
  expect(new Set(markers)).toEqual(new Set(answer.citations.map(({ marker }) => marker)));
}
