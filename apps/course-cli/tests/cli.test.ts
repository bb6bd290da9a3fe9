import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startScriptedServer } from "@zixue/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const CLI = join(import.meta.dirname, "../src/cli.ts");
const COURSE = join(import.meta.dirname, "../../course-bot/tests/fixtures/course");
let data: string;

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), "zixue-cli-"));
});
afterAll(() => rm(data, { recursive: true, force: true }));

/** Runs the program as its user does. */
async function zixue(
  args: readonly string[],
  options: { env?: Record<string, string>; input?: string; closeAfter?: number } = {},
) {
  const child = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), CLI, ...args], {
    env: {
      PATH: process.env.PATH ?? "",
      ZIXUE_COURSE: COURSE,
      ZIXUE_DATA: data,
      ZIXUE_PROVIDER: "none",
      LANG: "zh_CN.UTF-8",
      ...options.env,
    },
  });
  let output = "";
  let notes = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    if (options.closeAfter !== undefined && output.length >= options.closeAfter) child.stdout.destroy();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    notes += text;
  });
  child.stdin.end(options.input ?? "");
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, output, notes };
}

describe("the terminal client", () => {
  it("answers offline with numbered sources that name file and line", async () => {
    const { code, output } = await zixue(["ask", "什么是语言模型?"]);
    expect(code).toBe(0);
    expect(output).toContain("给出下一个词的概率的模型");
    expect(output).toMatch(/\[1\] 1\.1 语言模型是什么\? › 定义\n\s+\S*01-intro\/01-language-model\.md:\d+\n/);
    expect(output).not.toContain("\u001b");
  });

  it("prints JSON lines, and nothing else, with --json", async () => {
    const { code, output } = await zixue(["ask", "--json", "-"], { input: "什么是语言模型?\n" });
    expect(code).toBe(0);
    const events = output
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string });
    expect(events[0]?.type).toBe("understood");
    expect(events.at(-1)?.type).toBe("done");
  });

  it("holds a conversation in a pipe", async () => {
    const { code, output } = await zixue(["chat"], { input: "什么是 KV cache?\n它为什么占显存?\n/quit\n" });
    expect(code).toBe(0);
    expect(output.match(/02-inference\/01-kv-cache\.md/g)?.length).toBeGreaterThanOrEqual(2);
  });

  it("says that the study companion needs a model, what to set, and what works without", async () => {
    const { code, notes } = await zixue(["chat", "--agent", "tutor"]);
    expect(code).toBe(1);
    expect(notes).toMatch(/学伴要有对话模型.*_API_KEY.*zixue ask.*--scripted/s);
  });

  it("shows the study companion by a script over the real tools, and calls it a script", async () => {
    const { code, output, notes } = await zixue(["chat", "--agent", "tutor", "--scripted"], {
      input: "什么是涌现能力?\n考考我涌现\n小模型没有,越过阈值突然出现\n记一下:看指标\n37*41\n",
    });
    expect(code).toBe(0);
    expect(output.match(/「脚本演示，不是模型的回答」/g)).toHaveLength(5);
    expect(output).toMatch(/规模越过某个阈值后突然出现.*\[1\.2-1\]/s);
    expect(output).toMatch(/1\. 小模型没有 \[1\.2-1\]/);
    expect(output).toContain("1517");
    expect(notes).toContain("标准输入不是终端,没有人可以批准:已拒绝。");
  });

  it("does not complain when its reader has seen enough", async () => {
    const { code, notes } = await zixue(["ask", "--json", "什么是语言模型?"], { closeAfter: 1 });
    expect(code).toBe(0);
    expect(notes).not.toMatch(/EPIPE|Error/);
  });

  it.each([
    [["sing"], 2, /没有「sing」这个命令/],
    [["ask", "--nothing"], 2, /命令写得不对/],
    [["ask"], 2, /没有问题/],
    [["chat", "--agent", "nobody"], 2, /--agent nobody/],
    [["chat", "--scripted"], 2, /chat --agent tutor/],
  ])("says what is wrong with %j", async (args, code, message) => {
    const result = await zixue(args);
    expect(result.code).toBe(code);
    expect(result.notes).toMatch(message);
    expect(result.notes).not.toContain("    at ");
  });

  it("says where it looked when there is no course", async () => {
    const { code, notes } = await zixue(["ask", "x"], { env: { ZIXUE_COURSE: data, LANG: "en_US.UTF-8" } });
    expect(code).toBe(1);
    expect(notes).toContain(`There is no course in ${data}`);
    expect(notes).not.toContain("    at ");
  });

  it("finds everything in order offline: what is optional and absent is no problem", async () => {
    await zixue(["ask", "什么是语言模型?"]);
    const { code, output } = await zixue(["doctor"]);
    expect(output).toMatch(/✓ Node\.js {2}v\d+/);
    expect(output).toMatch(/✓ 回答模型 {2}没有配置/);
    expect(output).toMatch(/✓ 索引 {2}3 节/);
    expect(output).toContain("一切正常");
    expect(code).toBe(0);
  });

  it("tells a model that answers from one that does not", async () => {
    const server = await startScriptedServer(() => "pong");
    const env = {
      ZIXUE_PROVIDER: "custom",
      ZIXUE_BASE_URL: server.url,
      ZIXUE_CHAT_MODEL: "scripted",
      ZIXUE_EMBEDDINGS_PROVIDER: "none",
      LANG: "en_US.UTF-8",
    };
    const reached = await zixue(["doctor"], { env });
    await server.close();
    expect(reached.output).toMatch(/✓ Chat model .*scripted.*\(answered in \d+ ms\)/);
    expect(reached.code).toBe(0);
    const unreached = await zixue(["doctor"], { env });
    expect(unreached.output).toMatch(/✗ Chat model .*no answer/);
    expect(unreached.output).toContain("→ Check the key");
    expect(unreached.code).toBe(1);
  });
});
