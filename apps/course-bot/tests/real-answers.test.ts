import { setTimeout as sleep } from "node:timers/promises";
import { type loadCourse, writtenSections } from "@zixue/course";
import type { Answer, Citation } from "@zixue/rag";
import { type EndpointScripts, reply, startScriptedServer } from "@zixue/testkit";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { coursePaths } from "../src/open-course.ts";
import { fixturePaths, openFixture } from "./open-fixture.ts";
import { eventsOf, startBot } from "./start-bot.ts";

async function botOver(env: Record<string, string> = {}, folder?: string) {
  const opened = await openFixture(await fixturePaths(folder), env);
  const bot = await startBot(opened.pipeline, { course: opened.course });
  const answer = async (question: string, more: object = {}): Promise<Answer & { threadId: string }> =>
    JSON.parse(
      await (await bot.ask({ question, ...more }, { headers: { accept: "application/json" } })).text(),
    );
  return { ...bot, ...opened, answer };
}

async function botWith(script: EndpointScripts["chat"]) {
  const server = await startScriptedServer({ ...(script === undefined ? {} : { chat: script }) });
  onTestFinished(() => server.close());
  const bot = await botOver({
    ZIXUE_PROVIDER: "custom",
    ZIXUE_BASE_URL: server.url,
    ZIXUE_CHAT_MODEL: "scripted",
    ZIXUE_EMBEDDINGS_PROVIDER: "none",
    ZIXUE_MAX_RETRIES: "0",
  });
  return { server, ...bot };
}

function expectStanding(citations: readonly Citation[], course: Awaited<ReturnType<typeof loadCourse>>) {
  for (const { documentId, blockId, quote, url, supported } of citations) {
    const section = writtenSections(course).find(({ id }) => id === documentId);
    const block = section?.document.blocks.find(({ id }) => id === blockId);
    expect(block?.text).toContain(quote);
    expect(url).toBe(`${section?.url}#b-${blockId.split("#")[1]}`);
    expect(supported).toBe(true);
  }
}

describe("answers without a model", () => {
  it("quote the course and cite the block", async () => {
    const bot = await botOver();
    const answer = await bot.answer("什么是语言模型?");
    expect(answer).toMatchObject({ mode: "extractive", outcome: "answered" });
    expect(answer.text).toContain("给出下一个词的概率的模型");
    expect(answer.citations.length).toBeGreaterThan(0);
    expectStanding(answer.citations, bot.course);
  });

  it("stream the same answer as events, the last being done", async () => {
    const bot = await botOver();
    const events = await eventsOf(await bot.ask({ question: "什么是语言模型?" }));
    expect(events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(["understood", "retrieved", "text", "citation", "done"]),
    );
    const text = events
      .filter(({ type }) => type === "text")
      .map(({ delta }) => delta)
      .join("");
    expect(events.at(-1)).toMatchObject({ type: "done", answer: { text } });
  });

  it("never quote a reader's question as the answer", async () => {
    const bot = await botOver();
    const answer = await bot.answer("KV cache 为什么会占很多显存?");
    expect(answer.text).not.toContain("KV cache 为什么会占很多显存");
    expect(answer.citations.map(({ documentId }) => documentId)).toContain("2.1");
  });

  it("resolve a follow-up from the thread", async () => {
    const bot = await botOver();
    const { threadId } = await bot.answer("什么是 KV cache?");
    const followUp = await bot.answer("它为什么占显存?", { threadId });
    expect(followUp.citations.map(({ documentId }) => documentId)).toContain("2.1");
  });

  it("keep to the filter", async () => {
    const bot = await botOver();
    const found = JSON.parse(await (await bot.get("/api/search?q=语言模型的规模&part=2")).text());
    expect(new Set(found.passages.map((passage: { documentId: string }) => passage.documentId))).toEqual(
      new Set(["2.1"]),
    );
    const answer = await bot.answer("什么是涌现能力?", { filter: { section: "2.1" } });
    expect(answer.citations.every(({ documentId }) => documentId === "2.1")).toBe(true);
  });

  it("refuse what the course does not treat, in the language that was asked for", async () => {
    const bot = await botOver();
    const zh = await bot.answer("北京明天下雨吗?");
    const en = await bot.answer("Who won the football match yesterday?");
    expect([zh.outcome, en.outcome]).toEqual(["refused", "refused"]);
    expect(zh.text).toMatch(/\p{Script=Han}/u);
    expect(en.text).not.toMatch(/^[\p{Script=Han}]/u);
  });
});

describe("answers with a model", () => {
  it("stream the model's words and verify what they cite", async () => {
    const bot = await botWith(() => reply.text("语言模型是一种给出下一个词的概率的模型[1]。"));
    const events = await eventsOf(await bot.ask({ question: "什么是语言模型?" }));
    const done = events.at(-1) as { type: string; answer?: Answer };
    expect(done.answer).toMatchObject({ mode: "generative", outcome: "answered" });
    expect(events.filter(({ type }) => type === "text").length).toBeGreaterThan(1);
    expectStanding(done.answer?.citations ?? [], bot.course);
  });

  it("fall back to quotes when the model is down", async () => {
    const bot = await botWith(() => reply.fault.serverError());
    const events = await eventsOf(await bot.ask({ question: "什么是语言模型?" }));
    expect(events.some(({ type }) => type === "error")).toBe(true);
    expect(events.at(-1)).toMatchObject({ type: "done", answer: { mode: "extractive" } });
  });

  it("keep what came when the model is cut off, and still end with done", async () => {
    const bot = await botWith(() =>
      reply.fault.cutMidStream(3, { text: "语言模型是一种给出下一个词的概率的模型[1],它还可以做别的事情。" }),
    );
    const events = await eventsOf(await bot.ask({ question: "什么是语言模型?" }));
    expect(events.some(({ type }) => type === "error")).toBe(true);
    const done = events.at(-1) as { type: string; answer?: Answer };
    expect(done.type).toBe("done");
    expect(done.answer?.text).toContain("语言模型");
  });

  it("cancel the request to the model when the reader goes away", async () => {
    const bot = await botWith(() => reply.text("慢".repeat(400), { chunks: 400, chunkDelayMs: 20 }));
    const controller = new AbortController();
    const response = await bot.ask({ question: "什么是语言模型?" }, { signal: controller.signal });
    const reader = response.body!.getReader();
    await reader.read();
    const request = await bot.server.waitForRequest(0);
    await sleep(50);
    controller.abort();
    await vi.waitFor(() => expect(request.aborted).toBe(true), { timeout: 3000 });
  });
});

describe("the course of this repository", () => {
  it("answers the authors' own questions from the section that they are in", async () => {
    const { courseFolder } = coursePaths();
    const bot = await botOver({}, courseFolder);
    const sections = writtenSections(bot.course);
    expect(sections.length).toBeGreaterThan(0);
    let right = 0;
    let asked = 0;
    for (const section of sections) {
      for (const question of section.questions) {
        const answer = await bot.answer(question.ask);
        asked++;
        expectStanding(
          answer.citations.filter(({ supported }) => supported),
          bot.course,
        );
        if (
          answer.outcome !== "refused" &&
          answer.citations.some(({ documentId }) => documentId === section.id)
        )
          right++;
      }
    }
    expect(right / asked).toBeGreaterThan(0.9);
  });
});
