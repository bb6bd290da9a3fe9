import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { LocalIndex } from "../src/index.ts";
import { testDocument } from "./chunk-index.contract.ts";
import { randomNumbers } from "./vectors.ts";

const root = mkdtempSync(path.join(tmpdir(), "zixue-loop-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const random = randomNumbers(11);
const characters = Array.from({ length: 1500 }, (_, at) => String.fromCodePoint(0x4e00 + at * 3));
const passage = (): string =>
  Array.from({ length: 120 }, () => characters[Math.floor(random() ** 2 * characters.length)]).join("");
const documents = Array.from({ length: 4000 }, (_, n) => testDocument(`d${n}`, [passage()]));

/** How often the event loop goes round while work is going on. */
async function roundsDuring(work: Promise<unknown>): Promise<number> {
  let working = true;
  let rounds = 0;
  const end = work.finally(() => {
    working = false;
  });
  while (working) {
    await new Promise((resolve) => setImmediate(resolve));
    rounds++;
  }
  await end;
  return rounds;
}

describe("LocalIndex beside other work", () => {
  it("lets the event loop go round in the midst of a large commit, of merges and of decoding", {
    timeout: 60_000,
  }, async () => {
    const folder = mkdtempSync(path.join(root, "index-"));
    const index = await LocalIndex.open({ folder });
    const seconds = (start: number): number => (performance.now() - start) / 1000;
    let start = performance.now();
    const building = await roundsDuring(index.apply({ put: documents.slice(0, 3000) }));
    // A slice is 3 ms: even where each takes ten times as long, there are more than thirty in a second.
    expect(building).toBeGreaterThan(30 * seconds(start));

    start = performance.now();
    let merging = 0;
    for (let first = 3000; first < documents.length; first += 50)
      merging += await roundsDuring(index.apply({ put: documents.slice(first, first + 50) }));
    expect(merging).toBeGreaterThan(30 * seconds(start));
    await index.close();

    const reader = await LocalIndex.open({ folder, readOnly: true });
    const before = await reader.search({ text: "注意力", limit: 3 });
    expect(before.terms.length).toBeGreaterThan(0);
    await reader.close();
  });

  it("answers from the state before while a commit merges, and leaves that state when the commit is cancelled", async () => {
    const folder = mkdtempSync(path.join(root, "index-"));
    const index = await LocalIndex.open({ folder });
    for (let n = 0; n < 7; n++) await index.apply({ put: documents.slice(n * 70, n * 70 + 70) });
    const { revision } = await index.stats();
    const cancel = new AbortController();
    // The eighth of a size: its commit merges.
    const commit = index.apply({ put: documents.slice(490, 4000) }, { signal: cancel.signal });
    const text = documents[3]!.chunks[0]!.text.slice(10, 30);
    for (let n = 0; n < 5; n++) {
      const { keyword } = await index.search({ text, limit: 1 });
      expect(keyword[0]!.chunk.documentId).toBe("d3");
      expect(await index.stats()).toMatchObject({ revision, documents: 490 });
      await new Promise((resolve) => setImmediate(resolve));
    }
    cancel.abort();
    await expect(commit).rejects.toMatchObject({ code: "aborted" });
    expect(await index.stats()).toMatchObject({ revision, documents: 490 });
    await index.apply({ put: documents.slice(490, 560) });
    expect(await index.stats()).toMatchObject({ revision: revision + 1, documents: 560 });
    await index.close();
  });

  it("spends less than a fiftieth of a full ingest on one changed document", {
    timeout: 60_000,
  }, async () => {
    const folder = mkdtempSync(path.join(root, "index-"));
    const index = await LocalIndex.open({ folder });
    const cpuOf = async (work: () => Promise<unknown>): Promise<number> => {
      const before = process.cpuUsage();
      await work();
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    const full = await cpuOf(async () => {
      for (let first = 0; first < documents.length; first += 250)
        await index.apply({ put: documents.slice(first, first + 250) });
    });
    const changes = [];
    for (let n = 0; n < 5; n++)
      changes.push(await cpuOf(() => index.apply({ put: [testDocument("d17", [`第${n}版 ${passage()}`])] })));
    expect(Math.min(...changes) / full).toBeLessThan(0.02);
    await index.close();
  });
});
