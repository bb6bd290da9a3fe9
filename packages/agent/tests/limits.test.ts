import { DynamicStructuredTool } from "@langchain/core/tools";
import { ChatOpenAI } from "@langchain/openai";
import { reply, type ScriptedServer, scriptedChatModel, startScriptedServer } from "@zixue/testkit";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type AgentEvent, type AgentLimits, defineAgent } from "../src/index.ts";
import { collect } from "./collect.ts";

const servers: ScriptedServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function chat(
  ...args: Parameters<typeof startScriptedServer>
): Promise<{ server: ScriptedServer; model: ChatOpenAI }> {
  const server = await startScriptedServer(...args);
  servers.push(server);
  const model = new ChatOpenAI({
    model: "test",
    apiKey: "t",
    maxRetries: 0,
    configuration: { baseURL: server.url },
  });
  return { server, model };
}

function ending(events: readonly AgentEvent[]) {
  const [limit, usage, done] = events.slice(-3);
  if (limit?.type !== "limit" || usage?.type !== "usage" || done?.type !== "done") {
    throw new Error(
      `A limited run must end with limit, usage, done, not ${events.slice(-3).map((e) => e.type)}`,
    );
  }
  return { limit, usage, done };
}

let ran = 0;
const look = new DynamicStructuredTool({
  name: "look",
  description: "Looks",
  schema: z.object({}),
  // Looked at again and again on purpose.
  metadata: { repeatable: true },
  func: async () => {
    ran++;
    return "nothing yet";
  },
});

const keepsLooking =
  (calls = 1) =>
  () =>
    reply.toolCalls(
      Array.from({ length: calls }, () => ({ name: "look", args: {} })),
      {
        text: "再看看。",
        usage: { inputTokens: 100, outputTokens: 10 },
      },
    );

describe("a run ends with what it has, and says why", () => {
  it("after the declared steps", async () => {
    const { server, model } = await chat(keepsLooking());
    const events = await collect(
      defineAgent({ name: "a", model, tools: [look], limits: { steps: 3 } }).run("找一找"),
    );
    const { limit, done } = ending(events);
    expect(server.requests).toHaveLength(3);
    expect(limit).toMatchObject({
      limit: "steps",
      max: 3,
      message: expect.stringContaining("步数上限（3 步）"),
    });
    expect(done).toMatchObject({
      status: "limited",
      text: "再看看。",
      usage: { steps: 3, toolCalls: 3, inputTokens: 300 },
    });
  });

  it("after the declared tool calls, in English for an English user", async () => {
    ran = 0;
    const { server, model } = await chat(keepsLooking(2));
    const agent = defineAgent({ name: "a", model, tools: [look], limits: { toolCalls: 3 } });
    const events = await collect(agent.run("look around", { threadId: "t" }));
    const { limit, done } = ending(events);
    expect(ran).toBe(3);
    expect(limit.message).toBe("Stopped at the limit of 3 tool calls. The above is what there is so far.");
    expect(done.usage.toolCalls).toBe(3);
    const refused = events.filter((e) => e.type === "tool-result" && e.isError);
    expect(refused).toHaveLength(1);
    expect(server.requests).toHaveLength(2);
    // The thread stays whole: every call has its result, so it can go on.
    const more = await collect(agent.run("go on", { threadId: "t" }));
    expect(ending(more).done.usage.toolCalls).toBe(3);
  });

  it("before a call that would go beyond the tokens", async () => {
    const { server, model } = await chat(keepsLooking());
    const agent = defineAgent({ name: "a", model, tools: [look], limits: { tokens: 250, steps: 50 } });
    const { limit, done } = ending(await collect(agent.run("找")));
    expect(limit.limit).toBe("tokens");
    expect(server.requests.length).toBeLessThanOrEqual(3);
    expect(done.usage.inputTokens + done.usage.outputTokens).toBeLessThanOrEqual(250);
  });

  it("in the middle of a reply that goes beyond the tokens, and the provider sees the disconnect", async () => {
    const { server, model } = await chat([
      reply.text("很长的回答".repeat(2000), { chunks: 1000, chunkDelayMs: 1 }),
    ]);
    const agent = defineAgent({ name: "a", model, limits: { tokens: 400 } });
    const { limit, done } = ending(await collect(agent.run("写长一点", { threadId: "t" })));
    expect(limit.limit).toBe("tokens");
    expect(await server.requests[0]!.ended).toBe("aborted");
    expect(done.text.length).toBeGreaterThan(100);
    expect(done.text.length).toBeLessThan(1500);
    expect(done.usage).toMatchObject({ estimated: true });
    expect((await agent.messages("t")).at(-1)?.text).toBe(done.text);
  });

  it("when the money is spent, by the price table", async () => {
    const { model } = await chat(keepsLooking());
    const agent = defineAgent({
      name: "a",
      model,
      tools: [look],
      limits: { cost: 0.0025 },
      prices: { currency: "CNY", models: { test: { input: 8, output: 20 } } },
    });
    const { limit, done } = ending(await collect(agent.run("找")));
    expect(limit).toMatchObject({ limit: "cost", message: expect.stringContaining("0.0025 CNY") });
    expect(done.usage.cost?.currency).toBe("CNY");
    expect(done.usage.cost?.amount).toBeCloseTo(
      (done.usage.inputTokens * 8 + done.usage.outputTokens * 20) / 1e6,
    );
  });

  it("when the time is up, stopping a model that hangs", async () => {
    const { server, model } = await chat([
      reply.fault.stallMidStream(2, { text: "我先说一点，然后就停住了。" }),
    ]);
    const agent = defineAgent({ name: "a", model, limits: { milliseconds: 800 } });
    const { limit, done } = ending(await collect(agent.run("说")));
    expect(limit).toMatchObject({ limit: "milliseconds", message: expect.stringContaining("0.8 秒") });
    expect(done.text).not.toBe("");
    expect(await server.requests[0]!.ended).toBe("aborted");
  });

  it("when the time is up, stopping a tool that hangs", async () => {
    const stuck = new DynamicStructuredTool({
      name: "stuck",
      description: "Hangs",
      schema: z.object({}),
      func: () => new Promise<string>(() => {}),
    });
    const { model } = await chat([reply.toolCalls([{ name: "stuck", args: {} }])]);
    const agent = defineAgent({ name: "a", model, tools: [stuck], limits: { milliseconds: 150 } });
    expect(ending(await collect(agent.run("go"))).limit.limit).toBe("milliseconds");
  });

  it("counts what models inside tools use", async () => {
    const inner = scriptedChatModel([reply.text("in", { usage: { inputTokens: 7, outputTokens: 3 } })]);
    const ask = new DynamicStructuredTool({
      name: "ask",
      description: "Asks another model",
      schema: z.object({}),
      func: async (_input, _manager, config) => (await inner.invoke("q", config)).text,
    });
    const { model } = await chat([
      reply.toolCalls([{ name: "ask", args: {} }], { usage: { inputTokens: 10, outputTokens: 1 } }),
      reply.text("out", { usage: { inputTokens: 20, outputTokens: 2 } }),
    ]);
    const events = await collect(defineAgent({ name: "a", model, tools: [ask] }).run("go"));
    expect(events.at(-1)).toMatchObject({ text: "out", usage: { inputTokens: 37, outputTokens: 6 } });
    expect(
      events
        .filter((e) => e.type === "text")
        .map((e) => e.delta)
        .join(""),
    ).toBe("out");
  });
});

it("needs no more graph steps than its own limits allow, however many those are", async () => {
  const model = scriptedChatModel((_call, n) => (n < 60 ? keepsLooking()() : "终于"));
  const agent = defineAgent({ name: "a", model, tools: [look], limits: { steps: 100, toolCalls: 100 } });
  const events = await collect(agent.run("找"));
  expect(events.at(-1)).toMatchObject({
    type: "done",
    status: "completed",
    text: "终于",
    usage: { steps: 61 },
  });
});

it("never takes more than it declares, whatever the model does", async () => {
  const step = fc.record({
    calls: fc.integer({ min: 0, max: 4 }),
    input: fc.integer({ min: 1, max: 200 }),
    output: fc.integer({ min: 1, max: 50 }),
  });
  const limits = fc.record({
    steps: fc.integer({ min: 1, max: 5 }),
    toolCalls: fc.integer({ min: 1, max: 6 }),
    tokens: fc.integer({ min: 50, max: 1000 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 8 }),
      limits,
      async (steps, declared: AgentLimits) => {
        ran = 0;
        const spent: number[] = [];
        const model = scriptedChatModel((_call, n) => {
          const { calls, input, output } = steps[n % steps.length]!;
          spent.push(input + output);
          const usage = { inputTokens: input, outputTokens: output };
          if (calls === 0) return reply.text("done", { usage });
          return reply.toolCalls(
            Array.from({ length: calls }, () => ({ name: "look", args: {} })),
            { usage },
          );
        });
        const events = await collect(
          defineAgent({ name: "a", model, tools: [look], limits: declared }).run("go"),
        );
        const end = events.at(-1);
        if (end?.type !== "done") throw new Error("no done");
        const { usage } = end;
        expect(usage.steps).toBeLessThanOrEqual(declared.steps!);
        expect(usage.steps).toBe(model.calls.length);
        expect(ran).toBeLessThanOrEqual(declared.toolCalls!);
        expect(usage.toolCalls).toBe(ran);
        // By at most the last call, whose price is known only once it was made.
        const total = usage.inputTokens + usage.outputTokens;
        expect(total).toBe(spent.reduce((a, b) => a + b, 0));
        expect(total - (spent.at(-1) ?? 0)).toBeLessThan(declared.tokens!);
        expect(events.some((e) => e.type === "limit")).toBe(end.status === "limited");
        expect(events.some((e) => e.type === "error")).toBe(false);
      },
    ),
    { numRuns: 40 },
  );
});
