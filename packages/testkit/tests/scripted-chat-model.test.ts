import type { AIMessageChunk } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { expect, it } from "vitest";
import { reply, scriptedChatModel } from "../src/index.ts";

const add = tool(async ({ a, b }: { a: number; b: number }) => String(a + b), {
  name: "add",
  description: "Adds two numbers.",
  schema: {
    type: "object",
    properties: { a: { type: "number" }, b: { type: "number" } },
    required: ["a", "b"],
  },
});

async function collect(stream: AsyncIterable<AIMessageChunk>) {
  const chunks: AIMessageChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return { chunks, whole: chunks.reduce((all, chunk) => all.concat(chunk)) };
}

it("answers in order, records its calls, and says when the script is exhausted", async () => {
  const model = scriptedChatModel(["一", reply.text("二", { usage: { inputTokens: 3, outputTokens: 1 } })]);
  expect((await model.invoke("first")).text).toBe("一");
  expect((await model.invoke("second")).usage_metadata).toMatchObject({ input_tokens: 3, total_tokens: 4 });
  expect(model.calls[1]?.messages[0]?.text).toBe("second");
  await expect(model.invoke("third")).rejects.toMatchObject({
    code: "script-exhausted",
    message: expect.stringContaining("third"),
  });
});

it("calls bound tools, plain and streamed in pieces", async () => {
  const call = reply.toolCalls([
    { name: "add", args: { a: 1, b: 2 } },
    { name: "add", args: { a: 3, b: 4 } },
  ]);
  const model = scriptedChatModel([call, call]);
  const bound = model.bindTools([add]);
  const message = await bound.invoke("1+2?");
  expect(message.tool_calls?.map(({ args }) => args)).toEqual([
    { a: 1, b: 2 },
    { a: 3, b: 4 },
  ]);
  expect(model.calls[0]?.toolNames).toEqual(["add"]);
  const { whole, chunks } = await collect(await bound.stream("1+2?"));
  expect(chunks.length).toBeGreaterThan(4);
  expect(whole.tool_calls?.map(({ args }) => args)).toEqual([
    { a: 1, b: 2 },
    { a: 3, b: 4 },
  ]);
  expect(new Set(whole.tool_calls?.map(({ id }) => id)).size).toBe(2);
});

it("streams the given chunks, reasoning and one usage", async () => {
  const model = scriptedChatModel([reply.text("ab", { chunks: ["a", "b"], reasoning: "想" })]);
  const { chunks, whole } = await collect(await model.stream("x"));
  expect(chunks.map(({ text }) => text).filter(Boolean)).toEqual(["a", "b"]);
  expect(whole.additional_kwargs.reasoning_content).toBe("想");
  expect(whole.response_metadata.finish_reason).toBe("stop");
  expect(chunks.filter(({ usage_metadata }) => usage_metadata)).toHaveLength(1);
});

it("gives structured output through a tool call", async () => {
  const schema = { title: "verdict", type: "object", properties: { ok: { type: "boolean" } } };
  const model = scriptedChatModel([reply.toolCalls([{ name: "verdict", args: { ok: true } }])]);
  expect(await model.withStructuredOutput(schema, { name: "verdict" }).invoke("judge")).toEqual({ ok: true });
});

it("throws scripted errors with their status and breaks streams off after the given chunks", async () => {
  const model = scriptedChatModel([reply.fault.rateLimit(), reply.fault.cutMidStream(1)]);
  await expect(model.invoke("x")).rejects.toMatchObject({ code: "scripted-fault", status: 429 });
  const seen: string[] = [];
  await expect(async () => {
    for await (const chunk of await model.stream("x")) seen.push(chunk.text);
  }).rejects.toThrow(/broke off after 1/);
  expect(seen).toHaveLength(1);
});

it.each([
  ["hanging", reply.fault.hang()],
  ["slow", reply.fault.slow(60_000)],
  ["stalled", reply.fault.stallMidStream(1)],
])("stops a %s answer when its signal aborts", async (_, fault) => {
  const model = scriptedChatModel([fault]);
  const signal = AbortSignal.timeout(30);
  await expect(async () => {
    for await (const _ of await model.stream("x", { signal }));
  }).rejects.toThrow();
});

it("keeps malformed arguments as an invalid call", async () => {
  const message = await scriptedChatModel([reply.fault.truncatedToolCall("add")]).invoke("x");
  expect(message.tool_calls).toEqual([]);
  expect(message.invalid_tool_calls).toMatchObject([{ name: "add" }]);
  expect(message.response_metadata.finish_reason).toBe("length");
});
