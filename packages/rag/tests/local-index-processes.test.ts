import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { createRagPipeline, LocalIndex } from "../src/index.ts";
import { testDocument } from "./chunk-index.contract.ts";

const root = mkdtempSync(path.join(tmpdir(), "zixue-processes-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const newFolder = (): string => mkdtempSync(path.join(root, "index-"));
const here = path.dirname(fileURLToPath(import.meta.url));
const library = ["a", "b", "c"].map((id) => testDocument(id, [`文档 ${id}`]));

describe("LocalIndex with several processes", () => {
  it("lets one write and tells a second who does", async () => {
    const folder = newFolder();
    const index = await LocalIndex.open({ folder });
    await expect(LocalIndex.open({ folder })).rejects.toMatchObject({
      code: "index-locked",
      details: { pid: process.pid, host: hostname() },
      message: expect.stringContaining("readOnly"),
    });
    await index.apply({ put: library });
    await index.close();
    await (await LocalIndex.open({ folder })).close();
    expect(readdirSync(folder).filter((name) => name.endsWith(".lock"))).toEqual([]);
  });

  it("lets at most one of many in that start together", async () => {
    const folder = newFolder();
    const opened = await Promise.allSettled(Array.from({ length: 8 }, () => LocalIndex.open({ folder })));
    const winners = opened.filter((result) => result.status === "fulfilled");
    expect(winners.length).toBeLessThanOrEqual(1);
    for (const result of opened) {
      if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "index-locked" });
      else await result.value.close();
    }
    await (await LocalIndex.open({ folder })).close();
  });

  it("takes over from a process that was killed", { timeout: 60_000 }, async () => {
    const folder = newFolder();
    const script = path.join(here, "folder-script.ts");
    const child = spawn(
      process.execPath,
      ["--import", "tsx", script, folder, path.join(root, "log"), "1", "100000"],
      {
        cwd: here,
        stdio: "ignore",
      },
    );
    const locked = (): boolean => readdirSync(folder).some((name) => name === "manifest.json");
    while (!locked()) await new Promise((resolve) => setTimeout(resolve, 10));
    await expect(LocalIndex.open({ folder })).rejects.toMatchObject({
      code: "index-locked",
      details: { pid: child.pid },
    });
    const reader = await LocalIndex.open({ folder, readOnly: true });
    expect((await reader.stats()).revision).toBeGreaterThan(0);
    await reader.close();
    child.kill("SIGKILL");
    await once(child, "exit");
    const index = await LocalIndex.open({ folder });
    await index.apply({ put: library });
    await index.close();
  });

  it("waits a minute for a writer on another machine that gives no sign of life", async () => {
    const folder = newFolder();
    const lock = path.join(folder, "writer-ffffffff-1-1-0123456789ab.lock");
    writeFileSync(lock, JSON.stringify({ pid: 1, host: "elsewhere", since: "today" }));
    await expect(LocalIndex.open({ folder })).rejects.toMatchObject({
      code: "index-locked",
      details: { host: "elsewhere" },
    });
    const longAgo = new Date(Date.now() - 120_000);
    utimesSync(lock, longAgo, longAgo);
    await (await LocalIndex.open({ folder })).close();
  });

  it("keeps readers on their state while a writer commits and merges, until they refresh", async () => {
    const folder = newFolder();
    const writer = await LocalIndex.open({ folder });
    await writer.apply({ put: library });
    const reader = await LocalIndex.open({ folder, readOnly: true });
    expect(await reader.refresh()).toBe(false);
    for (let n = 0; n < 30; n++)
      await writer.apply({ put: [testDocument("a", [`版本 ${n}`])], remove: ["c"] });
    expect((await reader.search({ text: "文档", limit: 9 })).keyword).toHaveLength(3);
    expect(await reader.stats()).toMatchObject({ revision: 1, documents: 3 });
    expect(await reader.refresh()).toBe(true);
    expect(await reader.stats()).toMatchObject({ revision: 31, documents: 2 });
    expect((await reader.chunksOf("a"))[0]!.text).toBe("版本 29");
    expect(await writer.refresh()).toBe(false);
    await Promise.all([reader.close(), writer.close()]);
  });

  it("lets others ask from a folder that is claimed with the first write, and writes on top of what they wrote", async () => {
    const folder = newFolder();
    const [one, two] = await Promise.all([
      LocalIndex.open({ folder, lock: "write" }),
      LocalIndex.open({ folder, lock: "write" }),
    ]);
    expect(readdirSync(folder)).toEqual([]);
    await one.apply({ put: library });
    await expect(two.apply({ put: library })).rejects.toMatchObject({ code: "index-locked" });
    expect(await two.stats()).toMatchObject({ documents: 0 });
    expect(await two.refresh()).toBe(true);
    expect((await two.search({ text: "文档", limit: 9 })).keyword).toHaveLength(3);
    await one.apply({ remove: ["a"] });
    await one.close();
    // Two still serves what it read; its first write takes over what was committed since.
    expect(await two.stats()).toMatchObject({ documents: 3, revision: 1 });
    await two.apply({ put: [testDocument("d", ["文档 d"])] });
    expect([...(await two.documents()).keys()].sort()).toEqual(["b", "c", "d"]);
    await two.close();
    const reader = await LocalIndex.open({ folder, readOnly: true });
    expect(await reader.stats()).toMatchObject({ documents: 3, revision: 3 });
    await reader.close();
  });

  it("answers in a second process from the folder of an open pipeline", { timeout: 60_000 }, async () => {
    const folder = newFolder();
    const pipeline = await createRagPipeline({ folder, translator: false });
    await pipeline.index.apply({ put: library });
    const code = `
      import { createRagPipeline } from ${JSON.stringify(path.join(here, "../src/pipeline.ts"))};
      for (const readOnly of [false, true]) {
        const pipeline = await createRagPipeline({ folder: ${JSON.stringify(folder)}, translator: false, readOnly });
        const { passages } = await pipeline.retrieve("文档 b");
        const refused = await pipeline.index.apply({ remove: ["a"] }).catch(({ code }) => code);
        console.log(JSON.stringify({ first: passages[0].documentId, refused }));
        await pipeline.close();
      }`;
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ["--import", "tsx", "--input-type=module", "-e", code],
      { cwd: here, encoding: "utf8" },
    );
    expect(stderr).toBe("");
    expect(
      stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { first: "b", refused: "index-locked" },
      { first: "b", refused: "invalid-input" },
    ]);
    await pipeline.close();
  });

  it("opens for readers while a writer never stops committing", async () => {
    const folder = newFolder();
    const writer = await LocalIndex.open({ folder });
    await writer.apply({ put: library });
    let writing = true;
    const writes = (async () => {
      for (let n = 0; writing; n++)
        await writer.apply({ put: library.map(({ documentId }) => testDocument(documentId, [`共同 ${n}`])) });
    })();
    for (let n = 0; n < 25; n++) {
      const reader = await LocalIndex.open({ folder, readOnly: true });
      const texts = (await reader.search({ text: "共同 文档", limit: 9 })).keyword.map(
        ({ chunk }) => chunk.text.split(" ")[1],
      );
      expect(texts).toHaveLength(3);
      expect(await reader.stats()).toMatchObject({ documents: 3 });
      await reader.close();
    }
    writing = false;
    await writes;
    await writer.close();
  });

  it.skipIf(process.platform === "win32")(
    "survives a full disk: the commit fails, the state stays, the process lives",
    { timeout: 60_000 },
    () => {
      const folder = newFolder();
      // A limit on the size of files stands in for a full disk: writing stops in the middle with an error.
      const code = `
      import { LocalIndex } from ${JSON.stringify(path.join(here, "../src/index/local-index.ts"))};
      const chunk = (id, text) => ({ id: id + "@0", documentId: id, title: "", headingPath: [], blockIds: [], text, start: 0, end: 1, ordinal: 0, tokens: 1, metadata: {} });
      const put = (id, text) => ({ put: [{ documentId: id, hash: "h", chunks: [chunk(id, text)] }] });
      const index = await LocalIndex.open({ folder: ${JSON.stringify(folder)} });
      await index.apply(put("small", "注意力"));
      const error = await index.apply(put("large", "很长的文本".repeat(40_000))).catch((caught) => caught);
      const hits = (await index.search({ text: "注意力", limit: 3 })).keyword.length;
      await index.apply(put("next", "梯度"));
      console.log(JSON.stringify({ code: error.code, message: error.message, hits, stats: await index.stats() }));
      await index.close();`;
      const command = `ulimit -f 200; exec "${process.execPath}" --import tsx --input-type=module -e '${code.replaceAll("'", "'\\''")}'`;
      const { stdout, stderr, status } = spawnSync("sh", ["-c", command], { cwd: here, encoding: "utf8" });
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      const report = JSON.parse(stdout) as { message: string; stats: unknown };
      expect(report).toMatchObject({
        code: "index-write-failed",
        hits: 1,
        stats: { documents: 2, revision: 2 },
      });
      expect(report.message).toContain("full");
      expect(readdirSync(folder).filter((name) => name.endsWith(".zxs"))).toHaveLength(2);
    },
  );

  it.skipIf(process.platform === "win32")(
    "goes on without merging where there is no room for the merged file",
    { timeout: 60_000 },
    () => {
      const folder = newFolder();
      const code = `
      import { LocalIndex } from ${JSON.stringify(path.join(here, "../src/index/local-index.ts"))};
      const text = (n) => Array.from({ length: 6000 }, (_, i) => String.fromCodePoint(0x4e00 + (i * (n + 7)) % 9000)).join("");
      const chunk = (id, n) => ({ id: id + "@0", documentId: id, title: "", headingPath: [], blockIds: [], text: text(n), start: 0, end: 1, ordinal: 0, tokens: 1, metadata: {} });
      const index = await LocalIndex.open({ folder: ${JSON.stringify(folder)} });
      for (let n = 0; n < 12; n++) await index.apply({ put: [{ documentId: "d" + n, hash: "h", chunks: [chunk("d" + n, n)] }] });
      const hits = (await index.search({ text: text(3).slice(20, 40), limit: 1 })).keyword.map((hit) => hit.chunk.documentId);
      console.log(JSON.stringify({ hits, stats: await index.stats() }));
      await index.close();`;
      const command = `ulimit -f 500; exec "${process.execPath}" --import tsx --input-type=module -e '${code.replaceAll("'", "'\\''")}'`;
      const { stdout, stderr, status } = spawnSync("sh", ["-c", command], { cwd: here, encoding: "utf8" });
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(JSON.parse(stdout)).toMatchObject({ hits: ["d3"], stats: { documents: 12, revision: 12 } });
      // Eight neighbours of a size would have become one file.
      expect(readdirSync(folder).filter((name) => name.endsWith(".zxs"))).toHaveLength(12);
    },
  );
});
