import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { startScriptedServer } from "../src/index.ts";

const VITEST = path.join(
  path.dirname(createRequire(import.meta.url).resolve("vitest/package.json")),
  "vitest.mjs",
);
const ROOT = path.join(import.meta.dirname, "fixtures");

/** Runs the fixture with vitest, as a developer does, and returns what each test came to. */
async function runFixture(environment: Record<string, string>) {
  const { CI: _, ZIXUE_CASSETTES: __, ...rest } = process.env;
  // This test runs inside vitest, whose own variables would make the inner one think that it is a worker.
  const clean = Object.fromEntries(Object.entries(rest).filter(([name]) => !name.startsWith("VITEST")));
  const report = await new Promise<string>((resolve) => {
    const options = { cwd: ROOT, env: { ...clean, ...environment } };
    execFile(process.execPath, [VITEST, "run", "--reporter=json"], options, (_error, stdout) =>
      resolve(stdout),
    );
  });
  const { testResults } = JSON.parse(report.slice(report.indexOf("{"))) as {
    testResults: { assertionResults: { title: string; status: string; failureMessages: string[] }[] }[];
  };
  const tests = testResults[0]?.assertionResults ?? [];
  return {
    passed: tests.filter(({ status }) => status === "passed").map(({ title }) => title),
    failures: tests.flatMap(({ title, failureMessages }) =>
      failureMessages.map((text) => `${title}: ${text}`),
    ),
  };
}

it("useCassettes gives each test its own cassette, concurrent and like-named tests included", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "cassettes-"));
  const server = await startScriptedServer((request) => `${request.body.messages[0].content}: ok`);
  try {
    const environment = { CASSETTE_FOLDER: folder, MODEL_URL: server.url };
    const recorded = await runFixture({ ...environment, ZIXUE_CASSETTES: "record" });
    expect(recorded.passed).toHaveLength(7);
    expect(recorded.failures).toHaveLength(1);
    expect((await readdir(path.join(folder, "talk.fixture"))).sort()).toEqual([
      "对话-changes.json",
      "对话-same-name-2.json",
      "对话-same-name.json",
      "对话-回答-嵌入.json",
      "对话-回答-梯度.json",
      "对话-回答-注意力.json",
    ]);
    await server.close();
    const replayed = await runFixture({ ...environment, CHANGED: "changed" });
    expect(replayed.passed).toEqual(recorded.passed.filter((title) => title !== "changes"));
    const failures = replayed.failures.join("\n");
    expect(failures).toMatch(/changes: .*nearest recording \(1 of 1\)[\s\S]*⟦un⟧changed/);
    expect(failures).toMatch(/fails: [\s\S]*no answer/);
    expect(failures).toMatch(/fails: .*there is no cassette/);
  } finally {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
});
