import { spawn } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import type { Answer } from "@zixue/rag";
import { reply, startScriptedServer } from "@zixue/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Library, openLibrary } from "../src/library.ts";
import { placeOf } from "../src/place.ts";
import { wordsFor } from "../src/words.ts";

const root = path.resolve(import.meta.dirname, "..");
let temporary: string;
let folder: string;

beforeEach(() => {
  temporary = mkdtempSync(path.join(tmpdir(), "ask-test-"));
  folder = path.join(temporary, "docs");
  cpSync(path.join(root, "docs"), folder, { recursive: true });
});
afterEach(() => rmSync(temporary, { recursive: true, force: true }));

describe("a folder of files", { timeout: 60_000 }, () => {
  it("is read once, and then only what has changed", async () => {
    await withLibrary(async (library) => {
      expect(await library.refresh()).toMatchObject({ added: 7, changed: 0, failed: [] });
    });
    await withLibrary(async (library) => {
      expect(await library.refresh()).toMatchObject({ added: 0, changed: 0, unchanged: 7 });
      appendFileSync(path.join(folder, "值班手册.md"), "\n## 零食柜\n\n零食柜的密码是 4711，每周五补货。\n");
      rmSync(path.join(folder, "security-faq.md"));
      expect(await library.refresh()).toMatchObject({ added: 0, changed: 1, unchanged: 5, removed: 1 });
      const answer = await ask(library, "零食柜的密码是多少?");
      expect(answer.text).toContain("4711");
    });
  });

  it("names a broken file, skips it, and answers from the others", async () => {
    writeFileSync(path.join(folder, "坏.pdf"), "this is no PDF");
    await withLibrary(async (library) => {
      const { added, failed } = await library.refresh();
      expect(added).toBe(7);
      expect(failed.map(({ documentId }) => documentId)).toEqual(["坏.pdf"]);
      expect(failed[0]?.error.message).toContain("坏.pdf");
      expect((await ask(library, "试用期多长?")).text).toContain("3 个月");
    });
  });

  it("is cited by file, heading, and line or page", async () => {
    await withLibrary(async (library) => {
      await library.refresh();
      const place = async (question: string) => {
        const { citations } = await ask(library, question);
        return placeOf(citations[0]!, library.documents, wordsFor({}));
      };
      expect(await place("附件最大多大?")).toBe("API限额.md › 单次请求的大小 › 第 17 行");
      expect(await place("学生可以免费用吗?")).toBe("价目表.pdf › 教育与公益优惠 › 第 2 页");
    });
  });
});

describe("the program", { timeout: 60_000 }, () => {
  it("answers one question with its source, from another folder when told", async () => {
    const other = path.join(temporary, "other");
    cpSync(folder, other, { recursive: true });
    writeFileSync(path.join(other, "猫.md"), "# 办公室的猫\n\n办公室的猫叫煤球，今年 6 岁。\n");
    const { output, code } = await start(["--folder", other, "办公室的猫叫什么?"]);
    expect(code).toBe(0);
    expect(output).toMatch(/煤球[\s\S]*出处\n\[1\] 猫\.md › 第 3 行/);
  });

  it("holds a conversation over a pipe, and reads the folder again when asked", async () => {
    const { output, code } = await start([], { input: "谁可以申请退款?\n/reload\n食堂几点开饭?\n" });
    expect(code).toBe(0);
    expect(output).toMatch(/所有者[\s\S]*退款与取消\.md/);
    expect(output).toMatch(/不在已收录内容的范围|没有回答这个问题/);
    expect(output).toMatch(/新增 0,改动 0,移除 0/);
  });

  it("says what is wrong with a folder that is not there or has nothing to read", async () => {
    const missing = await start(["--folder", path.join(temporary, "nowhere"), "问"]);
    expect(missing).toMatchObject({ code: 1, output: expect.stringMatching(/nowhere does not exist/) });
    const empty = await start(["--folder", mkdtempSync(path.join(temporary, "empty-")), "问"]);
    expect(empty).toMatchObject({ code: 1, output: expect.stringMatching(/没有能读的文件/) });
  });

  it("lets a configured model write, and still says where each sentence comes from", async () => {
    const server = await startScriptedServer(() =>
      reply.text("在付款后 14 天内可以申请全额退款，不需要说明理由[1]。"),
    );
    try {
      const { output, code } = await start(["付款后几天内可以全额退款?"], {
        env: { ZIXUE_BASE_URL: server.url, ZIXUE_CHAT_MODEL: "scripted", ZIXUE_PROVIDER: "custom" },
      });
      expect(code).toBe(0);
      expect(server.requests.length).toBeGreaterThan(0);
      expect(output).toMatch(/14 天内可以申请全额退款[\s\S]*\[1\] 退款与取消\.md/);
    } finally {
      await server.close();
    }
  });
});

async function withLibrary(work: (library: Library) => Promise<void>): Promise<void> {
  const library = await openLibrary({ folder, dataFolder: path.join(temporary, "data") });
  try {
    await work(library);
  } finally {
    await library.close();
  }
}

async function ask(library: Library, question: string): Promise<Answer> {
  for await (const event of library.pipeline.answer(question)) if (event.type === "done") return event.answer;
  throw new Error("no answer");
}

async function start(
  args: readonly string[],
  options: { input?: string; env?: Record<string, string> } = {},
) {
  const child = spawn(process.execPath, ["--import", "tsx", "src/main.ts", ...args], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      LANG: "zh_CN.UTF-8",
      // A `.env` of the person who runs this must not decide.
      ZIXUE_PROVIDER: "none",
      ASK_FOLDER: folder,
      ASK_DATA: path.join(temporary, "data"),
      ...options.env,
    },
  });
  child.stdin.end(options.input ?? "");
  const [out, errors, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.on("close", resolve)),
  ]);
  return { output: out + errors, code };
}
