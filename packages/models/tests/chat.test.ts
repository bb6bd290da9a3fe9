import { AIMessage, type AIMessageChunk, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import {
  type Reply,
  reply,
  type ScriptedServer,
  type ScriptedServerOptions,
  startScriptedServer,
} from "@zixue/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { isUsageEstimated, type ModelConfig, ModelsError, reasoningOf, resolveModels } from "../src/index.ts";

const KEY = "sk-very-secret-key-123456";
let server: ScriptedServer;
afterEach(() => server.close());

async function chatWith(
  script: readonly (Reply | string)[],
  options: ScriptedServerOptions & ModelConfig = {},
) {
  const { dialect, apiKey, models, ...config } = options;
  server = await startScriptedServer(script, {
    ...(dialect && { dialect }),
    ...(apiKey && { apiKey }),
    ...(models && { models }),
  });
  const base = { provider: "custom", baseUrl: server.url, apiKey: KEY, chatModel: "m", maxRetries: 0 };
  const { chat } = await resolveModels({ ...base, ...config }, {});
  return chat!;
}

async function collect(stream: AsyncIterable<AIMessageChunk>) {
  const chunks: AIMessageChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return { chunks, whole: chunks.reduce((all, chunk) => all.concat(chunk)) };
}

async function failure(promise: Promise<unknown>): Promise<ModelsError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ModelsError);
  return error as ModelsError;
}

const search = tool(async () => "found", {
  name: "search",
  description: "Searches.",
  schema: z.object({ query: z.string() }),
});
const other = tool(async () => "x", { name: "other", description: "Other.", schema: z.object({}) });

const DIALECTS = [
  "openai",
  "deepseek",
  "llama-cpp",
  "no-usage",
  "always-usage",
  "usage-every-chunk",
  "no-tool-call-ids",
  "ollama",
  "openrouter",
] as const;

describe.each(DIALECTS)("in the %s dialect", (dialect) => {
  const usage = { inputTokens: 21, outputTokens: 8 };
  const hasUsage = dialect !== "no-usage";

  function expectUsage(message: AIMessage | AIMessageChunk) {
    if (hasUsage) {
      expect(message.usage_metadata).toMatchObject({ input_tokens: 21, output_tokens: 8, total_tokens: 29 });
    } else {
      const counted = message.usage_metadata as unknown as Record<string, number>;
      expect(counted.input_tokens).toBeGreaterThan(0);
      expect(counted.output_tokens).toBeGreaterThan(0);
    }
    expect(isUsageEstimated(message)).toBe(!hasUsage);
  }

  it("gives text, reasoning and usage alike, plain and streamed", async () => {
    const answer = reply.text("注意力给每个词一个权重。", { reasoning: "先想定义。", usage });
    const chat = await chatWith([answer, answer], { dialect });
    const plain = await chat.invoke("什么是注意力?");
    expect(plain.text).toBe("注意力给每个词一个权重。");
    expect(reasoningOf(plain)).toBe("先想定义。");
    expectUsage(plain as AIMessage);
    const { chunks, whole } = await collect(await chat.stream("什么是注意力?"));
    expect(whole.text).toBe("注意力给每个词一个权重。");
    expect(reasoningOf(whole)).toBe("先想定义。");
    expect(chunks.filter((chunk) => chunk.usage_metadata)).toHaveLength(1);
    expectUsage(whole);
    expect(whole.response_metadata.finish_reason).toBe("stop");
  });

  it("gives tool calls with ids and whole arguments, plain and streamed, and accepts their results", async () => {
    const calls = reply.toolCalls([
      { name: "search", args: { query: "注意力机制" } },
      { name: "other", args: {} },
    ]);
    const chat = await chatWith([calls, calls, "好"], { dialect });
    const bound = chat.bindTools!([search, other]);
    const plain = (await bound.invoke("找")) as AIMessage;
    const { whole } = await collect((await bound.stream("找")) as AsyncIterable<AIMessageChunk>);
    for (const message of [plain, whole]) {
      expect(message.tool_calls).toMatchObject([
        { name: "search", args: { query: "注意力机制" } },
        { name: "other", args: {} },
      ]);
      expect(new Set(message.tool_calls!.map(({ id }) => id)).size).toBe(2);
      expect(message.tool_calls!.every(({ id }) => id)).toBe(true);
    }
    const results = whole.tool_calls!.map(
      (call) => new ToolMessage({ content: "r", tool_call_id: call.id! }),
    );
    expect((await bound.invoke([new HumanMessage("找"), whole, ...results])).text).toBe("好");
  });

  it("refuses a tool call cut off by the token limit, plain and streamed", async () => {
    const cut = reply.toolCalls([{ name: "search", args: "{}" }], { finishReason: "length" });
    const chat = await chatWith([cut, cut, reply.fault.truncatedToolCall()], { dialect });
    const bound = chat.bindTools!([search]);
    expect((await failure(bound.invoke("x"))).code).toBe("truncated-tool-call");
    for (let i = 0; i < 2; i++) {
      const error = await failure(
        bound.stream("x").then((stream) => collect(stream as AsyncIterable<AIMessageChunk>)),
      );
      expect(error.code).toBe("truncated-tool-call");
    }
  });
});

describe("requests", () => {
  it("ask for streamed usage and carry temperature, limit and key", async () => {
    const chat = await chatWith(["x"], { temperature: 0.2, maxTokens: 50 });
    await collect(await chat.stream("hi"));
    expect(server.requests[0]?.body).toMatchObject({
      model: "m",
      stream_options: { include_usage: true },
      temperature: 0.2,
      max_tokens: 50,
    });
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
  });

  it("put the reasoning of tool calls back into the history, plain and streamed", async () => {
    const chat = await chatWith(["x", "x"]);
    const call = { name: "search", args: {}, id: "call_1" };
    const history = [
      new HumanMessage("q"),
      new AIMessage({
        content: "",
        tool_calls: [call],
        additional_kwargs: { reasoning_content: "要查一下" },
      }),
      new ToolMessage({ content: "r", tool_call_id: "call_1" }),
    ];
    await chat.invoke(history);
    await collect(await chat.stream(history));
    for (const request of server.requests)
      expect(request.body.messages[1].reasoning_content).toBe("要查一下");
  });

  it("force a tool in the way the provider understands", async () => {
    const chat = await chatWith(["x"]);
    await chat.bindTools!([search, other], { tool_choice: "search" }).invoke("q");
    expect(server.requests[0]?.body.tool_choice).toBe("required");
    expect(
      server.requests[0]?.body.tools.map((t: { function: { name: string } }) => t.function.name),
    ).toEqual(["search"]);
    const named = await resolveModels(
      { provider: "openai", baseUrl: server.url, apiKey: KEY, maxRetries: 0 },
      {},
    );
    await named.chat!.bindTools!([search, other], { tool_choice: "search" })
      .invoke("q")
      .catch(() => {});
    expect(server.requests[1]?.body.tool_choice).toEqual({ type: "function", function: { name: "search" } });
    expect(server.requests[1]?.body.tools).toHaveLength(2);
  });

  it("get structured output through a tool call where there is no JSON schema, through the schema where there is", async () => {
    const schema = z.object({ ok: z.boolean() });
    const chat = await chatWith([
      reply.toolCalls([{ name: "verdict", args: { ok: true } }]),
      reply.json({ ok: false }),
    ]);
    expect(await chat.withStructuredOutput(schema, { name: "verdict" }).invoke("q")).toEqual({ ok: true });
    expect(server.requests[0]?.body.tools[0].function.name).toBe("verdict");
    const openai = await resolveModels({ provider: "openai", baseUrl: server.url, apiKey: KEY }, {});
    expect(await openai.chat!.withStructuredOutput(schema, { name: "verdict" }).invoke("q")).toEqual({
      ok: false,
    });
    expect(server.requests[1]?.body.response_format.type).toBe("json_schema");
  });

  it("stream through LangChain's event protocol with the same guards", async () => {
    const chat = await chatWith([reply.text("你好", { reasoning: "想" })], { dialect: "ollama" });
    const types = new Set<string>();
    for await (const event of chat.streamEvents("q", { version: "v2" })) types.add(event.event);
    expect(types).toContain("on_chat_model_stream");
  });
});

describe("failures", () => {
  it.each([
    ["unauthorized", reply.fault.unauthorized(), /ZIXUE_API_KEY/],
    ["quota-exceeded", reply.fault.quotaExceeded(), /quota|money/],
    ["rate-limited", reply.fault.rateLimit({ retryAfter: 7 }), /7 s/],
    ["context-too-long", reply.fault.contextTooLong(), /shorter/],
    ["model-not-found", reply.fault.modelNotFound("m"), /ZIXUE_CHAT_MODEL/],
    ["provider-failed", reply.fault.serverError(503), /503/],
    ["bad-request", reply.error(400, "temperature is out of range"), /temperature is out of range/],
    ["bad-response", reply.fault.badJson(), /no JSON/],
    ["bad-response", reply.fault.noChoices(), /choice/],
    ["interrupted", reply.fault.cutMidStream(0), /broke off|in the middle/],
  ])("%s says what to do", async (code, fault, message) => {
    const chat = await chatWith([fault]);
    const error = await failure(chat.invoke("q"));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/custom|OpenAI-compatible/);
    expect(error.details).toMatchObject({ provider: "custom", model: "m" });
  });

  it("a prompt too long for llama.cpp is recognised by its own error type", async () => {
    const chat = await chatWith([reply.fault.contextTooLong()], { dialect: "llama-cpp" });
    expect((await failure(chat.invoke("q"))).code).toBe("context-too-long");
  });

  it("never show the key, even when the provider echoes it", async () => {
    const chat = await chatWith([reply.error(401, `Incorrect API key provided: ${KEY}`)]);
    const error = await failure(chat.invoke("q"));
    const { inspect } = await import("node:util");
    expect(inspect(error, { depth: 10 })).not.toContain(KEY);
    expect(error.stack).not.toContain(KEY);
  });

  it("an unreachable server is named with its address", async () => {
    const chat = await chatWith([]);
    await server.close();
    const error = await failure(chat.invoke("q"));
    expect(error.code).toBe("unreachable");
    expect(error.message).toContain(server.url);
  });
});

describe("broken streams", () => {
  it.each([
    ["cut", "interrupted", reply.fault.cutMidStream(2, { text: "abcdefghijklmnopqrstuvwxyz" })],
    [
      "ended without a finish reason",
      "interrupted",
      reply.fault.cutMidStream(2, { text: "abcdefghijklmnopqrstuvwxyz", clean: true }),
    ],
    ["silent", "timeout", reply.fault.stallMidStream(2, { text: "abcdefghijklmnopqrstuvwxyz" })],
  ])("%s: the text so far is delivered, then comes a clear error", async (_, code, fault) => {
    const chat = await chatWith([fault], { timeoutMs: 150 });
    let text = "";
    const error = await failure(
      (async () => {
        for await (const chunk of await chat.stream("q")) text += chunk.text;
      })(),
    );
    expect(text).toBe("abcdefghijkl");
    expect(error.code).toBe(code);
  });

  it("an error event and a broken line are errors, not the end of the answer", async () => {
    const chat = await chatWith([reply.fault.errorMidStream(1, "CUDA out of memory"), reply.fault.badJson()]);
    const event = await failure(chat.stream("q").then(collect));
    expect(event).toMatchObject({
      code: "provider-failed",
      message: expect.stringContaining("CUDA out of memory"),
    });
    expect((await failure(chat.stream("q").then(collect))).code).toBe("bad-response");
  });
});

describe("retries", () => {
  it("wait as long as Retry-After says and then succeed", async () => {
    const chat = await chatWith([reply.fault.rateLimit({ retryAfter: 1 }), "ok"], { maxRetries: 2 });
    expect((await chat.invoke("q")).text).toBe("ok");
    const [first, second] = server.requests;
    expect(second!.startedAt - first!.endedAt!).toBeGreaterThanOrEqual(990);
  });

  it("get over a 500, plain and streamed", async () => {
    const chat = await chatWith([reply.fault.serverError(), "a", reply.fault.serverError(502), "b"], {
      maxRetries: 1,
    });
    expect((await chat.invoke("q")).text).toBe("a");
    expect((await collect(await chat.stream("q"))).whole.text).toBe("b");
  });

  it("do not repeat what cannot pass, nor wait for minutes", async () => {
    const hopeless = [
      reply.fault.unauthorized(),
      reply.fault.quotaExceeded(),
      reply.fault.rateLimit({ retryAfter: 600 }),
    ];
    const chat = await chatWith(hopeless, { maxRetries: 3 });
    for (const _ of hopeless) await failure(chat.invoke("q"));
    expect(server.requests).toHaveLength(3);
  });

  it("give up on a slow server with a timeout", async () => {
    const chat = await chatWith([reply.fault.slow(5000), reply.fault.slow(5000)], {
      timeoutMs: 60,
      maxRetries: 1,
    });
    const error = await failure(chat.invoke("q"));
    expect(error).toMatchObject({ code: "timeout", message: expect.stringContaining("ZIXUE_TIMEOUT_MS") });
    expect(server.requests).toHaveLength(2);
    expect(await server.requests[0]?.ended).toBe("aborted");
  });
});

describe("an abort", () => {
  it.each([
    ["a hanging request", reply.fault.hang(), false],
    ["a stream", reply.text("x".repeat(900), { chunkDelayMs: 20 }), true],
    ["a stalled stream", reply.fault.stallMidStream(1), true],
  ])("of %s reaches the provider", async (_, fault, streamed) => {
    const chat = await chatWith([fault]);
    const controller = new AbortController();
    const { signal } = controller;
    const call = streamed ? chat.stream("q", { signal }).then(collect) : chat.invoke("q", { signal });
    const settled = call.then(
      () => "answered",
      () => "rejected",
    );
    const request = await server.waitForRequest();
    await new Promise((resolve) => setTimeout(resolve, 40));
    controller.abort();
    expect(await settled).toBe("rejected");
    expect(await request.ended).toBe("aborted");
  });

  it("ends the wait before a retry", async () => {
    const chat = await chatWith([reply.fault.rateLimit({ retryAfter: 30 })], { maxRetries: 2 });
    const began = Date.now();
    await expect(chat.invoke("q", { signal: AbortSignal.timeout(80) })).rejects.toThrow();
    expect(Date.now() - began).toBeLessThan(2000);
    expect(server.requests).toHaveLength(1);
  });

  it("happens by itself when the reader leaves the stream", async () => {
    const chat = await chatWith([reply.text("x".repeat(900), { chunkDelayMs: 20 })]);
    for await (const _ of await chat.stream("q")) break;
    expect(await server.requests[0]?.ended).toBe("aborted");
  });
});
