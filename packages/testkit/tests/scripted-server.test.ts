import OpenAI from "openai";
import { afterEach, describe, expect, it } from "vitest";
import { reply, type ScriptedServer, startScriptedServer } from "../src/index.ts";

const servers: ScriptedServer[] = [];
const start: typeof startScriptedServer = async (...args) => {
  const server = await startScriptedServer(...args);
  servers.push(server);
  return server;
};
const clientOf = (server: ScriptedServer, apiKey = "test-key") =>
  new OpenAI({ baseURL: server.url, apiKey, maxRetries: 0 });
const ask = (content = "hi") => ({ model: "m", messages: [{ role: "user" as const, content }] });

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

describe("chat completions", () => {
  it("answers the replies of a list in order and records what was sent", async () => {
    const server = await start(["一", reply.text("二", { usage: { inputTokens: 7, outputTokens: 3 } })]);
    const client = clientOf(server);
    expect((await client.chat.completions.create(ask())).choices[0]?.message.content).toBe("一");
    const second = await client.chat.completions.create(ask("再来"));
    expect(second.choices[0]?.message.content).toBe("二");
    expect(second.usage).toEqual({ prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 });
    expect(server.requests).toHaveLength(2);
    expect(server.requests[1]).toMatchObject({
      number: 1,
      method: "POST",
      path: "/v1/chat/completions",
      body: { messages: [{ role: "user", content: "再来" }] },
      status: 200,
      aborted: false,
    });
    expect(server.requests[1]?.headers.authorization).toBe("Bearer test-key");
  });

  it("answers from the request when the script is a function", async () => {
    const server = await start((request, n) => `${n}: ${request.body.messages.at(-1).content}`);
    const client = clientOf(server);
    await client.chat.completions.create(ask("a"));
    expect((await client.chat.completions.create(ask("b"))).choices[0]?.message.content).toBe("1: b");
  });

  it("answers 500 and names the request when the script is exhausted", async () => {
    const server = await start(["only one"]);
    const client = clientOf(server);
    await client.chat.completions.create(ask());
    await expect(client.chat.completions.create(ask("the second"))).rejects.toMatchObject({
      status: 500,
      message: expect.stringMatching(/1 reply.*number 2.*the second/),
    });
  });

  it("says why when the script function throws", async () => {
    const server = await start(() => {
      throw new Error("no such case");
    });
    await expect(clientOf(server).chat.completions.create(ask())).rejects.toMatchObject({
      status: 500,
      message: expect.stringContaining("no such case"),
    });
  });

  it("streams text in the given chunks and never inside a surrogate pair", async () => {
    const server = await start([reply.text("ab", { chunks: ["a", "b"] }), reply.text("👍🏽你好世界和平👍")]);
    const client = clientOf(server);
    const read = async () => {
      const deltas: string[] = [];
      for await (const chunk of await client.chat.completions.create({ ...ask(), stream: true })) {
        const content = chunk.choices[0]?.delta.content;
        if (content) deltas.push(content);
      }
      return deltas;
    };
    expect(await read()).toEqual(["a", "b"]);
    const pieces = await read();
    expect(pieces.join("")).toBe("👍🏽你好世界和平👍");
    for (const piece of pieces) expect(() => encodeURIComponent(piece)).not.toThrow();
  });

  it("sends usage in a last chunk with empty choices only when asked", async () => {
    const server = await start(["x", "x"]);
    const read = async (include: boolean) => {
      const chunks = [];
      const stream_options = include ? { stream_options: { include_usage: true } } : {};
      const stream = await clientOf(server).chat.completions.create({
        ...ask(),
        stream: true,
        ...stream_options,
      });
      for await (const chunk of stream) chunks.push(chunk);
      return chunks;
    };
    expect((await read(false)).every((chunk) => !chunk.usage)).toBe(true);
    const withUsage = await read(true);
    expect(withUsage.filter((chunk) => chunk.usage)).toHaveLength(1);
    expect(withUsage.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: expect.any(Number) } });
  });

  it("splits streamed tool calls over chunks, several calls kept apart by index", async () => {
    const server = await start([
      reply.toolCalls([
        { name: "search", args: { query: "注意力机制" } },
        { name: "add", args: { a: 1 }, id: "mine" },
      ]),
    ]);
    const stream = clientOf(server).chat.completions.stream({
      ...ask(),
      tools: [{ type: "function", function: { name: "search" } }],
    });
    let chunks = 0;
    stream.on("chunk", () => chunks++);
    const message = (await stream.finalChatCompletion()).choices[0];
    expect(message?.finish_reason).toBe("tool_calls");
    expect(message?.message.tool_calls?.map((call) => "function" in call && call.function.arguments)).toEqual(
      ['{"query":"注意力机制"}', '{"a":1}'],
    );
    expect(message?.message.tool_calls?.[1]?.id).toBe("mine");
    expect(chunks).toBeGreaterThan(6);
  });
});

describe("wrong requests", () => {
  it.each([
    ["no model", { messages: [{ role: "user", content: "x" }] }, /model/],
    ["no messages", { model: "m", messages: [] }, /messages/],
    ["an unknown role", { model: "m", messages: [{ role: "robot", content: "x" }] }, /robot/],
    [
      "a tool result nobody asked for",
      { model: "m", messages: [{ role: "tool", content: "x", tool_call_id: "a" }] },
      /tool/,
    ],
    [
      "an unanswered tool call",
      {
        model: "m",
        messages: [
          {
            role: "assistant",
            tool_calls: [{ id: "c1", type: "function", function: { name: "f", arguments: "{}" } }],
          },
          { role: "user", content: "x" },
        ],
      },
      /c1/,
    ],
    ["an empty tool list", { model: "m", messages: [{ role: "user", content: "x" }], tools: [] }, /tools/],
  ])("are refused with 400: %s", async (_, body, message) => {
    const server = await start(["never sent"]);
    const response = await fetch(`${server.url}/chat/completions`, {
      method: "POST",
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { message: expect.stringMatching(message), type: "invalid_request_error" },
    });
  });

  it("are answered with OpenAI's errors: bad JSON, bad path, bad method, bad key, bad model", async () => {
    const server = await start(["x"], { apiKey: "right", models: ["known"] });
    const post = (path: string, body: string) =>
      fetch(server.url + path, { method: "POST", body, headers: { authorization: "Bearer right" } });
    expect((await post("/chat/completions", "{")).status).toBe(400);
    expect((await post("/nothing", "{}")).status).toBe(404);
    expect((await fetch(`${server.url}/chat/completions`)).status).toBe(405);
    await expect(clientOf(server, "wrong").models.list()).rejects.toMatchObject({
      status: 401,
      code: "invalid_api_key",
    });
    await expect(clientOf(server, "right").chat.completions.create(ask())).rejects.toMatchObject({
      status: 404,
      code: "model_not_found",
    });
    expect((await clientOf(server, "right").models.list()).data.map(({ id }) => id)).toEqual(["known"]);
    expect((await post("/embeddings", '{"model":"known","input":""}')).status).toBe(400);
    expect((await post("/rerank", '{"model":"known","query":"x","documents":[]}')).status).toBe(400);
  });
});

describe("dialects", () => {
  it("llama-cpp: null first delta, bare ids, numeric codes, 500 for bad JSON, any model, dimensions ignored", async () => {
    const server = await start([reply.toolCalls([{ name: "f", args: {} }]), reply.fault.contextTooLong()], {
      dialect: "llama-cpp",
      models: ["one.gguf"],
    });
    const client = clientOf(server);
    const chunks = [];
    for await (const chunk of await client.chat.completions.create({ ...ask(), stream: true }))
      chunks.push(chunk);
    expect(chunks[0]?.choices[0]?.delta.content).toBeNull();
    expect(chunks[1]?.choices[0]?.delta.tool_calls?.[0]?.id).not.toMatch(/^call_/);
    await expect(client.chat.completions.create(ask())).rejects.toMatchObject({
      status: 400,
      error: { code: 400, type: "exceed_context_size_error" },
    });
    const bad = await fetch(`${server.url}/chat/completions`, { method: "POST", body: "{" });
    expect([bad.status, ((await bad.json()) as { error: { code: number } }).error.code]).toEqual([500, 500]);
    const { data } = await client.embeddings.create({
      model: "any",
      input: "x",
      dimensions: 8,
      encoding_format: "float",
    });
    expect(data[0]?.embedding).toHaveLength(64);
  });

  it("deepseek: reasoning_content before content, usage with the finish reason", async () => {
    const server = await start([reply.text("答", { reasoning: "想一想" })], { dialect: "deepseek" });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of await clientOf(server).chat.completions.create({ ...ask(), stream: true })) {
      chunks.push(chunk);
    }
    expect(chunks[1]?.choices[0]?.delta).toEqual({ reasoning_content: "想一想" });
    expect(chunks.at(-1)).toMatchObject({
      choices: [{ finish_reason: "stop" }],
      usage: { total_tokens: expect.any(Number) },
    });
  });

  it("an unknown name is refused with the known ones", async () => {
    await expect(start([], { dialect: "gpt" as never })).rejects.toThrow(/deepseek.*llama-cpp/);
  });
});

describe("faults", () => {
  it("rate limit carries Retry-After, and the next reply follows", async () => {
    const server = await start([reply.fault.rateLimit({ retryAfter: 0 }), "ok"]);
    const client = new OpenAI({ baseURL: server.url, apiKey: "k", maxRetries: 1 });
    expect((await client.chat.completions.create(ask())).choices[0]?.message.content).toBe("ok");
    expect(server.requests.map(({ status }) => status)).toEqual([429, 200]);
  });

  it("cut mid-stream delivers exactly so many chunks and then breaks; the cut is not an abort of the client", async () => {
    const server = await start([reply.fault.cutMidStream(2, { text: "abcdefghijklmnopqrstuvwxyz" })]);
    let text = "";
    await expect(async () => {
      for await (const chunk of await clientOf(server).chat.completions.create({ ...ask(), stream: true })) {
        text += chunk.choices[0]?.delta.content ?? "";
      }
    }).rejects.toThrow();
    expect(text).toBe("abcdefghijkl");
    expect(await server.requests[0]?.ended).toBe("broken");
    expect(server.requests[0]?.aborted).toBe(false);
  });

  it("bad JSON, errors mid-stream and slow answers reach the client", async () => {
    const server = await start([
      reply.fault.badJson(),
      reply.fault.errorMidStream(1, "out of memory"),
      reply.fault.slow(60, reply.text("late")),
    ]);
    const client = clientOf(server);
    await expect(client.chat.completions.create(ask())).rejects.toThrow();
    await expect(async () => {
      for await (const _ of await client.chat.completions.create({ ...ask(), stream: true }));
    }).rejects.toThrow(/out of memory/);
    const began = Date.now();
    expect((await client.chat.completions.create(ask())).choices[0]?.message.content).toBe("late");
    expect(Date.now() - began).toBeGreaterThanOrEqual(55);
  });

  it.each([
    ["hanging", reply.fault.hang()],
    ["slow", reply.fault.slow(60_000)],
    ["stalled", reply.fault.stallMidStream(1)],
    ["streaming", reply.text("x".repeat(600), { chunkDelayMs: 50 })],
  ])("a client that leaves a %s answer is seen at once", async (_, fault) => {
    const server = await start([fault]);
    const controller = new AbortController();
    const call = (async () => {
      const options = { signal: controller.signal };
      for await (const _ of await clientOf(server).chat.completions.create(
        { ...ask(), stream: true },
        options,
      ));
    })().catch(() => {});
    const request = await server.waitForRequest();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(request.aborted).toBe(false);
    const left = Date.now();
    controller.abort();
    expect(await request.ended).toBe("aborted");
    expect(request.aborted).toBe(true);
    expect(Date.now() - left).toBeLessThan(1000);
    await call;
  });
});

describe("embeddings", () => {
  it("are deterministic unit vectors in which similar texts are similar, in float and base64 alike", async () => {
    const server = await start();
    const client = clientOf(server);
    const input = ["注意力机制是什么", "什么是注意力机制", "explain gradient descent"];
    const float = await client.embeddings.create({
      model: "e",
      input,
      encoding_format: "float",
      dimensions: 256,
    });
    const base64 = await client.embeddings.create({ model: "e", input, dimensions: 256 });
    expect(server.requests[1]?.body.encoding_format).toBe("base64");
    const dot = (a: number, b: number) =>
      float.data[a]!.embedding.reduce((sum, value, i) => sum + value * float.data[b]!.embedding[i]!, 0);
    expect(dot(0, 0)).toBeCloseTo(1);
    expect(dot(0, 1)).toBeGreaterThan(0.7);
    expect(dot(0, 2)).toBeLessThan(0.3);
    float.data[0]!.embedding.forEach((value, i) => {
      expect(base64.data[0]!.embedding[i]).toBeCloseTo(value, 6);
    });
  });

  it("refuse a batch above the limit and follow their own script", async () => {
    const server = await start(
      {
        embeddings: [
          reply.fault.zeroVectors(),
          reply.fault.wrongLengthVectors(3),
          reply.fault.missingVectors(),
          reply.vectors([[1, 2]]),
        ],
      },
      { embeddingBatchLimit: 2 },
    );
    const embed = (input: string[]) =>
      clientOf(server).embeddings.create({ model: "e", input, encoding_format: "float" });
    await expect(embed(["a", "b", "c"])).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining("at most 2"),
    });
    expect((await embed(["a"])).data[0]?.embedding.every((value) => value === 0)).toBe(true);
    expect((await embed(["a"])).data[0]?.embedding).toHaveLength(3);
    expect((await embed(["a", "b"])).data).toHaveLength(1);
    expect((await embed(["a"])).data[0]?.embedding).toEqual([1, 2]);
    await expect(embed(["a"])).rejects.toMatchObject({ status: 500 });
  });
});

describe("rerank", () => {
  it("orders documents by similarity or by the scripted scores, and honours top_n", async () => {
    const server = await start({ rerank: [reply.scores(), reply.scores([0.1, 0.9, 0.5])] });
    const rerank = async () => {
      const body = {
        model: "r",
        query: "什么是注意力",
        documents: ["天气很好", "注意力是什么", "x"],
        top_n: 2,
      };
      const response = await fetch(`${server.url}/rerank`, { method: "POST", body: JSON.stringify(body) });
      return ((await response.json()) as { results: { index: number; relevance_score: number }[] }).results;
    };
    expect((await rerank())[0]?.index).toBe(1);
    expect(await rerank()).toEqual([
      { index: 1, relevance_score: 0.9 },
      { index: 2, relevance_score: 0.5 },
    ]);
  });

  it("speaks the forms of Cohere, DashScope and text-embeddings-inference at their paths", async () => {
    const server = await start({ rerank: () => reply.scores([0.1, 0.9]) });
    const post = async (path: string, body: object) =>
      (await fetch(server.origin + path, { method: "POST", body: JSON.stringify(body) })).json();
    const texts = { query: "注意力", documents: ["天气", "注意力"] };
    expect(await post("/v2/rerank", { model: "r", ...texts, top_n: 1 })).toMatchObject({
      results: [{ index: 1, relevance_score: 0.9 }],
      meta: { billed_units: { search_units: 1 } },
    });
    const parameters = { top_n: 1, return_documents: true };
    const dashscope = "/api/v1/services/rerank/text-rerank/text-rerank";
    expect(await post(dashscope, { model: "r", input: texts, parameters })).toMatchObject({
      output: { results: [{ index: 1, relevance_score: 0.9, document: { text: "注意力" } }] },
    });
    expect(await post("/compatible-api/v1/reranks", { model: "r", ...texts })).toMatchObject({
      results: [{}, {}],
    });
    expect(await post("/rerank", { query: "注意力", texts: texts.documents })).toEqual([
      { index: 1, score: 0.9 },
      { index: 0, score: 0.1 },
    ]);
    expect(await post(dashscope, { model: "r", ...texts })).toMatchObject({ error: { param: "query" } });
  });
});

it("assertDone finds requests without a reply that the client hid, and replies that are left", async () => {
  const server = await start({ chat: ["one", "two"], embeddings: [reply.fault.base64Vectors()] });
  await clientOf(server).chat.completions.create(ask());
  expect(() => server.assertDone()).toThrow(/nobody asked for: 1 of chat, 1 of embeddings/);
  await clientOf(server).chat.completions.create(ask());
  const body = JSON.stringify({ model: "e", input: "x", encoding_format: "float" });
  const { data } = (await (await fetch(`${server.url}/embeddings`, { method: "POST", body })).json()) as {
    data: { embedding: unknown }[];
  };
  expect(data[0]?.embedding).toBeTypeOf("string");
  server.assertDone();
  await clientOf(server)
    .chat.completions.create(ask("hidden"))
    .catch(() => {});
  expect(() => server.assertDone()).toThrow(/without a reply: POST \/v1\/chat\/completions with "hidden"/);
});

it("waitForRequest rejects with what it saw when nothing matches", async () => {
  const server = await start(["x"]);
  await clientOf(server).chat.completions.create(ask("seen one"));
  await expect(
    server.waitForRequest((request) => request.path === "/other", { timeoutMs: 20 }),
  ).rejects.toThrow(/seen one/);
});
