import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fixturePaths, openFixture } from "./open-fixture.ts";
import { playEvents, scriptedPipeline } from "./scripted-pipeline.ts";
import { startBot } from "./start-bot.ts";

const start = (options = {}) =>
  startBot(
    scriptedPipeline(() => playEvents()),
    options,
  );

async function problemOf(response: Response) {
  expect(response.headers.get("content-type")).toContain("application/problem+json");
  const problem = (await response.json()) as {
    status: number;
    code: string;
    detail: string;
    errors?: { path: string; message: string }[];
  };
  expect(problem.status).toBe(response.status);
  expect(problem.detail).not.toBe("");
  return problem;
}

describe("bad input", () => {
  it.each<[string, unknown, number, string]>([
    ["broken JSON", '{"question": ', 400, "invalid-json"],
    ["an empty body", "", 400, "invalid-json"],
    ["broken UTF-8", new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), 400, "invalid-encoding"],
    ["an array", [], 400, "invalid-input"],
    ["null", "null", 400, "invalid-input"],
    ["a body over the limit", { question: "长".repeat(40_000) }, 413, "too-large"],
    ["a question over the limit", { question: "长".repeat(4001) }, 400, "invalid-input"],
  ])("answers %s with a problem", async (_, body, status, code) => {
    const bot = await start();
    expect(await problemOf(await bot.ask(body))).toMatchObject({ status, code });
  });

  it.each<[string, object, string]>([
    ["no question", {}, "question"],
    ["a question that is no string", { question: 7 }, "question"],
    ["an empty question", { question: "" }, "question"],
    ["a question of invisible characters", { question: " \u200b\u2060\u0007\n" }, "question"],
    ["a history that is no list", { question: "x", history: {} }, "history"],
    ["an unknown role", { question: "x", history: [{ role: "system", content: "x" }] }, "history[0].role"],
    ["a message without content", { question: "x", history: [{ role: "user" }] }, "history[0].content"],
    ["a filter that is no object", { question: "x", filter: "part 2" }, "filter"],
    ["a condition that is none", { question: "x", filter: { part: { like: 2 } } }, "filter.part"],
    ["a field that cannot be filtered", { question: "x", filter: { colour: 2 } }, "filter"],
    ["a thread id with spaces", { question: "x", threadId: "a b" }, "threadId"],
    ["an unknown language", { question: "x", language: "fr" }, "language"],
  ])("names the field of %s", async (_, body, path) => {
    const bot = await start();
    const problem = await problemOf(await bot.ask(body));
    expect(problem.status).toBe(400);
    expect(problem.errors?.map((error) => error.path)).toContain(path);
  });

  it("takes 4,000 characters, counted as readers count them", async () => {
    const bot = await start();
    expect((await bot.ask({ question: "😀".repeat(4000) })).status).toBe(200);
  });

  it("cleans control characters, overrides and half surrogates out of a question", async () => {
    const pipeline = scriptedPipeline(() => playEvents());
    const bot = await startBot(pipeline);
    await (await bot.ask('{"question":"什么是\\u0000\\u001b[31m KV\\u202e cache\\ud800?\\r\\n好"}')).text();
    expect(pipeline.asked[0]?.question).toBe("什么是  [31m KV  cache\uFFFD?\n好");
  });

  it.each([
    ["no content type", {}],
    ["text", { "content-type": "text/plain" }],
    ["a form", { "content-type": "application/x-www-form-urlencoded" }],
    ["another charset", { "content-type": "application/json; charset=gbk" }],
    ["a compressed body", { "content-type": "application/json", "content-encoding": "gzip" }],
  ])("declines %s with 415", async (_, headers) => {
    const bot = await start();
    const body = new TextEncoder().encode('{"question":"x"}');
    const response = await bot.get("/api/ask", {
      method: "POST",
      headers: headers as Record<string, string>,
      body,
    });
    expect((await problemOf(response)).status).toBe(415);
  });

  it.each([
    ["GET", "/api/ask", "POST, OPTIONS"],
    ["DELETE", "/api/chapters", "GET, HEAD, OPTIONS"],
    ["PUT", "/api/chapters/1.1", "GET, HEAD, OPTIONS"],
    ["POST", "/api/search", "GET, HEAD, OPTIONS"],
    ["POST", "/healthz", "GET, HEAD, OPTIONS"],
  ])("answers %s %s with 405 and what is allowed", async (method, path, allowed) => {
    const bot = await start();
    const response = await bot.get(path, { method });
    expect((await problemOf(response)).status).toBe(405);
    expect(response.headers.get("allow")).toBe(allowed);
  });

  it.each([
    "/api",
    "/api/nothing",
    "/api/ask/x",
    "/nothing",
    "/%E0%A4%A",
    "/api/chapters/%E0%A4%A",
    "/api/chapters/9.9",
    "/..%2f..%2fpackage.json",
    "/a%00b",
  ])("answers %s with a 4xx problem", async (path) => {
    const bot = await start();
    const { status } = await problemOf(await bot.get(path));
    expect([400, 404]).toContain(status);
  });

  it.each([
    "/api/search",
    "/api/search?q=",
    "/api/search?q=a&q=b",
    "/api/search?q=x&limit=0",
    "/api/search?q=x&limit=all",
    "/api/search?q[a]=x",
  ])("answers %s with 400", async (path) => {
    const bot = await start();
    expect((await problemOf(await bot.get(path))).status).toBe(400);
  });

  it("speaks the language that is asked for, Chinese otherwise", async () => {
    const bot = await start();
    const detail = async (headers: Record<string, string>, body = {}) =>
      (await problemOf(await bot.ask({ question: "", ...body }, { headers }))).detail;
    expect(await detail({})).toMatch(/问题是空的/);
    expect(await detail({ "accept-language": "en-GB,en;q=0.9" })).toMatch(/question is empty/);
    expect(await detail({ "accept-language": "fr, zh-TW;q=0.5" })).toMatch(/问题是空的/);
    expect(await detail({ "accept-language": "zh" }, { language: "en" })).toMatch(/question is empty/);
  });

  it("never answers any body with a 5xx", async () => {
    const bot = await start();
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.json(),
          fc.string({ unit: "binary" }),
          fc
            .record(
              { question: fc.anything(), history: fc.anything(), filter: fc.anything() },
              { requiredKeys: [] },
            )
            .map((value) => JSON.stringify(value) ?? ""),
        ),
        async (body) => {
          const response = await bot.ask(body);
          await response.text();
          expect(response.status).toBeLessThan(500);
        },
      ),
      { numRuns: 150 },
    );
  });
});

const NAUGHTY = join(import.meta.dirname, "../../../../shared/eval/blns/strings.jsonl");

describe.skipIf(!existsSync(NAUGHTY))("naughty strings (skipped where ../shared/eval is absent)", () => {
  const strings = existsSync(NAUGHTY)
    ? readFileSync(NAUGHTY, "utf8")
        .trim()
        .split("\n")
        .map((line) => (JSON.parse(line) as { text: string }).text)
    : [];

  it("are asked of the real course without harm", async () => {
    const { course, pipeline } = await openFixture(await fixturePaths());
    const bot = await startBot(pipeline, { course });
    for (const text of strings) {
      const answered = await bot.ask({ question: text }, { headers: { accept: "application/json" } });
      const searched = await bot.get(
        `/api/search?q=${encodeURIComponent(text.replace(/\p{Surrogate}/gu, ""))}`,
      );
      for (const response of [answered, searched]) {
        const body = JSON.parse(await response.text()) as { outcome?: string; code?: string };
        expect([200, 400], `${JSON.stringify(text)} ${JSON.stringify(body)}`).toContain(response.status);
      }
    }
  });

  it("are questions, history, filters, threads, paths and queries that break nothing", async () => {
    const bot = await start();
    for (const text of strings) {
      const path = encodeURIComponent(text);
      const responses = await Promise.all([
        bot.ask({ question: text }),
        bot.ask({ question: "x", history: [{ role: "user", content: text }] }),
        bot.ask({ question: "x", filter: { section: text } }),
        bot.ask({ question: "x", filter: { [text]: 1 }, threadId: text, language: text }),
        bot.ask(text),
        bot.get(`/api/chapters/${path}`),
        bot.get(`/${path}`),
      ]);
      for (const response of responses) {
        await response.text();
        expect(response.status, `${JSON.stringify(text)} ${response.url}`).toBeLessThan(500);
      }
    }
  });
});
