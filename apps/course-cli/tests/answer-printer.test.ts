import { join } from "node:path";
import { loadCourse, writtenSections } from "@zixue/course";
import type { Answer, Citation } from "@zixue/rag";
import { beforeAll, describe, expect, it } from "vitest";
import { createAnswerPrinter } from "../src/index.ts";
import { messages } from "../src/messages.ts";
import { recordedTerminal } from "./recorded-terminal.ts";

const FOLDER = join(import.meta.dirname, "../../course-bot/tests/fixtures/course");
let course: Awaited<ReturnType<typeof loadCourse>>;
let citation: Citation;

beforeAll(async () => {
  course = await loadCourse(FOLDER);
  const section = writtenSections(course).find(({ id }) => id === "2.1")!;
  const block = section.document.blocks.find(({ text }) => text.startsWith("每个 token"))!;
  citation = {
    marker: 1,
    documentId: "2.1",
    blockId: block.id,
    headingPath: block.headingPath,
    quote: block.text,
    supported: true,
  };
});

function print(
  answer: Partial<Answer>,
  deltas: readonly string[],
  options: Parameters<typeof recordedTerminal>[0] = {},
) {
  const terminal = recordedTerminal(options);
  const printer = createAnswerPrinter(course, terminal, messages.zh, { folder: FOLDER });
  for (const delta of deltas) printer.print({ type: "text", delta });
  const whole: Answer = {
    text: deltas.join(""),
    citations: [],
    mode: "generative",
    outcome: "answered",
    refused: null,
    ...answer,
  };
  printer.print({ type: "done", answer: whole });
  return terminal;
}

describe("an answer in the terminal", () => {
  it("ends with its sources: section, headings, file and line, quote", () => {
    const output = print({ citations: [citation] }, ["因为每层都要存 [1]。"]).output();
    expect(output).toContain("因为每层都要存 [1]。");
    expect(output).toContain("[1] 2.1 KV cache › Why");
    expect(output).toMatch(/02-inference\/01-kv-cache\.md:\d+\n/);
    expect(output).toContain("「每个 token 在每一层都要存一份 K 和一份 V。");
    const line = Number(/01-kv-cache\.md:(\d+)/.exec(output)?.[1]);
    expect(line).toBeGreaterThan(20);
  });

  it("says which citation could not be verified", () => {
    expect(print({ citations: [{ ...citation, supported: false }] }, ["x [1]"]).output()).toContain(
      "未能核对",
    );
  });

  it("prints the text once, streamed or not", () => {
    expect(print({ text: "整段" }, []).output().match(/整段/g)).toHaveLength(1);
    expect(print({}, ["整", "段"]).output().match(/整段/g)).toHaveLength(1);
  });

  it("names the nearest sections of a refusal once", () => {
    const refused = { reason: "not-covered", nearest: [{ documentId: "2.1", title: "KV cache" }] } as const;
    expect(print({ outcome: "refused", refused }, ["课程没有讲。"]).output()).toContain(
      "2.1 KV cache  02-inference/01-kv-cache.md",
    );
    expect(
      print({ outcome: "refused", refused }, ["课程没有讲,最接近的是 KV cache。"]).output(),
    ).not.toContain("01-kv-cache.md");
  });

  it("writes no colour codes into a pipe or where they are not wanted", () => {
    const code = "\u001b[";
    const styled = { citations: [citation] };
    expect(print(styled, ["**粗** [1]"]).output()).not.toContain(code);
    expect(print(styled, ["**粗** [1]"], { isTTY: true, env: { NO_COLOR: "1" } }).output()).not.toContain(
      code,
    );
    expect(print(styled, ["**粗** [1]"], { isTTY: true }).output()).toContain(`${code}1m粗${code}22m`);
  });

  it("shows marks that arrive in pieces", () => {
    const output = print({}, ["a *", "*粗", "* ", "*b [", "1", "2] 2 * 3"], { isTTY: true }).output();
    expect(output.replace(/\u001b\[\d+m/g, "")).toBe("a **粗* *b [12] 2 * 3\n");
    expect(print({}, ["a *", "*粗*", "* b"], { isTTY: true }).output()).toContain("\u001b[1m粗\u001b[22m");
  });

  it("lets no text command the terminal", () => {
    expect(print({}, ["a\u001b]0;title\u0007b\u001b[2Jc"], { isTTY: true }).output()).toBe(
      "a]0;titleb[2Jc\n",
    );
  });
});
