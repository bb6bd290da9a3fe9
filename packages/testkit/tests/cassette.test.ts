import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { ChatOpenAI } from "@langchain/openai";
import OpenAI from "openai";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type CassetteOptions,
  reply,
  type ScriptedServer,
  startScriptedServer,
  withCassette,
} from "../src/index.ts";

/** As a client has it that was made before the first cassette was opened. */
const OLDER_FETCH = globalThis.fetch;
let folder: string;
const servers: ScriptedServer[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "cassettes-"));
  // The machine that runs these tests may be CI itself.
  vi.stubEnv("CI", "");
  vi.stubEnv("ZIXUE_CASSETTES", "");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await rm(folder, { recursive: true, force: true });
});

const start: typeof startScriptedServer = async (...args) => {
  const server = await startScriptedServer(...args);
  servers.push(server);
  return server;
};
const GONE = "http://127.0.0.1:1/v1";
const clientAt = (baseURL: string, options: object = {}) =>
  new OpenAI({ baseURL, apiKey: "test", maxRetries: 0, ...options });
const ask = (content: string, rest: object = {}) => ({
  model: "m",
  messages: [{ role: "user" as const, content }],
  ...rest,
});
const textOf = async (client: OpenAI, content: string, rest: object = {}) =>
  (await client.chat.completions.create(ask(content, rest))).choices[0]?.message.content;
const fileOf = (name: string) => path.join(folder, `${name}.json`);

/** Runs `use` against the server while recording, stops the server, and runs it again from the cassette alone. */
async function recordThenReplay<T>(
  server: ScriptedServer,
  use: (baseURL: string) => Promise<T>,
  options: CassetteOptions = {},
): Promise<{ recorded: T; replayed: T; file: string }> {
  const recorded = await withCassette("c", () => use(server.url), { folder, mode: "record", ...options });
  await server.close();
  const replayed = await withCassette("c", () => use(GONE), { folder, unused: "fail", ...options });
  return { recorded, replayed, file: await readFile(fileOf("c"), "utf8") };
}

/** The chunks of a body as they come from the network, with how it ended. */
async function readChunks(baseURL: string, body: object, signal?: AbortSignal) {
  const response = await fetch(`${baseURL}/chat/completions`, {
    method: "POST",
    body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  });
  const chunks: string[] = [];
  let error: unknown;
  try {
    for await (const chunk of response.body!) chunks.push(Buffer.from(chunk).toString("latin1"));
  } catch (caught) {
    error = caught;
  }
  return { status: response.status, type: response.headers.get("content-type"), chunks, error };
}

describe("a recorded test", () => {
  it("replays chat, embeddings, rerank and models without the server", async () => {
    const server = await start(["你好"], { models: ["m", "e", "r"] });
    const { recorded, replayed } = await recordThenReplay(server, async (baseURL) => {
      const client = clientAt(baseURL);
      const body = JSON.stringify({ model: "r", query: "注意力", documents: ["天气", "注意力机制"] });
      return {
        text: await textOf(client, "hi"),
        float: (await client.embeddings.create({ model: "e", input: ["一", "二"], encoding_format: "float" }))
          .data,
        base64: (await client.embeddings.create({ model: "e", input: "一" })).data,
        rerank: await (await fetch(`${baseURL}/rerank`, { method: "POST", body })).json(),
        models: (await client.models.list()).data,
      };
    });
    expect(recorded.text).toBe("你好");
    expect(recorded.float[0]?.embedding).toHaveLength(64);
    expect(replayed).toEqual(recorded);
  });

  it("replays a stream in its original chunks, also where one ends inside a character", async () => {
    const pieces = ['data: {"choices":[{"delta":{"content":"注"}}]}\n\n', "data: [DONE]\n\n"];
    const bytes = Buffer.from(pieces.join(""));
    const inCharacter = bytes.indexOf(Buffer.from("注")) + 1;
    const host = createServer(async (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (const part of [bytes.subarray(0, inCharacter), bytes.subarray(inCharacter)]) {
        await new Promise((resolve) => response.write(part, resolve));
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
      response.end();
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => host.once("listening", resolve));
    const url = `http://127.0.0.1:${(host.address() as AddressInfo).port}/v1`;
    const body = ask("hi", { stream: true });
    const recorded = await withCassette("s", () => readChunks(url, body), { folder, mode: "record" });
    host.closeAllConnections();
    host.close();
    expect(recorded.chunks).toHaveLength(2);
    expect(await withCassette("s", () => readChunks(GONE, body), { folder })).toEqual(recorded);
    const began = performance.now();
    await withCassette("s", () => readChunks(GONE, body), { folder, realtime: true });
    expect(performance.now() - began).toBeGreaterThan(20);
  });

  it("replays a streaming ChatOpenAI that calls a tool, over both turns of the conversation", async () => {
    const server = await start([
      reply.toolCalls([{ name: "search", args: { query: "梯度" } }], { reasoning: "想" }),
      "梯度是方向。",
    ]);
    const { recorded, replayed } = await recordThenReplay(server, async (baseURL) => {
      const model = new ChatOpenAI({ model: "m", apiKey: "k", configuration: { baseURL }, maxRetries: 0 });
      const tools = [
        { type: "function" as const, function: { name: "search", parameters: { type: "object" } } },
      ];
      const read = async (messages: never[]) => {
        let whole: Awaited<ReturnType<typeof model.invoke>> | undefined;
        for await (const chunk of await model.bindTools(tools).stream(messages)) {
          whole = whole === undefined ? chunk : whole.concat(chunk);
        }
        return whole!;
      };
      const first = await read(["什么是梯度?"] as never[]);
      const result = { role: "tool", content: "斜率", tool_call_id: first.tool_calls?.[0]?.id };
      const second = await read([{ role: "user", content: "什么是梯度?" }, first, result] as never[]);
      return { calls: first.tool_calls, text: second.text, usage: second.usage_metadata };
    });
    expect(recorded).toMatchObject({ calls: [{ args: { query: "梯度" } }], text: "梯度是方向。" });
    expect(replayed).toEqual(recorded);
  });

  it("replays errors with Retry-After, and identical requests in the order of their replies, then the last", async () => {
    const server = await start([
      reply.fault.rateLimit({ retryAfter: 0 }),
      "一",
      reply.fault.serverError(),
      "二",
    ]);
    const use = async (baseURL: string) => {
      const client = clientAt(baseURL, { maxRetries: 1 });
      return [await textOf(client, "hi"), await textOf(client, "hi")];
    };
    const { recorded, replayed } = await recordThenReplay(server, use);
    expect(recorded).toEqual(["一", "二"]);
    expect(replayed).toEqual(recorded);
    expect(server.requests.map(({ status }) => status)).toEqual([429, 200, 500, 200]);
    const more = () =>
      withCassette("c", async () => [...(await use(GONE)), ...(await use(GONE))], { folder });
    expect(await more()).toEqual(["一", "二", "二", "二"]);
  });

  it("replays a stream that is cut, with the text before the cut", async () => {
    const server = await start([reply.fault.cutMidStream(2), reply.fault.badJson()]);
    const { recorded, replayed } = await recordThenReplay(server, async (baseURL) => [
      await readChunks(baseURL, ask("a", { stream: true })),
      await readChunks(baseURL, ask("b")),
    ]);
    expect(recorded[0]?.chunks.join("")).toMatch(/"content":"[^"]+"/);
    expect(recorded[0]?.error).toBeInstanceOf(TypeError);
    expect(replayed[0]?.error).toMatchObject({ message: "terminated", cause: { code: "UND_ERR_SOCKET" } });
    expect(replayed.map(({ chunks }) => chunks)).toEqual(recorded.map(({ chunks }) => chunks));
  });

  it("replays a stream that the client leaves, and stops a replay when its signal aborts", async () => {
    const server = await start([reply.text("x".repeat(120), { chunkDelayMs: 5 })]);
    const leave = async (baseURL: string) => {
      const seen: string[] = [];
      for await (const chunk of await clientAt(baseURL).chat.completions.create({
        ...ask("hi"),
        stream: true,
      })) {
        seen.push(chunk.choices[0]?.delta.content ?? "");
        if (seen.length === 3) break;
      }
      return seen;
    };
    const { recorded, replayed } = await recordThenReplay(server, leave);
    expect(replayed).toEqual(recorded);
    expect(await server.requests[0]?.ended).toBe("aborted");
    const readOn = () => withCassette("c", () => readChunks(GONE, ask("hi", { stream: true })), { folder });
    await expect(readOn()).rejects.toMatchObject({ code: "unrecorded-request", message: /left .* early/ });
    const aborted = () =>
      withCassette("c", () => readChunks(GONE, ask("hi", { stream: true }), AbortSignal.abort()), { folder });
    await expect(aborted()).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("the file", () => {
  it("is readable JSON, with a chunk to a line and vectors packed bit for bit", async () => {
    const vector = Array.from({ length: 1536 }, (_, i) => Math.sin(i + 1) / 40);
    const server = await start({ chat: ["注意力"], embeddings: [reply.vectors([vector])] });
    const { recorded, replayed, file } = await recordThenReplay(server, async (baseURL) => {
      await readChunks(baseURL, ask("流", { stream: true }));
      const body = JSON.stringify({ model: "e", input: "一" });
      return (await fetch(`${baseURL}/embeddings`, { method: "POST", body })).text();
    });
    expect(replayed).toBe(recorded);
    expect(JSON.parse(file).format).toBe("zixue-cassette/1");
    expect(file).toMatch(/^\s*\{"data":\{.*"content":"注意力".*\}\},?$/m);
    expect(file).toMatch(/"\$float64"/);
    expect(file.length).toBeLessThan(0.7 * recorded.length);
  });

  it("holds no secret of header, query, body, reply or environment", async () => {
    const key = "sk-proj-0123456789abcdefghij";
    const variable = "wonderful-value-of-env";
    vi.stubEnv("SOME_PROVIDER_API_KEY", variable);
    vi.stubEnv("GIT_AUTHOR_NAME", "Somebody Ordinary");
    const server = await start(
      [
        reply.error(401, `Incorrect API key provided: ${key}, organization org-abcdefghijklmnop`),
        reply.text(`${variable} 和 header-key-000111222`, {
          chunks: [variable.slice(0, 9), `${variable.slice(9)} 和 `],
        }),
      ],
      {},
    );
    const use = async (baseURL: string) => {
      const headers = {
        "api-key": "header-key-000111222",
        cookie: "session=abcdef0123456789",
        "x-own": "plain",
      };
      const client = clientAt(baseURL, {
        apiKey: key,
        defaultHeaders: headers,
        organization: "org-abcdefghijklmnop",
      });
      const error = await textOf(client, "first").catch((error: Error) => error.message);
      const url = `${baseURL}/chat/completions?key=query-key-333444&api-version=2`;
      const body = JSON.stringify(
        ask(`secret ${variable} and private-999888 and query-key-333444 by Somebody Ordinary`),
      );
      return [
        error,
        await (
          await fetch(url, { method: "POST", body, headers: { "api-key": "header-key-000111222" } })
        ).json(),
      ];
    };
    const { file, replayed } = await recordThenReplay(server, use, { secrets: ["private-999888"] });
    for (const secret of [
      key,
      variable,
      "org-abc",
      "header-key",
      "abcdef0123456789",
      "query-key",
      "private-999",
    ]) {
      expect(file).not.toContain(secret);
    }
    expect(file).toContain("api-version=2");
    expect(file).toContain("[secret] and [secret] and [secret] by Somebody Ordinary");
    expect(JSON.stringify(replayed)).toContain("[secret] 和 [secret]");
  });

  it("keeps a secret out that a stream sends in two chunks of the network", async () => {
    const secret = "sk-aaaabbbbccccddddeeee";
    const raw = `data: {"a":"${secret}"}\n\n`;
    const host = createServer(async (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      await new Promise((resolve) => response.write(raw.slice(0, 18), resolve));
      await new Promise((resolve) => setTimeout(resolve, 20));
      response.end(raw.slice(18));
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => host.once("listening", resolve));
    const url = `http://127.0.0.1:${(host.address() as AddressInfo).port}/v1`;
    await withCassette("s", () => readChunks(url, ask("x", { stream: true })), { folder, mode: "record" });
    host.closeAllConnections();
    host.close();
    const { chunks } = await withCassette("s", () => readChunks(GONE, ask("x", { stream: true })), {
      folder,
    });
    expect(chunks.join("")).toBe('data: {"a":"[secret]"}\n\n');
    expect(await readFile(fileOf("s"), "utf8")).not.toMatch(/aaaabbbb|ddddeeee/);
  });

  it("is not written when the test throws, and is written whole by tests that run at the same time", async () => {
    const server = await start((request) => request.body.messages[0].content);
    const record = { folder, mode: "record" as const };
    const failing = withCassette(
      "failing",
      async () => {
        await textOf(clientAt(server.url), "x");
        throw new Error("assertion");
      },
      record,
    );
    await expect(failing).rejects.toThrow("assertion");
    expect(existsSync(fileOf("failing"))).toBe(false);
    const names = ["甲", "乙", "丙/丁"];
    const both = (mode: "record" | "replay", url: string) =>
      Promise.all(
        names.map((name) =>
          withCassette(name, () => textOf(clientAt(url), name), { folder, mode, unused: "fail" }),
        ),
      );
    expect(await both("record", server.url)).toEqual(names);
    await server.close();
    expect(await both("replay", GONE)).toEqual(names);
    expect((await readdir(folder)).sort()).toEqual(["丙", "乙.json", "甲.json"]);
  });

  it.each([
    ["no JSON", "{", /no JSON/],
    ["another format", '{"format":"zixue-cassette/9"}', /zixue-cassette\/9/],
    ["half a recording", '{"format":"zixue-cassette/1","recordings":[{"hash":"a"}]}', /recording 1/],
  ])("is refused when it is %s, with the way out, and can be recorded anew", async (_, text, message) => {
    await writeFile(fileOf("c"), text);
    const server = await start(["新"]);
    const use = () => textOf(clientAt(server.url), "x");
    await expect(withCassette("c", use, { folder })).rejects.toMatchObject({
      code: "invalid-cassette",
      message,
    });
    expect(await withCassette("c", use, { folder, mode: "refresh" })).toBe("新");
    expect(await withCassette("c", use, { folder })).toBe("新");
    expect(server.requests).toHaveLength(1);
  });
});

describe("a request that is not recorded", () => {
  async function failureOf(options: CassetteOptions, ...contents: [string, object?][]): Promise<Error> {
    const run = async () => {
      for (const [content, rest] of contents)
        await textOf(clientAt(GONE, { maxRetries: 5 }), content, rest).catch(() => "");
    };
    return withCassette("c", run, { folder, ...options }).then(
      () => new Error("passed"),
      (error) => error,
    );
  }

  it("fails the test although the code under test swallowed the error, and shows the differing message and parameter", async () => {
    const server = await start(["a", "b"]);
    const run = async () => {
      await textOf(
        clientAt(server.url),
        "请用一句话解释什么是注意力机制，并且给出一个生活中的例子来帮助理解。",
      );
      await textOf(clientAt(server.url), "完全无关");
    };
    await withCassette("c", run, { folder, mode: "record" });
    const error = await failureOf({}, [
      "请用一句话解释什么是自注意力机制，并且给出一个生活中的例子来帮助理解。",
      { temperature: 0.7 },
    ]);
    expect(error).toMatchObject({ code: "unrecorded-request" });
    expect(error.message).toContain("The nearest recording (1 of 2)");
    expect(error.message).toContain("messages[0] (user).content");
    expect(error.message).toContain("recorded: 请用一句话解释什么是⟦⟧注意力机制");
    expect(error.message).toContain("now:      请用一句话解释什么是⟦自⟧注意力机制");
    expect(error.message).toContain("temperature: not recorded, now 0.7");
    expect(error.message).toContain("ZIXUE_CASSETTES=refresh");
  });

  it("says so when there is no cassette, and reaches no network in CI whatever the mode", async () => {
    const server = await start(["never"]);
    vi.stubEnv("CI", "true");
    vi.stubEnv("ZIXUE_CASSETTES", "refresh");
    const run = () => textOf(clientAt(server.url), "x");
    await expect(withCassette("c", run, { folder, mode: "record" })).rejects.toThrow(
      /there is no cassette at .*c\.json/,
    );
    expect(server.requests).toHaveLength(0);
    expect(existsSync(fileOf("c"))).toBe(false);
  });

  it("is recorded in addition with record; refresh drops what is no longer asked for", async () => {
    const server = await start((request, n) => `${request.body.messages[0].content}${n}`);
    const run =
      (...contents: string[]) =>
      async () => {
        const texts = [];
        for (const content of contents) texts.push(await textOf(clientAt(server.url), content));
        return texts;
      };
    vi.stubEnv("ZIXUE_CASSETTES", "record");
    expect(await withCassette("c", run("a"), { folder })).toEqual(["a0"]);
    expect(await withCassette("c", run("a", "b"), { folder })).toEqual(["a0", "b1"]);
    vi.stubEnv("ZIXUE_CASSETTES", "refresh");
    expect(await withCassette("c", run("b"), { folder })).toEqual(["b2"]);
    expect(JSON.parse(await readFile(fileOf("c"), "utf8")).recordings).toHaveLength(1);
    vi.stubEnv("ZIXUE_CASSETTES", "sometimes");
    await expect(withCassette("c", run("b"), { folder })).rejects.toThrow(
      /ZIXUE_CASSETTES is "sometimes".*replay, record, refresh/,
    );
  });

  it("is found when the unused are reported", async () => {
    const server = await start(["a", "b"]);
    const run = (n: number) => async () => {
      for (let i = 0; i < n; i++) await textOf(clientAt(server.url), String(i));
    };
    await withCassette("c", run(2), { folder, mode: "record" });
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    await withCassette("c", run(1), { folder });
    expect(warn.mock.calls[0]?.[0]).toMatch(
      /1 of 2 recordings .* not used: 2 \(POST \/v1\/chat\/completions\)/,
    );
    await expect(withCassette("c", run(1), { folder, unused: "fail" })).rejects.toMatchObject({
      code: "unused-recordings",
    });
  });

  it("is told from a recorded one by what matters only", async () => {
    const server = await start(["a"]);
    const options: CassetteOptions = {
      ignore: ["seed", "messages.*.name"],
      normalise: (request) => ({
        ...request,
        body: JSON.parse(JSON.stringify(request.body).replace(/\d{4}-\d\d-\d\d/g, "DATE")),
      }),
    };
    const send = (baseURL: string, body: object) => readChunks(baseURL, body);
    const message = { role: "user", name: "n1", content: "今天是 2026-01-01" };
    await withCassette(
      "c",
      () => send(server.url, { model: "m", user: "u1", seed: 1, messages: [message] }),
      {
        folder,
        mode: "record",
        ...options,
      },
    );
    const same = {
      messages: [{ content: "今天是 2027-12-31", role: "user", name: "n2" }],
      seed: 2,
      user: "u2",
      model: "m",
    };
    expect((await withCassette("c", () => send(GONE, same), { folder, ...options })).status).toBe(200);
    await expect(
      withCassette("c", () => send(GONE, { ...same, model: "m2" }), { folder, ...options }),
    ).rejects.toThrow(/model\n\s+recorded: m⟦⟧\n\s+now: {6}m⟦2⟧/);
  });
});

describe("what is intercepted", () => {
  it("is model traffic alone, unless the option says otherwise", async () => {
    const host = createServer((_, response) => response.end("own app")).listen(0, "127.0.0.1");
    await new Promise((resolve) => host.once("listening", resolve));
    const url = `http://127.0.0.1:${(host.address() as AddressInfo).port}/api/ask`;
    const get = async () => (await fetch(url)).text();
    expect(await withCassette("c", get, { folder })).toBe("own app");
    await expect(withCassette("c", get, { folder, intercept: () => true })).rejects.toThrow(
      /GET \/api\/ask is not recorded/,
    );
    host.closeAllConnections();
    host.close();
  });

  it("includes requests that a server in the same process makes for the test", async () => {
    const model = await start(["经过服务器"]);
    let upstream = model.url;
    const app = createServer(async (_, response) => response.end(await textOf(clientAt(upstream), "x")));
    await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
    const use = async () => (await fetch(`http://127.0.0.1:${(app.address() as AddressInfo).port}/`)).text();
    expect(await withCassette("c", use, { folder, mode: "record" })).toBe("经过服务器");
    await model.close();
    upstream = GONE;
    expect(await withCassette("c", use, { folder, unused: "fail" })).toBe("经过服务器");
    app.closeAllConnections();
    app.close();
  });

  it("takes a Request with its body, headers and signal as fetch does", async () => {
    const server = await start(["一", reply.fault.hang()]);
    const request = (baseURL: string, signal?: AbortSignal) =>
      new Request(`${baseURL}/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-own": "1" },
        body: JSON.stringify(ask("你好")),
        ...(signal ? { signal } : {}),
      });
    const read = async (baseURL: string) => {
      const { choices } = (await (await fetch(request(baseURL))).json()) as OpenAI.ChatCompletion;
      return choices[0]?.message.content;
    };
    expect(await withCassette("c", () => read(server.url), { folder, mode: "record" })).toBe("一");
    expect(server.requests[0]).toMatchObject({ body: ask("你好"), headers: { "x-own": "1" } });
    expect(await withCassette("c", () => read(GONE), { folder })).toBe("一");
    const leave = () => fetch(request(server.url, AbortSignal.timeout(50)));
    await expect(withCassette("d", leave, { folder, mode: "record" })).rejects.toMatchObject({
      name: "TimeoutError",
    });
    expect(await server.requests[1]?.ended).toBe("aborted");
    expect(existsSync(fileOf("d"))).toBe(false);
  });

  it("reports a client that goes past the cassette with an older fetch, and says when the host is not there", async () => {
    const server = await start(["x"]);
    const older = clientAt(server.url, { fetch: OLDER_FETCH });
    await expect(
      withCassette("c", () => textOf(older, "x"), { folder, mode: "record" }),
    ).rejects.toMatchObject({
      code: "escaped-request",
      message: expect.stringMatching(/POST \/v1\/chat\/completions .*past the cassette "c".*setupFiles/),
    });
    await expect(
      withCassette("d", () => textOf(clientAt(GONE), "x").catch(() => "offline"), { folder, mode: "record" }),
    ).rejects.toThrow(/could not be recorded: 127\.0\.0\.1:1 did not answer/);
    expect(existsSync(fileOf("d"))).toBe(false);
  });

  it("refuses names that cannot be files", async () => {
    for (const name of ["", "../up", "a//b", "a:b"]) {
      await expect(withCassette(name, () => 1, { folder })).rejects.toMatchObject({
        code: "invalid-options",
      });
    }
  });
});
