import { DynamicStructuredTool } from "@langchain/core/tools";
import { reply, type ScriptedToolCall, scriptedChatModel } from "@zixue/testkit";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineAgent, type Guards } from "../src/index.ts";
import { collect } from "./collect.ts";

/** Plays these calls one after the other, then answers. */
async function play(
  calls: readonly ScriptedToolCall[],
  options: { guards?: Guards; metadata?: Record<string, unknown>; input?: string; changing?: boolean } = {},
) {
  let ran = 0;
  const tools = ["a", "b", "c"].map(
    (name) =>
      new DynamicStructuredTool({
        name,
        description: name,
        schema: z.object({ x: z.number().optional(), y: z.number().optional() }),
        ...(options.metadata && { metadata: options.metadata }),
        func: async () => {
          ran++;
          return options.changing ? `result ${ran}` : "same";
        },
      }),
  );
  const model = scriptedChatModel((_call, n) => (n < calls.length ? reply.toolCalls([calls[n]!]) : "answer"));
  const agent = defineAgent({ name: "a", model, tools, ...(options.guards && { guards: options.guards }) });
  const events = await collect(agent.run(options.input ?? "go"));
  const results = events.filter((event) => event.type === "tool-result");
  return { ran, results, limit: events.find((event) => event.type === "limit"), done: events.at(-1) };
}

const call = (name: string, args: Record<string, unknown> = {}): ScriptedToolCall => ({ name, args });
const times = (n: number, ...calls: ScriptedToolCall[]) => Array.from({ length: n }, () => calls).flat();

describe("a model that goes round in circles", () => {
  it("is told at the third same call with the same result, and stopped at the next, with usage", async () => {
    const { ran, results, limit, done } = await play(times(8, call("a", { x: 1, y: 2 })), {
      input: "查一查",
    });
    expect(ran).toBe(3);
    expect(results.map(({ content }) => /given this same result 3 times/.test(content))).toEqual([
      false,
      false,
      true,
      false,
    ]);
    expect(results.at(-1)).toMatchObject({ isError: true });
    expect(limit).toMatchObject({
      limit: "loop",
      max: 3,
      message: expect.stringContaining("重复同样的调用"),
    });
    expect(done).toMatchObject({ status: "limited", usage: { steps: 4, toolCalls: 3 } });
  });

  it("is seen through arguments in another order", async () => {
    const { ran } = await play([
      call("a", { x: 1, y: 2 }),
      call("a", { y: 2, x: 1 }),
      call("a", { x: 1, y: 2 }),
      call("a", { y: 2, x: 1 }),
    ]);
    expect(ran).toBe(3);
  });

  it("goes on when it heeds what it was told", async () => {
    const { done } = await play([...times(3, call("a")), call("b")]);
    expect(done).toMatchObject({ status: "completed", text: "answer" });
  });

  it("is not stopped for a repeated call after something new, but told again", async () => {
    const { ran, results, done } = await play([...times(3, call("a")), call("b"), call("a")]);
    expect(ran).toBe(5);
    expect(results.at(-1)?.content).toMatch(/same result 4 times/);
    expect(done).toMatchObject({ status: "completed" });
  });

  it("is told of two calls in turn after three rounds, and stopped after three more", async () => {
    const { ran, results, limit } = await play(times(9, call("a"), call("b")), { changing: true });
    expect(results.findIndex(({ content }) => /same two in turn/.test(content))).toBe(5);
    expect(ran).toBe(11);
    expect(limit).toMatchObject({ limit: "loop" });
  });

  it("may call the same with other arguments, or with results that change, as often as it likes", async () => {
    const others = await play(Array.from({ length: 8 }, (_, x) => call("a", { x })));
    expect(others).toMatchObject({ ran: 8, done: { status: "completed" } });
    const changing = await play(times(8, call("a")), { changing: true });
    expect(changing).toMatchObject({ ran: 8, done: { status: "completed" } });
    expect(changing.results.some(({ content }) => content.includes("Note"))).toBe(false);
  });

  it("is left alone with the guard off, and with tools that may be repeated", async () => {
    for (const options of [{ guards: { loops: false } }, { metadata: { repeatable: true } }])
      expect(await play(times(8, call("a")), options)).toMatchObject({
        ran: 8,
        done: { status: "completed" },
      });
  });

  it("is seen through fences, whose ids differ", async () => {
    const { ran } = await play(times(6, call("a")), { metadata: { untrusted: true, effect: "read" } });
    expect(ran).toBe(3);
  });
});
