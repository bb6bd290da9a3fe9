import { EventEmitter } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { memoryStore, type StateStore } from "@zixue/agent";
import { coursePaths, openCourse } from "@zixue/course-bot/open-course";
import { defineTutor } from "@zixue/course-bot/tutor";
import { type Reply, reply, scriptedChatModel } from "@zixue/testkit";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { messages } from "../src/messages.ts";
import { tutorChat } from "../src/tutor/tutor-chat.ts";
import { recordedTerminal } from "./recorded-terminal.ts";

const THREAD = "thread-0123456789abcdef";
const SAVE = reply.toolCalls([{ name: "save_note", args: { text: "越过阈值" }, id: "n1" }]);
const SEARCH = reply.toolCalls([{ name: "search_course", args: { question: "什么是涌现能力?" }, id: "s1" }]);

let folder: string;
let course: Awaited<ReturnType<typeof openCourse>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "zixue-tutor-"));
  const fixture = join(import.meta.dirname, "../../course-bot/tests/fixtures/course");
  course = await openCourse(coursePaths({ ZIXUE_COURSE: fixture, ZIXUE_DATA: folder }), {
    env: { ZIXUE_PROVIDER: "none" },
  });
});
afterAll(async () => {
  await course.close();
  await rm(folder, { recursive: true, force: true });
});

/** A conversation in progress: with a person at a terminal, or with a pipe. */
async function talk(
  script: readonly (Reply | string)[],
  options: { person?: boolean; store?: StateStore; thread?: string } = {},
) {
  const { person = true, store = memoryStore(), thread } = options;
  const model = scriptedChatModel([...script]);
  const tutor = await defineTutor({ ...course, model, store });
  const terminal = recordedTerminal({ isTTY: person, env: { NO_COLOR: "1" } });
  const signals = new EventEmitter();
  const input = Object.assign(new PassThrough(), { isTTY: person });
  const chat = tutorChat(
    { tutor, course: course.course, who: "对话模型:scripted" },
    { answerLanguage: undefined, thread, text: messages.zh },
    terminal,
    input,
    new PassThrough(),
    signals as unknown as Pick<NodeJS.Process, "on" | "off">,
  );
  onTestFinished(() => void input.end());
  const shows = (text: string) =>
    vi.waitFor(() => expect(terminal.output() + terminal.notes()).toContain(text), { timeout: 10_000 });
  return { chat, input, signals, model, store, shows, output: terminal.output, notes: terminal.notes };
}

async function notesIn(store: StateStore): Promise<string[]> {
  return (await store.memory.list("learner:terminal")).map(({ text }) => text);
}

describe("zixue chat --agent tutor", () => {
  it("says which model answers, shows each tool call in one line, and the paragraphs cited", async () => {
    const { chat, input, output, notes } = await talk(
      [SEARCH, "规模越过某个阈值后突然出现 [1.2-1]。", "好。"],
      { person: false },
    );
    input.end("什么是涌现能力?\n谢谢\n");
    expect(await chat).toBe(0);
    expect(notes()).toContain("对话模型:scripted");
    expect(notes()).toMatch(/· search_course question="什么是涌现能力\?" {2}\d+(\.\d)? m?s\n/);
    expect(output()).toContain("规模越过某个阈值后突然出现 [1.2-1]。");
    expect(output()).toMatch(/出处\n\[1\.2-1\] 1\.2 涌现能力 › 现象\n {4}「.*突然出现/);
    expect(output()).toContain("好。");
  });

  it("declines what nobody can approve, and says so", async () => {
    const { chat, input, model, notes, store } = await talk([SAVE, "没有记。"], { person: false });
    input.end("记一下\n");
    expect(await chat).toBe(0);
    expect(notes()).toContain("标准输入不是终端,没有人可以批准:已拒绝。");
    expect(notes()).toMatch(/· save_note .*已拒绝/);
    expect(model.calls[1]?.messages.at(-1)?.text).toContain("没有人可以批准");
    expect(await notesIn(store)).toEqual([]);
  });

  it("asks inline, and takes approve, edit, reject and always", async () => {
    const { chat, input, notes, shows, store } = await talk([
      SAVE,
      "一。",
      SAVE,
      "二。",
      SAVE,
      "三。",
      SAVE,
      "四。",
      SAVE,
      "五。",
    ]);
    input.write("记\r");
    await shows("需要你批准: save_note");
    input.write("x\r");
    await shows("请输入上面的一个字母");
    input.write("r\r");
    input.write("不用\r");
    await shows("一。");
    expect(await notesIn(store)).toEqual([]);

    input.write("再记\r");
    await vi.waitFor(() => expect(notes().match(/需要你批准/g)).toHaveLength(2));
    input.write("e\r");
    // What is there to be edited is deleted first.
    input.write('\u0015{"text":"改过的"}\r');
    await shows("二。");
    expect(await notesIn(store)).toEqual(["改过的"]);

    input.write("再记\r");
    await vi.waitFor(() => expect(notes().match(/需要你批准/g)).toHaveLength(3));
    input.write("a\r");
    await shows("三。");

    input.write("再记\r");
    await vi.waitFor(() => expect(notes().match(/需要你批准/g)).toHaveLength(4));
    input.write("A\r");
    await shows("四。");
    input.write("再记\r");
    await shows("五。");
    expect(notes().match(/需要你批准/g)).toHaveLength(4);
    input.write("/quit\r");
    expect(await chat).toBe(0);
    expect(await notesIn(store)).toHaveLength(2);
  });

  it("stops a run at Ctrl+C and keeps the thread; at the prompt the second one leaves", async () => {
    const { chat, input, shows, notes, model } = await talk([
      reply.text("一二三四五".repeat(40), { chunkDelayMs: 30 }),
      "接上了。",
    ]);
    input.write("数数\r");
    await shows("一二三");
    input.write("\u0003");
    await shows("已停止,对话保留着。");
    input.write("继续\r");
    await shows("接上了。");
    expect(model.calls[1]?.messages.map(({ text }) => text).join("")).toContain("一二三");
    input.write("\u0003");
    await shows("再按一次 Ctrl+C 退出");
    input.write("\u0003");
    expect(await chat).toBe(0);
    expect(notes()).toContain("接着聊:zixue chat --agent tutor --thread");
  });

  it("stops a run at SIGINT where there is no terminal, and ends at the second", async () => {
    const slow = reply.text("一二三四五".repeat(40), { chunkDelayMs: 30 });
    const { chat, input, signals, shows } = await talk([slow], { person: false });
    input.write("数数\n");
    await shows("一二三");
    signals.emit("SIGINT");
    await shows("已停止,对话保留着。");
    signals.emit("SIGINT");
    expect(await chat).toBe(130);
    expect(signals.listenerCount("SIGINT")).toBe(0);
  });

  it("goes on with a thread, and first with the calls that wait in it", async () => {
    const store = memoryStore();
    const tutor = await defineTutor({ ...course, model: scriptedChatModel([SAVE]), store });
    for await (const _ of tutor.run("记一下涌现", { threadId: THREAD, learner: "terminal" }));
    const { chat, input, shows, notes } = await talk(["记下了。"], { store, thread: THREAD });
    await shows("需要你批准: save_note");
    expect(notes()).toContain("接着「记一下涌现」");
    input.write("a\r");
    await shows("记下了。");
    expect(await notesIn(store)).toEqual(["越过阈值"]);
    input.end();
    expect(await chat).toBe(0);
  });

  it("leaves calls waiting when the person leaves at the question", async () => {
    const { chat, input, shows, store } = await talk([SAVE], {});
    input.write("记\r");
    await shows("需要你批准");
    input.end();
    expect(await chat).toBe(0);
    await shows("还在等你决定:zixue chat --agent tutor --thread");
    expect(await notesIn(store)).toEqual([]);
  });

  it("refuses a thread that is not there", async () => {
    const { chat } = await talk([], { thread: "nowhere" });
    await expect(chat).rejects.toMatchObject({ code: "unknown-thread", exitCode: 1 });
  });

  it("goes on after a turn that failed, and says so with its exit code", async () => {
    const { chat, input, notes, output } = await talk([reply.fault.unauthorized(), "好。"], {
      person: false,
    });
    input.end("一\n二\n");
    expect(await chat).toBe(1);
    expect(notes()).toContain("出错了");
    expect(output()).toContain("好。");
  });
});
