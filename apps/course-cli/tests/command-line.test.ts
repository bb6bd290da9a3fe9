import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { CliError, questionFrom, readCommandLine } from "../src/index.ts";
import { messages } from "../src/messages.ts";

describe("readCommandLine", () => {
  it("reads a command, its words and where to look", () => {
    expect(
      readCommandLine(["ask", "什么是", "KV cache?", "--part", "2", "--section=6.2", "--json"], {}),
    ).toMatchObject({
      command: "ask",
      words: ["什么是", "KV cache?"],
      filter: { part: 2, section: "6.2" },
      json: true,
      language: "zh",
    });
  });

  it.each<[string[], Record<string, string>, string]>([
    [[], {}, "zh"],
    [[], { LANG: "en_US.UTF-8" }, "en"],
    [[], { LANG: "zh_CN.UTF-8" }, "zh"],
    [[], { LANG: "en_US.UTF-8", LC_ALL: "zh_CN.UTF-8" }, "zh"],
    [[], { LANG: "C.UTF-8" }, "zh"],
    [["--lang", "en"], {}, "en"],
    [["--lang=zh"], { LANG: "en_US.UTF-8" }, "zh"],
  ])("speaks the language of %j and %j", (args, env, language) => {
    expect(readCommandLine(["chat", ...args], env).language).toBe(language);
  });

  it.each([[[]], [["--help"]], [["ask", "x", "-h"]]])("shows help for %j", (args) => {
    expect(readCommandLine(args as string[], {}).command).toBe("help");
  });

  it.each([
    [["sing"]],
    [["ask", "--nothing"]],
    [["ask", "x", "--part", "two"]],
    [["ask", "x", "--section", "1"]],
    [["ask", "--lang", "fr"]],
    [["ask", "x", "--part"]],
  ])("says what is wrong with %j", (args) => {
    const read = () => readCommandLine(args as string[], {});
    expect(read).toThrow(CliError);
    expect(read).toThrow(/没有「sing」|不对/);
  });
});

describe("questionFrom", () => {
  const input = (text: string, isTTY = false) => Object.assign(Readable.from([text]), { isTTY });

  it.each([
    [["什么是", "涌现"], input("unused"), "什么是 涌现"],
    [["-"], input(" 从管道来\n"), "从管道来"],
    [[], input("也从管道来"), "也从管道来"],
  ])("takes the question from %j or standard input", async (words, stdin, question) => {
    expect(await questionFrom({ words, text: messages.zh }, stdin)).toBe(question);
  });

  it.each([
    [[], input("x", true)],
    [["  "], input("x")],
    [["-"], input("\n")],
  ])("asks for one when there is none: %j", async (words, stdin) => {
    await expect(questionFrom({ words, text: messages.zh }, stdin)).rejects.toMatchObject({
      code: "empty-question",
      exitCode: 2,
    });
  });
});
