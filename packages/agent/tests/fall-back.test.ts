import { DynamicStructuredTool } from "@langchain/core/tools";
import { ChatOpenAI } from "@langchain/openai";
import { type Reply, reply, type ScriptedServer, startScriptedServer } from "@zixue/testkit";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type AgentEvent, defineAgent } from "../src/index.ts";
import { collect } from "./collect.ts";

const servers: ScriptedServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function serve(name: string, ...args: Parameters<typeof startScriptedServer>) {
  const server = await startScriptedServer(...args);
  servers.push(server);
  const configuration = { baseURL: server.url };
  return { server, model: new ChatOpenAI({ model: name, apiKey: "t", maxRetries: 0, configuration }) };
}

const only = <T extends AgentEvent["type"]>(events: readonly AgentEvent[], type: T) =>
  events.filter((event): event is Extract<AgentEvent, { type: T }> => event.type === type);

const endOf = (events: readonly AgentEvent[]) => only(events, "done")[0]!;

/** What a reader shows that drops the text of an attempt when a `retry` says so. */
function shown(events: readonly AgentEvent[]): string {
  let text = "";
  for (const event of events) {
    if (event.type === "retry") text = "";
    if (event.type === "text") text += event.delta;
  }
  return text;
}

describe("a failure that may pass", () => {
  it("is tried again after the time that the provider asks for", async () => {
    const { server, model } = await serve("m", [reply.fault.rateLimit({ retryAfter: 0.2 }), "好了"]);
    const started = Date.now();
    const events = await collect(defineAgent({ name: "a", model }).run("hi"));
    expect(Date.now() - started).toBeGreaterThanOrEqual(190);
    expect(only(events, "retry")).toMatchObject([
      { attempt: 2, reason: "rate-limited", model: "m", waitMilliseconds: 200 },
    ]);
    expect(endOf(events)).toMatchObject({ status: "completed", text: "好了", usage: { steps: 2 } });
    expect(server.requests).toHaveLength(2);
  });

  it("in a stream leaves nothing of the attempt behind, and its tokens are counted", async () => {
    const { server, model } = await serve("m", [
      reply.fault.cutMidStream(4),
      reply.text("完整的回答", { usage: { inputTokens: 10, outputTokens: 5 } }),
      "再答",
    ]);
    const agent = defineAgent({ name: "a", model });
    const events = await collect(agent.run("hi", { threadId: "t" }));
    expect(only(events, "text").length).toBeGreaterThan(2);
    expect(only(events, "retry")[0]).toMatchObject({ reason: "interrupted" });
    expect(shown(events)).toBe("完整的回答");
    expect(endOf(events)).toMatchObject({ text: "完整的回答", usage: { steps: 2, estimated: true } });
    expect(endOf(events).usage.outputTokens).toBeGreaterThan(5);
    expect((await agent.messages("t")).map((m) => m.text)).toEqual(["hi", "完整的回答"]);
    await collect(agent.run("more", { threadId: "t" }));
    expect(server.requests.at(-1)!.body.messages).toHaveLength(3);
  });

  it("is given up after `retries`, and what was said is kept", async () => {
    const { server, model } = await serve("m", [reply.fault.cutMidStream(4), reply.fault.serverError(503)]);
    const agent = defineAgent({ name: "a", model, retries: 1 });
    const events = await collect(agent.run("hi", { threadId: "t" }));
    expect(endOf(events).status).toBe("failed");
    expect(endOf(events).text).toMatch(/^The quick/);
    expect(only(events, "error")[0]!.error.message).toMatch(/server had an error/);
    expect(server.requests).toHaveLength(2);
    expect((await agent.messages("t")).at(-1)?.text).toBe(endOf(events).text);
  });

  it("is not waited for when the run is aborted", async () => {
    const { model } = await serve("m", [reply.fault.rateLimit({ retryAfter: 30 })]);
    const controller = new AbortController();
    const started = Date.now();
    const events: AgentEvent[] = [];
    for await (const event of defineAgent({ name: "a", model }).run("hi", { signal: controller.signal })) {
      events.push(event);
      if (event.type === "retry") setTimeout(() => controller.abort(), 20);
    }
    expect(Date.now() - started).toBeLessThan(5000);
    expect(endOf(events).status).toBe("aborted");
  });

  it("is not waited for beyond the run's time", async () => {
    const { model } = await serve("m", [reply.fault.rateLimit({ retryAfter: 30 })]);
    const agent = defineAgent({ name: "a", model, limits: { milliseconds: 200 } });
    const events = await collect(agent.run("hi"));
    expect(only(events, "limit")[0]).toMatchObject({ limit: "milliseconds" });
  });
});

describe("the next model", () => {
  it.each([
    ["a refused key", reply.fault.unauthorized(), "unauthorized"],
    ["no quota", reply.fault.quotaExceeded(), "quota-exceeded"],
    ["an unknown model", reply.fault.modelNotFound(), "model-not-found"],
    ["a prompt that is too long", reply.fault.contextTooLong(), "context-too-long"],
  ])("is asked at once after %s", async (_, fault: Reply, reason) => {
    const first = await serve("first", [fault]);
    const second = await serve("second", ["来自第二个"]);
    const agent = defineAgent({ name: "a", model: first.model, fallbacks: [second.model], retries: 5 });
    const events = await collect(agent.run("hi"));
    expect(only(events, "retry")).toMatchObject([{ reason, model: "second", waitMilliseconds: 0 }]);
    expect(first.server.requests).toHaveLength(1);
    expect(endOf(events)).toMatchObject({ status: "completed", text: "来自第二个" });
  });

  it("is asked when the retries of the first are used up, and priced as itself", async () => {
    const usage = { inputTokens: 1000, outputTokens: 100 };
    const first = await serve("dear", [
      reply.text("1", { usage }),
      reply.fault.serverError(),
      reply.fault.serverError(),
    ]);
    const second = await serve("cheap", [reply.text("2", { usage })]);
    const agent = defineAgent({
      name: "a",
      model: first.model,
      fallbacks: [second.model],
      retries: 0,
      prices: {
        currency: "CNY",
        models: { dear: { input: 100, output: 100 }, cheap: { input: 1, output: 1 } },
      },
    });
    const dear = await collect(agent.run("hi"));
    expect(endOf(dear).usage.cost?.amount).toBeCloseTo(0.11);
    const cheap = endOf(await collect(agent.run("hi"))).usage.cost!.amount;
    // The failed attempt is estimated at the dear price.
    expect(cheap).toBeGreaterThan(0.0011);
    expect(cheap).toBeLessThan(0.05);
  });

  it("is not asked when the run was aborted", async () => {
    const first = await serve("first", [reply.fault.hang()]);
    const second = await serve("second", ["no"]);
    const agent = defineAgent({ name: "a", model: first.model, fallbacks: [second.model] });
    const events = await collect(agent.run("hi", { signal: AbortSignal.timeout(100) }));
    expect(endOf(events).status).toBe("aborted");
    expect(second.server.requests).toHaveLength(0);
  });

  it("must have a price when there is a cost limit", async () => {
    const { model } = await serve("a", []);
    const { model: other } = await serve("b", []);
    const prices = { currency: "CNY", models: { a: { input: 1, output: 1 } } };
    expect(() => defineAgent({ name: "x", model, fallbacks: [other], prices, limits: { cost: 1 } })).toThrow(
      /price for model "b"/,
    );
  });
});

it("never asks models more often than the steps allow, whatever fails", async () => {
  const look = new DynamicStructuredTool({
    name: "look",
    description: "Looks",
    schema: z.object({}),
    metadata: { repeatable: true },
    func: async () => "nothing",
  });
  const replies: Reply[] = [
    reply.fault.rateLimit({ retryAfter: 0 }),
    reply.fault.cutMidStream(2),
    reply.fault.unauthorized(),
    reply.toolCalls([
      { name: "look", args: {} },
      { name: "look", args: {} },
    ]),
    reply.text("done"),
  ];
  const script = fc.array(fc.constantFrom(...replies), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(script, script, fc.integer({ min: 1, max: 4 }), async (one, two, steps) => {
      const first = await serve("first", (_, n) => one[n % one.length]!);
      const second = await serve("second", (_, n) => two[n % two.length]!);
      const agent = defineAgent({
        name: "a",
        model: first.model,
        fallbacks: [second.model],
        retries: 1,
        tools: [look],
        limits: { steps, toolCalls: 3, milliseconds: 3000 },
      });
      const end = endOf(await collect(agent.run("go")));
      const asked = first.server.requests.length + second.server.requests.length;
      expect(asked).toBe(end.usage.steps);
      expect(asked).toBeLessThanOrEqual(steps);
      expect(end.usage.toolCalls).toBeLessThanOrEqual(3);
      for (const server of servers.splice(0)) await server.close();
    }),
    { numRuns: 12 },
  );
});
