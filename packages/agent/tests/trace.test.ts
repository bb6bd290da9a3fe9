import { DynamicStructuredTool } from "@langchain/core/tools";
import { ChatOpenAI } from "@langchain/openai";
import { reply, type ScriptedServer, scriptedChatModel, startScriptedServer } from "@zixue/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import {
  type AgentEvent,
  calculator,
  defineAgent,
  memoryStore,
  type StateStore,
  type TraceSpan,
} from "../src/index.ts";

const servers: ScriptedServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function chat(...args: Parameters<typeof startScriptedServer>): Promise<ChatOpenAI> {
  const server = await startScriptedServer(...args);
  servers.push(server);
  return new ChatOpenAI({
    model: "test-model",
    apiKey: "t",
    maxRetries: 0,
    configuration: { baseURL: server.url },
  });
}

/** Reads a run to its end, and gives its trace. */
async function traced(events: AsyncIterable<AgentEvent>, store: StateStore) {
  const all: AgentEvent[] = [];
  for await (const event of events) all.push(event);
  const done = all.at(-1);
  if (done?.type !== "done") throw new Error("A run ends with done.");
  return { events: all, done, spans: await store.traces.get(done.traceId) };
}

const named = (spans: readonly TraceSpan[], name: string) =>
  spans.filter((span) => span.name.startsWith(name));

function only(spans: readonly TraceSpan[], name: string): TraceSpan {
  const found = named(spans, name);
  if (found.length !== 1 || !found[0]) throw new Error(`One span "${name}", not ${found.length}.`);
  return found[0];
}

const sum = () => reply.toolCalls([{ name: "calculator", args: { expression: "37*41" } }]);

const tool = (name: string, func: (args: Record<string, string>) => Promise<string>) =>
  new DynamicStructuredTool({
    name,
    description: name,
    schema: z.record(z.string(), z.string()),
    func,
  });

describe("the trace of a run", () => {
  it("has the run, each model step and each tool call, by the conventions", async () => {
    const store = memoryStore();
    const model = await chat([sum(), "1517"]);
    const prices = { currency: "CNY", models: { "*": { input: 2, output: 8 } } };
    const agent = defineAgent({ name: "tutor", model, tools: [calculator()], store, prices });
    const { spans, done } = await traced(agent.run("37 × 41 = ?", { threadId: "t1" }), store);

    expect(spans.map(({ name }) => name)).toEqual([
      "invoke_agent tutor",
      "chat test-model",
      "execute_tool calculator",
      "chat test-model",
    ]);
    const [root, first, call, second] = spans as [TraceSpan, TraceSpan, TraceSpan, TraceSpan];
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([done.traceId]));
    expect(root.parentId).toBeNull();
    expect(spans.slice(1).every(({ parentId }) => parentId === root.spanId)).toBe(true);
    expect(spans.every(({ status }) => status === "ok")).toBe(true);
    expect(root.attributes).toMatchObject({
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.agent.name": "tutor",
      "gen_ai.conversation.id": "t1",
      "gen_ai.provider.name": "openai",
      "gen_ai.request.model": "test-model",
      "server.address": "127.0.0.1",
      "zixue.run.status": "completed",
      "zixue.run.steps": 2,
      "zixue.run.tool_calls": 1,
      "gen_ai.usage.input_tokens": done.usage.inputTokens,
      "gen_ai.usage.output_tokens": done.usage.outputTokens,
      "zixue.cost.amount": done.usage.cost?.amount,
      "zixue.cost.currency": "CNY",
    });
    expect(first.attributes).toMatchObject({
      "gen_ai.operation.name": "chat",
      "gen_ai.response.finish_reasons": "tool_calls",
    });
    expect(second.attributes["gen_ai.response.finish_reasons"]).toBe("stop");
    expect(second.attributes["gen_ai.response.time_to_first_chunk"]).toBeGreaterThan(0);
    expect(call.attributes).toMatchObject({
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "calculator",
      "gen_ai.tool.call.arguments": '{"expression":"37*41"}',
      "zixue.tool.result.length": 4,
    });
    expect(call.attributes["gen_ai.tool.call.id"]).toMatch(/./);
    const total = (name: string) =>
      [first, second].reduce((tokens, { attributes }) => tokens + Number(attributes[name]), 0);
    expect(total("gen_ai.usage.input_tokens")).toBe(done.usage.inputTokens);
    expect(total("gen_ai.usage.output_tokens")).toBe(done.usage.outputTokens);
    expect(total("zixue.cost.amount")).toBeCloseTo(done.usage.cost?.amount ?? 0, 12);
    for (const { startedAt, endedAt } of spans) {
      expect(startedAt).toBeGreaterThanOrEqual(root.startedAt);
      expect(endedAt).toBeGreaterThanOrEqual(startedAt);
      expect(endedAt).toBeLessThanOrEqual(root.endedAt);
    }
  });

  it("is there before `done`, and written once", async () => {
    const store = memoryStore();
    const added: number[] = [];
    const { add } = store.traces;
    store.traces.add = async (threadId, spans) => {
      added.push(spans.length);
      await add(threadId, spans);
    };
    const agent = defineAgent({ name: "a", model: scriptedChatModel(["好"]), store });
    for await (const event of agent.run("嗨", { threadId: "t" })) {
      if (event.type === "done") expect(await store.traces.get(event.traceId)).toHaveLength(2);
    }
    expect(added).toEqual([2]);
  });

  it("keeps no text and no credential, unless texts are asked for", async () => {
    const look = tool("look", async () => "the secret garden");
    const script = () => [
      reply.toolCalls([{ name: "look", args: { q: "x".repeat(900), api_key: "abcdefgh1234" } }]),
      "a quiet answer",
    ];
    const run = async (content: boolean) => {
      const store = memoryStore();
      const model = scriptedChatModel(script());
      const agent = defineAgent({ name: "a", model, tools: [look], store, trace: { content } });
      const { spans } = await traced(agent.run("a private question", { threadId: "t" }), store);
      return { spans, text: JSON.stringify(spans) };
    };
    const plain = await run(false);
    expect(plain.text).not.toMatch(/private question|quiet answer|secret garden|abcdefgh1234/);
    const args = String(only(plain.spans, "execute_tool").attributes["gen_ai.tool.call.arguments"]);
    expect(args.length).toBeLessThan(600);
    const full = await run(true);
    expect(full.text).toMatch(/private question/);
    expect(full.text).toMatch(/quiet answer/);
    expect(full.text).toMatch(/secret garden/);
    expect(full.text).not.toMatch(/abcdefgh1234/);
    const [first] = named(full.spans, "chat");
    expect(JSON.parse(String(first?.attributes["gen_ai.input.messages"]))).toEqual([
      { role: "user", parts: [{ type: "text", content: "a private question" }] },
    ]);
  });

  it("names what failed: a tool and a model", async () => {
    const store = memoryStore();
    const broken = tool("broken", async () => {
      throw new Error("disk full");
    });
    const model = await chat([
      reply.toolCalls([{ name: "broken", args: {} }]),
      reply.error(401, "no such key"),
    ]);
    const agent = defineAgent({ name: "a", model, tools: [broken], store });
    const { spans, done } = await traced(agent.run("go", { threadId: "t" }), store);
    expect(done.status).toBe("failed");
    const call = only(spans, "execute_tool");
    expect(call).toMatchObject({ status: "error", attributes: { "error.type": "tool_error" } });
    expect(call.attributes["error.message"]).toContain("disk full");
    expect(named(spans, "chat").at(-1)).toMatchObject({
      status: "error",
      attributes: { "error.type": "401" },
    });
    expect(only(spans, "invoke_agent")).toMatchObject({
      status: "error",
      attributes: { "zixue.run.status": "failed" },
    });
  });

  it("shows a request that failed and the model that was asked instead", async () => {
    const store = memoryStore();
    const model = await chat([reply.error(401, "no such key")]);
    const agent = defineAgent({ name: "a", model, fallbacks: [scriptedChatModel(["好"])], store });
    const { spans, done } = await traced(agent.run("嗨", { threadId: "t" }), store);
    expect(done.status).toBe("completed");
    const [first, second] = named(spans, "chat");
    expect(first).toMatchObject({ name: "chat test-model", status: "error" });
    expect(first?.attributes).toMatchObject({ "error.type": "401" });
    expect(second).toMatchObject({ status: "ok", attributes: { "zixue.attempt": 2 } });
    expect(second?.attributes["gen_ai.request.model"]).not.toBe("test-model");
  });

  it("says which limit ended a run", async () => {
    const store = memoryStore();
    const model = scriptedChatModel(() => sum());
    const agent = defineAgent({ name: "a", model, tools: [calculator()], store, limits: { steps: 1 } });
    const { spans } = await traced(agent.run("1", { threadId: "t" }), store);
    expect(only(spans, "invoke_agent")).toMatchObject({
      status: "ok",
      attributes: { "zixue.run.status": "limited", "zixue.run.limit": "steps" },
    });
  });

  it.each(["signal", "reader"])("is kept when a run is cut short by its %s", async (how) => {
    const store = memoryStore();
    const model = await chat([
      reply.text("一二三四五六七八九十".repeat(40), { chunks: 100, chunkDelayMs: 5 }),
    ]);
    const agent = defineAgent({ name: "a", model, store });
    const stop = new AbortController();
    for await (const event of agent.run("数", { threadId: "t", signal: stop.signal })) {
      if (event.type !== "text") continue;
      if (how === "reader") break;
      stop.abort();
    }
    const [listed] = await store.traces.list({ threadId: "t" });
    const spans = await store.traces.get(listed?.traceId ?? "");
    expect(only(spans, "invoke_agent").attributes).toMatchObject({
      "zixue.run.status": "aborted",
      "zixue.usage.estimated": true,
    });
    const step = only(spans, "chat");
    expect(step).toMatchObject({ status: "error", attributes: { "error.type": "cancelled" } });
    expect(step.attributes["gen_ai.usage.output_tokens"]).toBeGreaterThan(0);
  });

  it("counts tokens itself, and says so, where the provider reports none", async () => {
    const store = memoryStore();
    const model = await chat(["好的"], { dialect: "no-usage" });
    const agent = defineAgent({ name: "a", model, store });
    const { spans, done } = await traced(agent.run("嗨", { threadId: "t" }), store);
    expect(only(spans, "chat").attributes).toMatchObject({
      "zixue.usage.estimated": true,
      "gen_ai.usage.input_tokens": done.usage.inputTokens,
    });
  });

  it("shows a pause, and the run that goes on names the one before and what was decided", async () => {
    const store = memoryStore();
    const calls = ["yes", "no", "changed"].map((id) => ({ id, name: "send", args: { to: id } }));
    const model = scriptedChatModel([reply.toolCalls(calls), "done"]);
    const send = tool("send", async () => "sent");
    const agent = defineAgent({ name: "a", model, tools: [send], approvals: ["send"], store });
    const before = await traced(agent.run("send", { threadId: "t" }), store);
    expect(before.done.status).toBe("waiting");
    expect(named(before.spans, "execute_tool").map(({ attributes }) => attributes["zixue.approval"])).toEqual(
      ["waiting", "waiting", "waiting"],
    );
    const after = await traced(
      agent.resume("t", {
        yes: { type: "approve" },
        no: { type: "reject", reason: "wrong" },
        changed: { type: "edit", args: { to: "li" } },
      }),
      store,
    );
    expect(after.done.traceId).not.toBe(before.done.traceId);
    const root = only(after.spans, "invoke_agent");
    expect(root.attributes["zixue.resumed_from"]).toBe(before.done.traceId);
    expect(root.attributes["zixue.resumed_after_ms"]).toBeGreaterThanOrEqual(0);
    const byCall = Object.fromEntries(
      named(after.spans, "execute_tool").map((span) => [span.attributes["gen_ai.tool.call.id"], span]),
    );
    expect(byCall.yes).toMatchObject({ status: "ok", attributes: { "zixue.approval": "approve" } });
    expect(byCall.no).toMatchObject({ status: "error", attributes: { "error.type": "rejected" } });
    expect(byCall.changed?.attributes).toMatchObject({
      "zixue.approval": "edit",
      "gen_ai.tool.call.arguments": '{"to":"li"}',
    });
  });

  it("holds the agents inside its tools, below the tool's span", async () => {
    const store = memoryStore();
    const inner = defineAgent({
      name: "inner",
      model: scriptedChatModel([sum(), "1517"]),
      tools: [calculator()],
    });
    const ask = tool("ask", async () => {
      let text = "";
      for await (const event of inner.run("37*41")) if (event.type === "done") text = event.text;
      return text;
    });
    const model = scriptedChatModel([reply.toolCalls([{ name: "ask", args: {} }]), "1517"]);
    const outer = defineAgent({ name: "outer", model, tools: [ask], store });
    const { spans, done } = await traced(outer.run("?", { threadId: "t" }), store);
    const asked = only(spans, "execute_tool ask");
    const innerRoot = only(spans, "invoke_agent inner");
    expect(innerRoot.parentId).toBe(asked.spanId);
    expect(only(spans, "execute_tool calculator").parentId).toBe(innerRoot.spanId);
    expect(named(spans, "chat").filter(({ parentId }) => parentId === innerRoot.spanId)).toHaveLength(2);
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([done.traceId]));
    expect(await store.traces.list()).toHaveLength(1);
  });

  it("of a run without a thread stays with the agent, out of the store", async () => {
    const store = memoryStore();
    const agent = defineAgent({ name: "a", model: scriptedChatModel(["好"]), store });
    const { done } = await traced(agent.run("嗨"), store);
    expect(await store.traces.list()).toEqual([]);
    expect((await agent.trace(done.traceId)).map(({ name }) => name)).toHaveLength(2);
    expect(await agent.trace("0".repeat(32))).toEqual([]);
  });

  it("of another user's thread is as if it were not there", async () => {
    const agent = defineAgent({ name: "a", model: scriptedChatModel(["好"]) });
    let traceId = "";
    for await (const event of agent.run("嗨", { threadId: "t", userId: "li" }))
      if (event.type === "done") traceId = event.traceId;
    expect(await agent.trace(traceId, { userId: "li" })).toHaveLength(2);
    expect(await agent.trace(traceId, { userId: "wang" })).toEqual([]);
  });

  it("that cannot be written does not fail the run", async () => {
    const store = memoryStore();
    store.traces.add = async () => {
      throw new Error("no space left");
    };
    const warned: Error[] = [];
    const listen = (warning: Error) => warned.push(warning);
    process.on("warning", listen);
    const agent = defineAgent({ name: "a", model: scriptedChatModel(["好"]), store });
    const { done } = await traced(agent.run("嗨", { threadId: "t" }), store);
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", listen);
    expect(done).toMatchObject({ status: "completed", text: "好" });
    expect(warned.map(({ message }) => message).join()).toContain("no space left");
  });
});
