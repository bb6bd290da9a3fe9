import { DynamicStructuredTool } from "@langchain/core/tools";
import { reply, scriptedChatModel } from "@zixue/testkit";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type AgentEvent, defineAgent } from "../src/index.ts";
import { collect } from "./collect.ts";

function endOf<O>(events: readonly AgentEvent<O>[]) {
  const end = events.at(-1);
  if (end?.type !== "done") throw new Error("no done");
  return end;
}

const schema = z.object({ title: z.string(), pages: z.number().int() });

describe("output", () => {
  it.each([
    ["plain JSON", '{"title": "注意力", "pages": 15}'],
    ["fenced JSON", '好的：\n```json\n{"title": "注意力", "pages": 15}\n```\n希望有用。'],
    ["JSON in prose", '集合 {1, 2} 之外 [1]，答案是 {"title": "注意力", "pages": 15}。'],
    ["JSON after thinking in the text", '<think>{"title": 1}</think>{"title": "注意力", "pages": 15}'],
  ])("is read from %s", async (_, text) => {
    const model = scriptedChatModel([reply.text(text, { reasoning: '{"title": "no", "pages": 0}' })]);
    const agent = defineAgent({ name: "a", model, output: schema });
    const events = await collect(agent.run("这篇论文？"));
    const { output } = endOf(events);
    const typed: { title: string; pages: number } | undefined = output;
    expect(typed).toEqual({ title: "注意力", pages: 15 });
    expect(model.calls[0]!.messages[0]!.text).toMatch(/JSON Schema[\s\S]*"pages"/);
  });

  it("is mended by the model, which is told what is wrong; each repair is a step, and the thread keeps the last", async () => {
    const model = scriptedChatModel(['{"title": "注意力"}', "没有 JSON", '{"title": "注意力", "pages": 15}']);
    const agent = defineAgent({ name: "a", model, output: schema });
    const events = await collect(agent.run("论文？", { threadId: "t" }));
    expect(endOf(events)).toMatchObject({ status: "completed", output: { pages: 15 }, usage: { steps: 3 } });
    expect(events.filter(({ type }) => type === "retry")).toMatchObject([
      { attempt: 2, reason: "invalid-output" },
      { attempt: 3, reason: "invalid-output" },
    ]);
    expect(model.calls[1]!.messages.at(-1)!.text).toMatch(/pages/);
    expect((await agent.messages("t")).map((m) => m.text)).toEqual([
      "论文？",
      '{"title": "注意力", "pages": 15}',
    ]);
  });

  it("that cannot be mended fails the run, and what was said is kept", async () => {
    const model = scriptedChatModel(["一", "二", "三"]);
    const agent = defineAgent({ name: "a", model, output: schema });
    const events = await collect(agent.run("论文？", { threadId: "t" }));
    expect(endOf(events)).toMatchObject({ status: "failed", text: "三" });
    expect(endOf(events).output).toBeUndefined();
    expect(events.find(({ type }) => type === "error")).toMatchObject({ error: { code: "invalid-output" } });
    expect((await agent.messages("t")).at(-1)!.text).toBe("三");
  });

  it("keeps to the steps while it is mended", async () => {
    const model = scriptedChatModel(() => "不是");
    const agent = defineAgent({ name: "a", model, output: schema, outputRepairs: 9, limits: { steps: 3 } });
    const events = await collect(agent.run("论文？"));
    expect(model.calls).toHaveLength(3);
    expect(endOf(events)).toMatchObject({ status: "limited", text: "不是", usage: { steps: 3 } });
  });

  it("comes after tools, and says when it was cut off", async () => {
    const look = new DynamicStructuredTool({
      name: "look",
      description: "Looks",
      schema: z.object({}),
      func: async () => "15",
    });
    const model = scriptedChatModel([
      reply.toolCalls([{ name: "look", args: {} }]),
      reply.text('{"title": "注', { finishReason: "length" }),
      '{"title": "注意力", "pages": 15}',
    ]);
    const agent = defineAgent({ name: "a", model, output: schema, tools: [look] });
    expect(endOf(await collect(agent.run("论文？"))).output).toEqual({ title: "注意力", pages: 15 });
    expect(model.calls[2]!.messages.at(-1)!.text).toMatch(/cut off/);
  });

  it("may transform what JSON carries, and refuses what JSON cannot", async () => {
    const model = scriptedChatModel(['{"day": "2026-11-24"}']);
    const day = z.object({ day: z.iso.date().transform((text) => new Date(text)) });
    const { output } = endOf(await collect(defineAgent({ name: "a", model, output: day }).run("哪天？")));
    expect(output?.day.getUTCFullYear()).toBe(2026);
    expect(() => defineAgent({ name: "a", model, output: z.object({ day: z.date() }) })).toThrow(
      /"output" cannot be told to a model as JSON.*z\.iso\.date/,
    );
  });
});
