import { setTimeout as sleep } from "node:timers/promises";
import { type AnswerEvent, RagError } from "@zixue/rag";
import { describe, expect, it, vi } from "vitest";
import { ANSWER, EVENTS, playEvents, scriptedPipeline } from "./scripted-pipeline.ts";
import { eventsOf, startBot } from "./start-bot.ts";

const playing = () => scriptedPipeline(() => playEvents());

describe("POST /api/ask", () => {
  it("streams every event as one data line and names the thread", async () => {
    const bot = await startBot(playing());
    const response = await bot.ask({ question: "问题?" });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(response.headers.get("thread-id")).toMatch(/^[\w-]{36}$/);
    expect(await eventsOf(response)).toEqual(EVENTS);
  });

  it("gives the whole answer as JSON when that is accepted", async () => {
    const bot = await startBot(playing());
    const response = await bot.ask({ question: "问题?" }, { headers: { accept: "application/json" } });
    expect(response.headers.get("content-type")).toContain("application/json");
    expect(await response.json()).toMatchObject({
      ...ANSWER,
      question: "问题?",
      usage: { inputTokens: 7, outputTokens: 3 },
      threadId: expect.any(String),
    });
  });

  it("refuses a type that it cannot give", async () => {
    const bot = await startBot(playing());
    const response = await bot.ask({ question: "问题?" }, { headers: { accept: "image/png" } });
    expect(response.status).toBe(406);
  });

  it("sends an event as soon as it is there", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const pipeline = scriptedPipeline(async function* () {
      yield EVENTS[0] as AnswerEvent;
      await held;
      yield* EVENTS.slice(1);
    });
    const bot = await startBot(pipeline);
    const reader = (await bot.ask({ question: "问题?" })).body!.getReader();
    const first = new TextDecoder().decode((await reader.read()).value);
    expect(first).toBe(`data: ${JSON.stringify(EVENTS[0])}\n\n`);
    release();
    await reader.cancel();
  });

  it("cancels the work when the client goes away", async () => {
    let signal: AbortSignal | undefined;
    const ended = vi.fn();
    const pipeline = scriptedPipeline(async function* (_, options) {
      signal = options.signal;
      try {
        for (let n = 0; !signal?.aborted; n++) {
          yield { type: "text", delta: `${n} ` };
          await sleep(5);
        }
      } finally {
        ended();
      }
    });
    const bot = await startBot(pipeline);
    const controller = new AbortController();
    const response = await bot.ask({ question: "问题?" }, { signal: controller.signal });
    await response.body!.getReader().read();
    controller.abort();
    await vi.waitFor(() => expect(ended).toHaveBeenCalled());
    expect(signal?.aborted).toBe(true);
    expect(await (await bot.get("/metrics")).text()).toMatch(/course_answers_total\{outcome="closed"\} 1/);
  });

  it("cancels the work of a JSON answer too", async () => {
    let signal: AbortSignal | undefined;
    const pipeline = scriptedPipeline(async function* (_, options) {
      signal = options.signal;
      await new Promise((_resolve, reject) =>
        signal?.addEventListener("abort", () => reject(signal?.reason)),
      );
      yield* EVENTS;
    });
    const bot = await startBot(pipeline);
    const controller = new AbortController();
    const asked = bot.ask(
      { question: "问题?" },
      { signal: controller.signal, headers: { accept: "application/json" } },
    );
    await vi.waitFor(() => expect(signal).toBeDefined());
    controller.abort();
    await expect(asked).rejects.toThrow();
    await vi.waitFor(() => expect(signal?.aborted).toBe(true));
  });

  it("waits for a reader that is slow", async () => {
    let produced = 0;
    const big = "长".repeat(20_000);
    const pipeline = scriptedPipeline(async function* () {
      for (; produced < 2000; produced++) yield { type: "text", delta: big };
    });
    const bot = await startBot(pipeline);
    const response = await bot.ask({ question: "问题?" });
    const reader = response.body!.getReader();
    await reader.read();
    await sleep(300);
    expect(produced).toBeLessThan(2000);
    await reader.cancel();
  });

  it.each([
    ["a model that fails", new RagError("model-failed", "upstream said no"), 502, "model-failed"],
    [
      "input that the pipeline rejects",
      new RagError("invalid-input", "nothing to ask"),
      400,
      "invalid-input",
    ],
    ["anything else", new Error("secret detail"), 500, "internal"],
  ])("answers %s, before the stream begins, with a problem", async (_, error, status, code) => {
    const pipeline = scriptedPipeline(async function* () {
      await Promise.reject(error);
      yield* EVENTS;
    });
    const bot = await startBot(pipeline);
    const response = await bot.ask({ question: "问题?" });
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toContain("application/problem+json");
    const problem = await response.json();
    expect(problem).toMatchObject({ status, code });
    expect(JSON.stringify(problem)).not.toContain("secret");
  });

  it("says so in the stream when the pipeline fails inside it, keeps what there is, and goes on serving", async () => {
    const pipeline = scriptedPipeline(async function* (question) {
      yield* EVENTS.slice(0, 3);
      if (question === "坏?") throw new Error("secret detail");
      yield* EVENTS.slice(3);
    });
    const bot = await startBot(pipeline);
    const events = await eventsOf(await bot.ask({ question: "坏?" }));
    expect(events.slice(3)).toMatchObject([
      { type: "error", error: { code: "internal" } },
      { type: "done", answer: { text: "答案 ", outcome: "partial" } },
    ]);
    expect(JSON.stringify(events)).not.toContain("secret");
    expect(bot.logs.join("")).toContain("secret detail");
    expect(await eventsOf(await bot.ask({ question: "好?" }))).toHaveLength(EVENTS.length);
  });
});

describe("threads", () => {
  it("gives a follow-up the turns before it", async () => {
    const pipeline = playing();
    const bot = await startBot(pipeline);
    const first = await bot.ask({ question: "甲?" });
    await first.text();
    const threadId = first.headers.get("thread-id");
    await (await bot.ask({ question: "乙?", threadId })).text();
    expect(pipeline.asked[1]?.options.history).toEqual([
      { role: "user", content: "甲?" },
      { role: "assistant", content: ANSWER.text },
    ]);
    await (await bot.ask({ question: "丙?", threadId: "other" })).text();
    expect(pipeline.asked[2]?.options.history).toEqual([]);
  });

  it("takes the client's history instead where it sends one", async () => {
    const pipeline = playing();
    const bot = await startBot(pipeline);
    await (await bot.ask({ question: "甲?", threadId: "t" })).text();
    const history = [{ role: "user", content: "别的?" }];
    await (await bot.ask({ question: "乙?", threadId: "t", history })).text();
    expect(pipeline.asked[1]?.options.history).toEqual(history);
  });
});

describe("a server that stops", () => {
  it("lets a running answer end, then ends what lasts too long", async () => {
    const stopping = new AbortController();
    const pipeline = scriptedPipeline(async function* (question, options) {
      yield EVENTS[0] as AnswerEvent;
      await sleep(
        question === "短?" ? 100 : 60_000,
        undefined,
        options.signal ? { signal: options.signal } : {},
      ).catch(() => {});
      yield* EVENTS.slice(1);
    });
    const bot = await startBot(pipeline, { stopping: stopping.signal });
    const short = await bot.ask({ question: "短?" });
    const long = await bot.ask({ question: "长?" });
    const stopped = bot.stop({ graceMs: 300, giveUp: () => stopping.abort() });
    expect(await eventsOf(short)).toHaveLength(EVENTS.length);
    expect(await eventsOf(long)).toHaveLength(EVENTS.length);
    await stopped;
    await expect(bot.get("/healthz")).rejects.toThrow();
  });
});
