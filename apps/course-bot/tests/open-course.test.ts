import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DEFAULT_THRESHOLDS } from "@zixue/rag";
import { reply, startScriptedServer } from "@zixue/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { inspectIndex, openCourse } from "../src/open-course.ts";
import { fixturePaths, openFixture } from "./open-fixture.ts";

describe("openCourse", () => {
  it("indexes every written section once, and nothing when it is opened again", async () => {
    const paths = await fixturePaths();
    expect(await inspectIndex(paths)).toBeUndefined();
    const first = await openFixture(paths);
    expect(first.indexed).toEqual([1, 2, 3]);
    const second = await openFixture(paths);
    expect(second.indexed).toEqual([]);
    expect((await second.pipeline.index.stats()).revision).toBe(
      (await first.pipeline.index.stats()).revision,
    );
    expect(await inspectIndex(paths)).toMatchObject({ stale: 0, stats: { documents: 3 } });
  });

  it("indexes the section that was edited, and no other", async () => {
    const paths = await fixturePaths();
    const before = (await openFixture(paths)).pipeline.index;
    const file = join(paths.courseFolder, "01-intro/02-emergence.md");
    await writeFile(file, `${await readFile(file, "utf8")}\n## 新的一节\n\n断崖式提升是另一种叫法。\n`);
    expect(await inspectIndex(paths)).toMatchObject({ stale: 1 });
    const { pipeline } = await openFixture(paths);
    const ids = async (index: typeof before, id: string) =>
      (await index.chunksOf(id)).map((chunk) => chunk.id);
    expect(await ids(pipeline.index, "1.2")).not.toEqual(await ids(before, "1.2"));
    expect(await ids(pipeline.index, "2.1")).toEqual(await ids(before, "2.1"));
    expect((await pipeline.index.stats()).revision).toBe((await before.stats()).revision + 1);
    expect((await pipeline.retrieve("断崖式提升")).passages[0]?.documentId).toBe("1.2");
  });

  it("forgets a section that is gone", async () => {
    const paths = await fixturePaths();
    await (await openFixture(paths)).close();
    await writeFile(join(paths.courseFolder, "02-inference/01-kv-cache.md"), "---\nid: broken\n---\n");
    const { course, pipeline } = await openFixture(paths);
    expect(course.problems.length).toBeGreaterThan(0);
    expect([...(await pipeline.index.documents()).keys()]).toEqual(["1.1", "1.2"]);
  });

  it("may be opened by the bot and the terminal client at the same time, also when both find it out of date", async () => {
    const paths = await fixturePaths();
    const opened = await Promise.all([openFixture(paths), openFixture(paths), openFixture(paths)]);
    for (const { pipeline } of opened) {
      expect((await pipeline.index.stats()).documents).toBe(3);
      expect((await pipeline.retrieve("什么是语言模型?")).passages[0]?.documentId).toBe("1.1");
    }
  });

  it("builds a damaged index anew", async () => {
    const paths = await fixturePaths();
    await (await openFixture(paths)).close();
    const folder = join(paths.dataFolder, "index");
    for (const file of await readdir(folder)) await writeFile(join(folder, file), "damaged");
    const { pipeline } = await openFixture(paths);
    expect((await pipeline.index.stats()).documents).toBe(3);
  });

  it("keeps the index in memory, and says so, where the folder cannot be written", async () => {
    const paths = await fixturePaths();
    await writeFile(paths.dataFolder, "a file in the way");
    const opened = await openFixture(paths);
    expect((await opened.pipeline.index.stats()).documents).toBe(3);
    expect(opened.describe("zh")).toContain("放在内存里");
  });

  it("stores the course's own thresholds with the index, also with one that was built before there were any", async () => {
    const paths = await fixturePaths();
    const before = await openFixture(paths);
    expect(await before.pipeline.index.thresholds()).toBeNull();
    await before.close();
    await writeFile(join(paths.courseFolder, "thresholds.json"), JSON.stringify({ refuse: 0.123 }));
    const { pipeline } = await openFixture(paths);
    expect(await pipeline.index.thresholds()).toEqual({ ...DEFAULT_THRESHOLDS, refuse: 0.123 });
    const { revision } = await pipeline.index.stats();
    const again = await openFixture(paths);
    expect((await again.pipeline.index.stats()).revision).toBe(revision);
  });

  it("names the file of thresholds that cannot be used", async () => {
    const paths = await fixturePaths();
    for (const content of ["{", "[]", '{"refuse": 3}']) {
      await writeFile(join(paths.courseFolder, "thresholds.json"), content);
      await expect(openCourse(paths)).rejects.toThrow(/thresholds\.json cannot be used/u);
    }
  });

  it("stops when it is told to", async () => {
    await expect(openCourse(await fixturePaths(), { signal: AbortSignal.abort() })).rejects.toThrow();
  });
});

describe("with embeddings", () => {
  const settings = (url: string) => ({
    ZIXUE_PROVIDER: "none",
    ZIXUE_EMBEDDINGS_PROVIDER: "custom",
    ZIXUE_EMBEDDINGS_BASE_URL: url,
    ZIXUE_EMBEDDINGS_MODEL: "scripted",
    ZIXUE_MAX_RETRIES: "0",
  });

  it("stores vectors, pays for each text once, and leaves the index without vectors alone", async () => {
    const server = await startScriptedServer();
    onTestFinished(() => server.close());
    const paths = await fixturePaths();
    const plain = await openFixture(paths);
    const first = await openFixture(paths, settings(server.url));
    expect((await first.pipeline.index.stats()).dimensions).toBe(64);
    expect((await plain.pipeline.index.stats()).dimensions).toBe(0);
    const requests = server.requests.length;
    await openFixture(paths, settings(server.url));
    expect(server.requests).toHaveLength(requests);
    expect((await first.pipeline.retrieve("什么是语言模型?")).similarity).not.toBeNull();
  });

  it("searches by keyword, and says so, when they do not answer", async () => {
    const server = await startScriptedServer({ embeddings: () => reply.fault.unauthorized() });
    onTestFinished(() => server.close());
    const opened = await openFixture(await fixturePaths(), settings(server.url));
    expect((await opened.pipeline.index.stats()).dimensions).toBe(0);
    expect(opened.describe("en")).toContain("by keyword only");
    expect((await opened.pipeline.retrieve("什么是语言模型?")).passages[0]?.documentId).toBe("1.1");
  });
});
