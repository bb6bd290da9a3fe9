import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { loadLexicon } from "@zixue/lexicon";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findChromium, launchChromium } from "../../../../tests/chromium.ts";
import type { TestOutcome } from "./page-vitest.ts";
import { searchSample } from "./search-sample.ts";
import { servePage } from "./serve-page.ts";

const testFiles = [
  "language.test.ts",
  "keyword-search.test.ts",
  "memory-index.test.ts",
  "exact-scan.test.ts",
  "extractive-answer.test.ts",
];
const chromium = findChromium();

describe.skipIf(!chromium)("the browser entry in Chromium", () => {
  let browser: Browser;
  let served: Awaited<ReturnType<typeof servePage>>;
  let page: Page;
  const foreign: string[] = [];
  const errors: string[] = [];

  beforeAll(async () => {
    [browser, served] = await Promise.all([launchChromium(chromium!), servePage(testFiles)]);
    page = await browser.newPage();
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(served.url) && !url.startsWith("data:")) foreign.push(url);
    });
    page.on("pageerror", (error) => errors.push(error.stack ?? error.message));
    await page.goto(served.url);
    await page.waitForFunction(() => "runTests" in globalThis);
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
  });

  it("passes the tests that Node passes: language, keyword search, memory index, vector scan, answers", async () => {
    const [outcomes, inNode] = await Promise.all([page.evaluate(() => runTests()), testNames(testFiles)]);
    const failed = outcomes.filter(({ state }) => state !== "pass");
    expect(failed.map(({ file, name, errors: [error] }) => `${file} ${name}: ${error}`)).toEqual([]);
    expect(outcomes.map(described).sort()).toEqual(inNode);
    const counts = testFiles.map((file) => [
      file,
      outcomes.filter((outcome) => outcome.file === file).length,
    ]);
    for (const [file, count] of counts) expect(count, `tests of ${file}`).toBeGreaterThan(4);
    console.log(`Passed in Chromium: ${counts.map(([file, count]) => `${file} ${count}`).join(", ")}`);
  });

  it("scores as Node does, to the last bit, with the lexicon fetched", async () => {
    const inPage = await page.evaluate((url) => searchFetched(url), "/lexicon.bin");
    const inNode = await searchSample(loadLexicon);
    expect(inPage).toEqual(inNode);
    expect(inNode.some(({ translated }) => translated)).toBe(true);
    expect(inNode.every(({ vector }) => vector.length > 0)).toBe(true);
    expect(inNode.filter(({ keyword }) => keyword.length > 0).length).toBeGreaterThan(5);
  });

  it("asks no other host and throws nothing outside a test", () => {
    expect(foreign).toEqual([]);
    expect(errors).toEqual([]);
  });
});

/** Names of the tests that vitest would run in Node, sorted. */
async function testNames(files: readonly string[]): Promise<string[]> {
  const root = resolve(import.meta.dirname, "../../../..");
  const vitest = resolve(root, "node_modules/vitest/vitest.mjs");
  const paths = files.map((file) => `packages/rag/tests/${file}`);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [vitest, "list", "--json", "--project", "unit", ...paths],
    { cwd: root, maxBuffer: 2 ** 26 },
  );
  const listed = JSON.parse(stdout.slice(stdout.indexOf("["))) as { name: string; file: string }[];
  return listed.map(({ name, file }) => described({ name, file: file.split("/").at(-1)! })).sort();
}

function described({ file, name }: Pick<TestOutcome, "file" | "name">): string {
  return `${file}: ${name}`;
}
