import { DynamicStructuredTool } from "@langchain/core/tools";
import { ChatOpenAI } from "@langchain/openai";
import { type Dialect, dialects, reply, scriptedChatModel, startScriptedServer } from "@zixue/testkit";
import { expect, it } from "vitest";
import { z } from "zod";
import { type AgentEvent, defineAgent } from "../src/index.ts";
import { collect } from "./collect.ts";

const results = (events: readonly AgentEvent[]) =>
  events.flatMap((event) => (event.type === "tool-result" ? [event] : []));

function endOf(events: readonly AgentEvent[]) {
  const end = events.at(-1);
  if (end?.type !== "done") throw new Error("no done");
  return end;
}

function waiting(work: (n: number, signal: AbortSignal | undefined) => Promise<string>) {
  return new DynamicStructuredTool({
    name: "work",
    description: "Works",
    schema: z.object({ n: z.number() }),
    func: async ({ n }: { n: number }, _manager, config) => work(n, config?.signal),
  });
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const callsOf = (numbers: readonly number[]) =>
  reply.toolCalls(numbers.map((n) => ({ name: "work", args: { n }, id: `c${n}` })));

it("runs at most as many tools at once as it may, and gives results in the order of the calls", async () => {
  let running = 0;
  let most = 0;
  const numbers = Array.from({ length: 12 }, (_, n) => n);
  const work = waiting(async (n) => {
    most = Math.max(most, ++running);
    await sleep(3 * (12 - n));
    running--;
    if (n === 5) throw new Error("broken");
    return `r${n}`;
  });
  const model = scriptedChatModel([callsOf(numbers), "好"]);
  const agent = defineAgent({ name: "a", model, tools: [work], toolConcurrency: 3 });
  const events = await collect(agent.run("go"));
  expect(most).toBe(3);
  expect(results(events).filter(({ isError }) => isError)).toMatchObject([{ id: "c5" }]);
  const read = model.calls[1]!.messages.filter((message) => message.getType() === "tool");
  expect(read.map((message) => (message as { tool_call_id?: string }).tool_call_id)).toEqual(
    numbers.map((n) => `c${n}`),
  );
});

it("stops a tool that takes too long, tells the model, and keeps what the others found", async () => {
  let heard = false;
  const work = waiting(async (n, signal) => {
    if (n === 0) return "fast";
    signal?.addEventListener("abort", () => {
      heard = true;
    });
    return new Promise<string>(() => {});
  });
  const model = scriptedChatModel([callsOf([0, 1]), "好"]);
  const agent = defineAgent({ name: "a", model, tools: [work], toolMilliseconds: 60 });
  const events = await collect(agent.run("go"));
  expect(heard).toBe(true);
  expect(results(events)).toMatchObject([
    { id: "c0", content: "fast", isError: false },
    { id: "c1", content: expect.stringMatching(/did not finish within 60 ms/), isError: true },
  ]);
  expect(endOf(events).status).toBe("completed");
});

const spoken: [string, Partial<Dialect>][] = [
  ["openai", dialects.openai],
  ["llama.cpp", dialects["llama-cpp"]],
  ["one without usage", dialects["no-usage"]],
];

it.each(spoken)("goes through twenty steps of tools with a server that speaks %s", async (name, dialect) => {
  const server = await startScriptedServer(
    (_, n) => (n < 19 ? reply.toolCalls([{ name: "work", args: { n } }]) : reply.text("完")),
    { dialect },
  );
  try {
    const configuration = { baseURL: server.url };
    const model = new ChatOpenAI({ model: "m", apiKey: "t", maxRetries: 0, configuration });
    const work = waiting(async (n) => `r${n}`);
    const agent = defineAgent({ name: "a", model, tools: [work], limits: { steps: 20 } });
    const events = await collect(agent.run("go"));
    expect(results(events).map(({ content }) => content)).toEqual(
      Array.from({ length: 19 }, (_, n) => `r${n}`),
    );
    const { status, usage } = endOf(events);
    expect({ status, steps: usage.steps, toolCalls: usage.toolCalls }).toEqual({
      status: "completed",
      steps: 20,
      toolCalls: 19,
    });
    expect(usage.estimated).toBe(name === "one without usage");
    expect(usage.inputTokens).toBeGreaterThan(0);
  } finally {
    await server.close();
  }
});

it("refuses counts that are none", () => {
  const model = scriptedChatModel([]);
  expect(() => defineAgent({ name: "a", model, toolConcurrency: 0 })).toThrow(/"toolConcurrency" must be/);
  expect(() => defineAgent({ name: "a", model, retries: -1 })).toThrow(/"retries" must be/);
});
