import { beforeAll, describe, expect, it } from "vitest";
import { type Answer, createRagPipeline, type HistoryMessage, type RagPipeline } from "../src/index.ts";
import { courseIndex, courseKnowledge, GLOSSARY } from "./small-course.ts";

let pipeline: RagPipeline;
let withBank: RagPipeline;
beforeAll(async () => {
  const index = await courseIndex();
  pipeline = await createRagPipeline({ index, knowledge: { glossary: GLOSSARY } });
  withBank = await createRagPipeline({ index, knowledge: await courseKnowledge() });
});

describe("asking on", () => {
  it("gives something else when asked for more", async () => {
    const history = await after("什么是缩放定律？", pipeline);
    const more = await ask("还有呢？", history, pipeline);
    expect(more.citations.length).toBeGreaterThan(0);
    for (const { quote } of more.citations) expect(history[1]?.content).not.toContain(quote);
  });

  it("goes past the author's points once they are told", async () => {
    const history = await after("什么是涌现能力？它和缩放定律是什么关系？", withBank);
    const more = await ask("还有呢", history, withBank);
    for (const { quote } of more.citations) expect(history[1]?.content).not.toContain(quote);
  });

  it("says so when there is nothing more", async () => {
    let history = await after("LoRA 的缺点是什么？", pipeline);
    let answer = await ask("还有呢", history, pipeline);
    for (let turn = 0; turn < 12 && answer.citations.length > 0; turn += 1) {
      history = [
        ...history,
        { role: "user", content: "还有呢" },
        { role: "assistant", content: answer.text },
      ];
      answer = await ask("还有呢", history, pipeline);
    }
    expect(answer.citations).toEqual([]);
    expect(answer.text).toContain("都在上面了");
  });

  it.each([
    ["why is that?", "What is LoRA?", "Why LoRA?"],
    ["为什么？", "什么是投机解码？", "投机解码为什么？"],
    ["举个例子", "什么是涌现能力？", "涌现能力举个例子"],
    ["那缺点呢？", "什么是 LoRA？", "LoRA的缺点是什么？"],
  ])("reads %s after %s", async (question, before, expected) => {
    const { understood } = await pipeline.retrieve(question, {
      history: [{ role: "user", content: before }],
    });
    expect(understood.question).toBe(expected);
  });

  it("leaves the old subject behind when a new one is asked about, and takes up the new one", async () => {
    const history: HistoryMessage[] = ["什么是 LoRA？", "它有什么缺点？", "什么是投机解码？"].map(
      (content) => ({
        role: "user",
        content,
      }),
    );
    const { understood } = await pipeline.retrieve("它为什么不改变输出分布？", { history });
    expect(understood.question).toBe("投机解码为什么不改变输出分布？");
  });
});

async function after(question: string, asked: RagPipeline): Promise<HistoryMessage[]> {
  const { text } = await ask(question, [], asked);
  return [
    { role: "user", content: question },
    { role: "assistant", content: text },
  ];
}

async function ask(
  question: string,
  history: readonly HistoryMessage[],
  asked: RagPipeline,
): Promise<Answer> {
  for await (const event of asked.answer(question, { history }))
    if (event.type === "done") return event.answer;
  throw new Error("no done event");
}
