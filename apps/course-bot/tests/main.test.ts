import { spawn } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { fixturePaths } from "./open-fixture.ts";

const MAIN = join(import.meta.dirname, "../src/main.ts");

/** Starts the program as its user does, and reads what it prints. */
async function start(env: Record<string, string>) {
  const paths = await fixturePaths();
  const child = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), MAIN], {
    env: {
      PATH: process.env.PATH ?? "",
      ZIXUE_COURSE: paths.courseFolder,
      ZIXUE_DATA: paths.dataFolder,
      ZIXUE_PROVIDER: "none",
      ...env,
    },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const printed = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(output);
        if (match !== null) resolve(match);
      };
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => {
          output += text;
          look();
        });
      }
      void exited.then(() => reject(new Error(`ended without ${pattern}:\n${output}`)));
    });
  return { child, exited, printed };
}

describe("the program", () => {
  it("prints where it is, answers, and stops when it is told to", async () => {
    const { child, exited, printed } = await start({ PORT: "0" });
    const [url] = await printed(/http:\/\/127\.0\.0\.1:\d+/);
    const response = await fetch(`${url}/api/ask`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ question: "什么是语言模型?" }),
    });
    expect(await response.json()).toMatchObject({ outcome: "answered" });
    child.kill("SIGTERM");
    expect(await exited).toBe(0);
  });

  it("says in one line what is wrong with a setting, and ends", async () => {
    const { exited, printed } = await start({ PORT: "eighty" });
    expect((await printed(/PORT: .*/))[0]).toContain("4321");
    expect(await exited).toBe(1);
  });
});
