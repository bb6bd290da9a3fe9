import { join } from "node:path";
import { PassThrough } from "node:stream";
import { loadCourse } from "@zixue/course";
import type { HistoryMessage, RagPipeline } from "@zixue/rag";
import { describe, expect, it, vi } from "vitest";
import { ask, chat } from "../src/index.ts";
import { messages } from "../src/messages.ts";
import { recordedTerminal } from "./recorded-terminal.ts";

const course = await loadCourse(join(import.meta.dirname, "../../course-bot/tests/fixtures/course"));
const commandLine = { filter: undefined, answerLanguage: undefined, text: messages.zh, json: false };

/** A pipeline that says which turns it was given; 慢 takes until it is cancelled, 坏 fails. */
function pipelineThatRecalls() {
  const histories: (readonly HistoryMessage[])[] = [];
  const answer: RagPipeline["answer"] = async function* (question, options = {}) {
    histories.push(options.history ?? []);
    if (question === "坏") throw new Error("断了");
    yield { type: "text", delta: `答${question}` };
    if (question === "慢") {
      await new Promise((_, reject) =>
        options.signal?.addEventListener("abort", () => reject(options.signal?.reason)),
      );
    }
    yield {
      type: "done",
      answer: {
        text: `答${question}`,
        citations: [],
        mode: "generative",
        outcome: "answered",
        refused: null,
      },
    };
  };
  return { pipeline: { answer } as RagPipeline, histories };
}

async function typed(lines: readonly string[]) {
  const { pipeline, histories } = pipelineThatRecalls();
  const terminal = recordedTerminal();
  const input = new PassThrough();
  input.end(`${lines.join("\n")}\n`);
  const code = await chat({ pipeline, course }, commandLine, terminal, input, new PassThrough());
  return { code, histories, output: terminal.output(), notes: terminal.notes() };
}

describe("zixue chat", () => {
  it("answers each line with the turns before it, until the input ends", async () => {
    const { code, histories, output } = await typed(["一", "", "二"]);
    expect(code).toBe(0);
    expect(output).toContain("答一");
    expect(output).toContain("答二");
    expect(histories).toEqual([
      [],
      [
        { role: "user", content: "一" },
        { role: "assistant", content: "答一" },
      ],
    ]);
  });

  it("begins anew on /new, ends on /quit, and knows no other commands", async () => {
    const { histories, notes, output } = await typed(["一", "/new", "二", "/sing", "/help", "/quit", "三"]);
    expect(histories).toEqual([[], []]);
    expect(notes).toContain("没有 /sing 这个命令");
    expect(notes).toContain("/new 开始新的对话");
    expect(output).not.toContain("三");
  });

  it("goes on after an answer that failed, which is not remembered", async () => {
    const { histories, notes } = await typed(["坏", "一"]);
    expect(notes).toContain("出错了:断了");
    expect(histories[1]).toEqual([]);
  });
});

describe("zixue ask", () => {
  it("prints events as JSON lines on request", async () => {
    const terminal = recordedTerminal();
    const { pipeline } = pipelineThatRecalls();
    const code = await ask(
      { pipeline, course },
      "一",
      { ...commandLine, json: true },
      terminal,
      new AbortController().signal,
    );
    expect(code).toBe(0);
    const events = terminal
      .output()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string });
    expect(events.map(({ type }) => type)).toEqual(["text", "done"]);
  });

  it("stops at once when it is interrupted, and says so", async () => {
    const terminal = recordedTerminal();
    const { pipeline } = pipelineThatRecalls();
    const controller = new AbortController();
    const asked = ask({ pipeline, course }, "慢", commandLine, terminal, controller.signal);
    await vi.waitFor(() => expect(terminal.output()).toContain("答慢"));
    controller.abort();
    expect(await asked).toBe(130);
    expect(terminal.notes()).toContain("已停止");
  });
});
