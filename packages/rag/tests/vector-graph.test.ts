import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadHnswlib } from "../src/index/vector/hnsw-graph.ts";
import type { DocumentChange, SearchHit } from "../src/index.ts";
import { LocalIndex } from "../src/index.ts";
import { testDocument } from "./chunk-index.contract.ts";
import { bruteForce, clusteredVectors } from "./vectors.ts";

const root = mkdtempSync(path.join(tmpdir(), "zixue-graph-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const newFolder = (): string => mkdtempSync(path.join(root, "index-"));

const installed = (await loadHnswlib()) !== undefined;
if (!installed) console.warn("Skipped: tests of the graph need the optional package hnswlib-node.");

const DIMENSIONS = 24;
const vectors = clusteredVectors(1200, DIMENSIONS, 5);
const documents: DocumentChange[] = vectors.map((vector, row) =>
  testDocument(`d${row}`, [`第${row}段`], {
    vectors: [[...vector]],
    metadata: { even: row % 2 === 0, rare: row % 50 === 0 },
  }),
);
const rows = (hits: readonly SearchHit[]): number[] =>
  hits.map(({ chunk }) => Number(chunk.documentId.slice(1)));

async function recall(
  index: LocalIndex,
  accept: (row: number) => boolean,
  filter?: Record<string, boolean>,
): Promise<number> {
  const queries = clusteredVectors(40, DIMENSIONS, 77);
  let hits = 0;
  for (const vector of queries) {
    const truth = new Set(bruteForce(vectors, vector, 10, accept).map(({ row }) => row));
    const found = rows((await index.search({ vector, limit: 10, ...(filter ? { filter } : {}) })).vector);
    expect(found).toHaveLength(10);
    expect(found.every(accept)).toBe(true);
    hits += found.filter((row) => truth.has(row)).length;
  }
  return hits / 400;
}

describe.skipIf(!installed)("LocalIndex with a graph of neighbours", () => {
  it("serves exactly while the graph is built in a worker, then from the graph, and keeps the event loop free", async () => {
    const index = await LocalIndex.open({ folder: newFolder(), vectors: "hnsw" });
    await index.apply({ put: documents });
    expect((await index.stats()).vectorSearch).toBe("exact");
    let [last, longest, turns] = [performance.now(), 0, 0];
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
      turns++;
    }, 1);
    const ready = index.optimize();
    expect(await recall(index, () => true)).toBe(1);
    await ready;
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
    expect(longest).toBeLessThan(500);
    expect((await index.stats()).vectorSearch).toBe("hnsw");
    expect(await recall(index, () => true)).toBeGreaterThanOrEqual(0.99);
    await index.close();
  });

  it("obeys filters, deletions, replacements and additions after the graph was built", async () => {
    const folder = newFolder();
    const index = await LocalIndex.open({ folder, vectors: "hnsw" });
    await index.apply({ put: documents.slice(0, 1100) });
    await index.optimize();
    await index.apply({ remove: documents.slice(0, 100).map(({ documentId }) => documentId) });
    // One at a time, so that merges move rows under the graph.
    for (const document of documents.slice(1100, 1120)) await index.apply({ put: [document] });
    await index.apply({ put: documents.slice(1120) });
    expect((await index.stats()).vectorSearch).toBe("hnsw");
    const live = (row: number): boolean => row >= 100;
    expect(await recall(index, live)).toBeGreaterThanOrEqual(0.99);
    expect(await recall(index, (row) => live(row) && row % 2 === 0, { even: true })).toBeGreaterThanOrEqual(
      0.99,
    );
    expect(await recall(index, (row) => live(row) && row % 50 === 0, { rare: true })).toBe(1);
    await index.close();

    const reopened = await LocalIndex.open({ folder, readOnly: true });
    await reopened.optimize();
    expect((await reopened.stats()).vectorSearch).toBe("hnsw");
    expect(await recall(reopened, live)).toBeGreaterThanOrEqual(0.99);
    await reopened.close();
  });

  it("builds anew when more than a quarter of the graph is gone", async () => {
    const folder = newFolder();
    const index = await LocalIndex.open({ folder, vectors: "hnsw" });
    await index.apply({ put: documents });
    await index.optimize();
    const before = graphFiles(folder);
    await index.apply({ remove: documents.slice(0, 200).map(({ documentId }) => documentId) });
    await index.optimize();
    expect(graphFiles(folder)).toEqual(before);
    await index.apply({ remove: documents.slice(200, 400).map(({ documentId }) => documentId) });
    await index.optimize();
    expect(graphFiles(folder)).toHaveLength(2);
    expect(graphFiles(folder)).not.toEqual(before);
    expect(await recall(index, (row) => row >= 400)).toBeGreaterThanOrEqual(0.99);
    await index.close();
  });

  it("never loads a damaged graph, says so, and builds a new one", async () => {
    const folder = newFolder();
    const index = await LocalIndex.open({ folder, vectors: "hnsw" });
    await index.apply({ put: documents.slice(0, 300) });
    await index.optimize();
    await index.close();
    const [file] = graphFiles(folder).filter((name) => name.endsWith(".hnsw"));
    const content = await readFile(path.join(folder, file!));
    for (const damaged of [
      content.subarray(0, content.length - 7),
      flipped(content, 96 + 40),
      flipped(content, 16),
      Buffer.alloc(0),
    ]) {
      writeFileSync(path.join(folder, file!), damaged);
      const reader = await LocalIndex.open({ folder, readOnly: true });
      await reader.optimize();
      expect(await reader.stats()).toMatchObject({
        vectorSearch: "exact",
        vectorNote: expect.stringContaining("checksum"),
      });
      expect(rows((await reader.search({ vector: vectors[3]!, limit: 1 })).vector)).toEqual([3]);
      await reader.close();
    }
    const writer = await LocalIndex.open({ folder, vectors: "hnsw" });
    await writer.optimize();
    expect((await writer.stats()).vectorSearch).toBe("hnsw");
    expect(graphFiles(folder)).not.toContain(file);
    await writer.close();
  });

  it("gives up building when it is closed, and leaves no file behind that the next writer keeps", async () => {
    const folder = newFolder();
    const index = await LocalIndex.open({ folder, vectors: "hnsw" });
    await index.apply({ put: documents });
    const waiting = index.optimize().catch(() => undefined);
    await index.close();
    await waiting;
    const next = await LocalIndex.open({ folder, vectors: "exact" });
    expect(graphFiles(folder)).toEqual([]);
    await next.close();
  });

  it("stops waiting, not building, when the caller aborts", async () => {
    const index = await LocalIndex.open({ folder: newFolder(), vectors: "hnsw" });
    await index.apply({ put: documents });
    await expect(index.optimize({ signal: AbortSignal.timeout(5) })).rejects.toMatchObject({
      code: "aborted",
    });
    await index.optimize();
    expect((await index.stats()).vectorSearch).toBe("hnsw");
    await index.close();
  });

  it("keeps to the exact scan below the threshold, and always when told to", async () => {
    for (const mode of ["auto", "exact"] as const) {
      const folder = newFolder();
      const index = await LocalIndex.open({ folder, vectors: mode });
      await index.apply({ put: documents.slice(0, 50) });
      await index.optimize();
      expect((await index.stats()).vectorSearch).toBe("exact");
      expect(graphFiles(folder)).toEqual([]);
      await index.close();
    }
  });

  it("keeps keys and graph apart when a keys file is damaged", async () => {
    const folder = newFolder();
    const index = await LocalIndex.open({ folder, vectors: "hnsw" });
    await index.apply({ put: documents.slice(0, 100) });
    await index.optimize();
    await index.close();
    const [keys] = graphFiles(folder).filter((name) => name.endsWith(".keys"));
    await writeFile(path.join(folder, keys!), "nonsense");
    const reader = await LocalIndex.open({ folder, readOnly: true });
    await reader.optimize();
    expect((await reader.stats()).vectorSearch).toBe("exact");
    await reader.close();
  });
});

function graphFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith("graph-"))
    .sort();
}

function flipped(content: Buffer, at: number): Buffer {
  const copy = Buffer.from(content);
  copy[at] = copy[at]! ^ 0x10;
  return copy;
}
