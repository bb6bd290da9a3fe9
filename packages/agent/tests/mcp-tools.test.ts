import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { reply, scriptedChatModel } from "@zixue/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type AgentEvent, defineAgent, type McpTools, type McpToolsOptions, mcpTools } from "../src/index.ts";

const SCRIPT = path.join(import.meta.dirname, "mcp-server.mjs");
const STDIO: McpToolsOptions = { command: process.execPath, args: [SCRIPT] };

const opened: McpTools[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

async function open(options: McpToolsOptions): Promise<McpTools> {
  const tools = await mcpTools(options);
  opened.push(tools);
  return tools;
}

const call = (
  { tools }: McpTools,
  name: string,
  args: Record<string, unknown> = {},
  signal?: AbortSignal,
): Promise<string> =>
  tools.find((tool) => tool.name === name)!.invoke(args, signal ? { signal } : {}) as Promise<string>;

/** A server over HTTP, with sessions, that wants a token. */
let http: Server;
let url = "";
const sessions = new Map<string, StreamableHTTPServerTransport>();
let seen: Record<string, unknown>[] = [];

beforeAll(async () => {
  const { makeServer } = (await import(pathToFileURL(SCRIPT).href)) as { makeServer(): McpServer };
  http = createServer(async (request, response) => {
    seen.push({ method: request.method, ...request.headers });
    if (request.headers.authorization !== "Bearer secret") return void response.writeHead(401).end();
    const id = request.headers["mcp-session-id"] as string | undefined;
    const known = id === undefined ? undefined : sessions.get(id);
    if (id !== undefined && !known) return void response.writeHead(404).end("no such session");
    const transport =
      known ??
      new StreamableHTTPServerTransport({
        sessionIdGenerator: () => crypto.randomUUID(),
        onsessioninitialized: (session) => void sessions.set(session, transport),
        onsessionclosed: (session) => void sessions.delete(session),
      });
    if (!known) await makeServer().connect(transport as never);
    await transport.handleRequest(request, response);
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`;
});
afterAll(() => {
  http.closeAllConnections();
  return new Promise((resolve) => http.close(resolve));
});

const HTTP = (): McpToolsOptions => ({ url, headers: { authorization: "Bearer secret" } });

describe.each([
  ["standard input and output", () => STDIO],
  ["HTTP", HTTP],
])("mcpTools over %s", (_transport, options) => {
  it("offers the tools of a server and runs them with checked arguments", async () => {
    const server = await open({ ...options(), prefix: "t_" });
    const add = server.tools.find(({ name }) => name === "t_add")!;
    expect(add.description).toBe("Adds two numbers");
    expect(add.schema).toMatchObject({
      type: "object",
      properties: { a: { type: "number", description: "first" } },
    });
    expect(add.metadata).toEqual({ untrusted: true, effect: "change" });
    expect(await call(server, "t_add", { a: 2, b: 40 })).toBe("42");
    expect(await call(server, "t_add", { a: 2 })).toBe("3");
    await expect(call(server, "t_add", { a: "two" })).rejects.toThrow(/schema/i);
    const sums = await Promise.all(Array.from({ length: 10 }, (_, a) => call(server, "t_add", { a, b: 1 })));
    expect(sums).toEqual(Array.from({ length: 10 }, (_, a) => String(a + 1)));
  });

  it("shows texts and structured results, and names what is no text", async () => {
    const server = await open(options());
    expect(await call(server, "picture")).toBe(
      "here:\n[image, image/png, 3 KB; it cannot be shown as text]\n[resource a: file:///a.txt]\n[resource file:///b.txt]\ninside b",
    );
    expect(await call(server, "weather")).toBe('{"degrees":21}');
    expect(await call(server, "nothing")).toBe("(The tool returned nothing.)");
    const message = (await server.tools
      .find(({ name }) => name === "picture")!
      .invoke({ type: "tool_call", id: "c", name: "picture", args: {} })) as {
      artifact: { media: unknown[] };
    };
    expect(message.artifact.media).toHaveLength(1);
  });

  it("makes readable errors of what fails in the server", async () => {
    const server = await open(options());
    await expect(call(server, "fail")).rejects.toMatchObject({
      code: "mcp-failed",
      message: expect.stringMatching(/the disk is full/),
    });
    await expect(call(server, "throw")).rejects.toThrow(/broken inside/);
    expect(await call(server, "add", { a: 1 })).toBe("2");
  });

  it("bounds names and descriptions, and skips a schema that is too large", async () => {
    const server = await open(options());
    const odd = server.tools.find(({ name }) => name.startsWith("dotted"))!;
    expect(odd.name).toBe("dotted_name");
    expect(odd.description.length).toBe(1_024);
    expect(await odd.invoke({})).toBe("odd");
    expect(server.skipped).toEqual([
      { name: "huge", reason: expect.stringMatching(/its schema has \d+ characters/) },
    ]);
  });

  it("gives up on a call that takes too long, unless the server reports progress", async () => {
    const server = await open({ ...options(), milliseconds: 400 }).catch(() =>
      open({ ...options(), milliseconds: 2_000 }),
    );
    await expect(call(server, "hang")).rejects.toMatchObject({
      code: "mcp-failed",
      message: expect.stringMatching(/did not answer in \d+ ms \(running hang\)/),
    });
    expect(await call(server, "slow")).toBe("done slowly");
  });

  it("stops waiting when the signal aborts", async () => {
    const server = await open(options());
    const controller = new AbortController();
    const hanging = call(server, "hang", {}, controller.signal);
    setTimeout(() => controller.abort(), 50);
    await expect(hanging).rejects.not.toMatchObject({ code: "mcp-failed" });
    expect(await call(server, "add", { a: 1 })).toBe("2");
  });

  it("offers only what was asked for, and knows which tools only read", async () => {
    const server = await open({ ...options(), only: ["add", "weather"], reading: ["weather"] });
    expect(server.tools.map(({ name, metadata }) => [name, metadata?.effect])).toEqual([
      ["add", "change"],
      ["weather", "read"],
    ]);
    await expect(mcpTools({ ...options(), only: ["subtract"] })).rejects.toMatchObject({
      code: "invalid-definition",
      message: expect.stringMatching(/only names "subtract".*Its tools: add, /),
    });
  });

  it("can be closed, more than once", async () => {
    const server = await open(options());
    await server.close();
    await server.close();
    await expect(call(server, "add", { a: 1 })).rejects.toThrow(/has been closed/);
  });

  it("gives an agent tools whose results and errors are fenced", async () => {
    const server = await open(options());
    const model = scriptedChatModel([
      reply.toolCalls([
        { name: "fail", args: {} },
        { name: "weather", args: {} },
      ]),
      reply.text("ok"),
    ]);
    const events: AgentEvent[] = [];
    for await (const event of defineAgent({ name: "a", model, tools: [...server.tools] }).run("go"))
      events.push(event);
    const results = events.filter((event) => event.type === "tool-result");
    expect(results.map(({ name, isError }) => [name, isError])).toEqual(
      expect.arrayContaining([
        ["fail", true],
        ["weather", false],
      ]),
    );
    for (const { content } of results) expect(content).toMatch(/<<<untrusted [\s\S]*untrusted>>>/);
  });
});

describe("a server that is started", () => {
  it("gets nothing of our environment but what it is given", async () => {
    process.env.ZIXUE_TEST_SECRET = "sk-123";
    try {
      const plain = await open(STDIO);
      const names = (await call(plain, "environment")).split(" ");
      expect(names).toContain("PATH");
      expect(names).not.toContain("ZIXUE_TEST_SECRET");
      expect(names.every((name) => ["HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER"].includes(name))).toBe(
        true,
      );
      const given = await open({ ...STDIO, env: { GIVEN: "1" } } as McpToolsOptions);
      expect((await call(given, "environment")).split(" ")).toContain("GIVEN");
    } finally {
      delete process.env.ZIXUE_TEST_SECRET;
    }
  });

  it("and dies in a call: the call fails with its last words, and the next one starts it again", async () => {
    const server = await open(STDIO);
    const dying = call(server, "die");
    await expect(dying).rejects.toMatchObject({
      code: "mcp-failed",
      message: expect.stringMatching(/ended while running die\. .*Its last words: out of luck/s),
    });
    expect(await call(server, "add", { a: 1 })).toBe("2");
  });

  it.each<[string, string, string[], RegExp]>([
    ["is not there", "no-such-command-zixue", [], /could not be started: there is no such command/],
    [
      "ends at once",
      process.execPath,
      ["-e", "console.error('bad flag'); process.exit(1)"],
      /ended while connecting[\s\S]*Its last words: bad flag/,
    ],
    ["says nothing", process.execPath, ["-e", "setInterval(() => {}, 1000)"], /did not answer in 500 ms/],
    [
      "speaks no MCP",
      process.execPath,
      ["-e", "console.log('hello'); setInterval(() => {}, 1000)"],
      /did not answer in 500 ms/,
    ],
  ])("and %s: connecting fails with the reason", async (_what, command, args, message) => {
    await expect(
      mcpTools({ command, args, milliseconds: message.source.includes("500") ? 500 : 10_000 }),
    ).rejects.toMatchObject({ code: "mcp-failed", message: expect.stringMatching(message) });
  });
});

describe("a server over HTTP", () => {
  it("gets the headers given, and the end of the session", async () => {
    seen = [];
    const server = await open(HTTP());
    await server.close();
    expect(seen.every(({ authorization }) => authorization === "Bearer secret")).toBe(true);
    expect(seen.at(-1)).toMatchObject({ method: "DELETE" });
    expect(sessions.size).toBe(0);
  });

  it("and refuses or is not there: connecting fails with the reason", async () => {
    await expect(mcpTools({ url })).rejects.toMatchObject({
      code: "mcp-failed",
      message: expect.stringMatching(/127\.0\.0\.1:\d+ failed while connecting/),
    });
    await expect(mcpTools({ url: "http://127.0.0.1:9/mcp" })).rejects.toMatchObject({ code: "mcp-failed" });
  });

  it("and forgets the session: the call fails, and the next one begins another", async () => {
    const server = await open(HTTP());
    sessions.clear();
    await expect(call(server, "add", { a: 1 })).rejects.toMatchObject({ code: "mcp-failed" });
    expect(await call(server, "add", { a: 1 })).toBe("2");
  });
});

it("refuses settings that make no sense", async () => {
  for (const options of [
    {},
    { command: "" },
    { url: "ftp://x" },
    { command: "x", url: "http://x" },
    { command: "x", prefix: "a b" },
    { command: "x", milliseconds: 0 },
  ])
    await expect(mcpTools(options as McpToolsOptions)).rejects.toMatchObject({ code: "invalid-definition" });
});
