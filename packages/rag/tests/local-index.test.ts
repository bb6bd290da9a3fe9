import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { LocalIndex, MemoryIndex } from "../src/index.ts";
import { describeChunkIndex, testDocument } from "./chunk-index.contract.ts";

const root = mkdtempSync(path.join(tmpdir(), "zixue-local-index-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const newFolder = (): string => mkdtempSync(path.join(root, "index-"));

describeChunkIndex("LocalIndex", () => LocalIndex.open({ folder: newFolder() }));
describeChunkIndex("LocalIndex with a graph", () =>
  LocalIndex.open({ folder: newFolder(), vectors: "hnsw" }),
);

const library = [
  testDocument("a", ["注意力机制让模型关注重要的部分。", "多头注意力分成几组。"], {
    vectors: [
      [1, 0],
      [0, 1],
    ],
    metadata: { part: 1 },
  }),
  testDocument("b", ["反向传播用链式法则计算梯度。"], { vectors: [[1, 1]], metadata: { part: 2 } }),
  testDocument("empty", []),
];

describe("LocalIndex as a folder", () => {
  it("comes back after it was closed, with keyword search, vectors, filters and chunks", async () => {
    const folder = path.join(newFolder(), "created", "on", "the", "way");
    const index = await LocalIndex.open({ folder });
    await index.apply({ put: library });
    const request = { text: "注意力和梯度", vector: Float32Array.of(1, 0.2), limit: 5 };
    const before = { result: await index.search(request), stats: await index.stats() };
    await index.close();
    for (const readOnly of [false, true]) {
      const again = await LocalIndex.open({ folder, readOnly });
      expect({ result: await again.search(request), stats: await again.stats() }).toEqual(before);
      expect([...(await again.documents()).keys()]).toEqual(["a", "b", "empty"]);
      expect(
        (await again.search({ ...request, filter: { part: 2 } })).vector.map(({ chunk }) => chunk.id),
      ).toEqual(["b@0"]);
      expect(await again.get(["b@0", "a@1"])).toEqual([library[1]!.chunks[0], library[0]!.chunks[1]]);
      await again.close();
    }
  });

  it("keeps few files however many changes there were, and deletes those it no longer needs", async () => {
    const folder = newFolder();
    const index = await LocalIndex.open({ folder });
    for (let n = 0; n < 150; n++) await index.apply({ put: [testDocument(`d${n % 60}`, [`第${n}版`])] });
    expect(await index.stats()).toMatchObject({ documents: 60, chunks: 60, revision: 150 });
    const files = readdirSync(folder).filter((name) => name.endsWith(".zxs"));
    expect(files.length).toBeLessThanOrEqual(8);
    expect((await index.search({ text: "149", limit: 3 })).keyword[0]!.chunk.documentId).toBe("d29");
    await index.close();
    expect(readdirSync(folder).sort()).toEqual(["manifest.json", ...files.sort()]);
  });

  it("does not commit a change of nothing", async () => {
    const index = await LocalIndex.open({ folder: newFolder() });
    await index.apply({ put: library });
    await index.apply({ remove: ["unknown"] });
    await index.apply({});
    expect((await index.stats()).revision).toBe(1);
    await index.close();
  });

  it("may change the vectors' dimensions when everything is replaced", async () => {
    const folder = newFolder();
    const index = await LocalIndex.open({ folder });
    await index.apply({ put: library });
    await index.apply({ put: [testDocument("a", ["新"], { vectors: [[1, 2, 3]] })], remove: ["b", "empty"] });
    expect(await index.stats()).toMatchObject({ documents: 1, dimensions: 3 });
    await index.close();
    const again = await LocalIndex.open({ folder });
    expect((await again.search({ vector: Float32Array.of(1, 2, 3), limit: 1 })).vector[0]!.score).toBeCloseTo(
      1,
      5,
    );
    await again.close();
  });

  it("removes what a killed writer left, and only that", async () => {
    const folder = newFolder();
    const index = await LocalIndex.open({ folder });
    await index.apply({ put: library });
    await index.close();
    const strays = [
      "segment-0123456789abcdef.zxs",
      "graph-0123456789abcdef.hnsw.0123456789ab.tmp",
      "manifest.json.0123456789ab.tmp",
      "writer-00000000-1-1-0123456789ab.lock",
    ];
    for (const name of [...strays.slice(0, 3), "notes.md", "segment-of-mine.zxs"])
      writeFileSync(path.join(folder, name), "x");
    await (await LocalIndex.open({ folder, readOnly: true })).close();
    expect(strays.slice(0, 3).every((name) => existsSync(path.join(folder, name)))).toBe(true);
    await (await LocalIndex.open({ folder })).close();
    expect(strays.some((name) => existsSync(path.join(folder, name)))).toBe(false);
    expect(
      existsSync(path.join(folder, "notes.md")) && existsSync(path.join(folder, "segment-of-mine.zxs")),
    ).toBe(true);
  });

  it("says what is missing when there is nothing to read", async () => {
    for (const folder of [path.join(root, "nowhere"), newFolder()]) {
      await expect(LocalIndex.open({ folder, readOnly: true })).rejects.toMatchObject({
        code: "index-missing",
        message: expect.stringContaining("Ingest"),
      });
      expect(existsSync(path.join(root, "nowhere"))).toBe(false);
    }
  });

  it("refuses a path that is no folder, and a folder that cannot be written", async () => {
    const file = path.join(root, "file");
    writeFileSync(file, "x");
    await expect(LocalIndex.open({ folder: file })).rejects.toMatchObject({ code: "index-write-failed" });
    await expect(LocalIndex.open({ folder: "" })).rejects.toMatchObject({ code: "invalid-input" });
    if (existsSync("/proc/version")) {
      await expect(LocalIndex.open({ folder: "/proc/zixue" })).rejects.toMatchObject({
        code: "index-write-failed",
      });
    }
  });

  it("does not write when it was opened to read", async () => {
    const folder = newFolder();
    await (await LocalIndex.open({ folder })).apply({ put: library }).catch(() => undefined);
    const reader = await LocalIndex.open({ folder, readOnly: true });
    await expect(reader.apply({ put: library })).rejects.toMatchObject({
      code: "invalid-input",
      message: expect.stringContaining("readOnly"),
    });
    await reader.close();
  });

  it("is cancelled while opening", async () => {
    await expect(LocalIndex.open({ folder: newFolder(), signal: AbortSignal.abort() })).rejects.toMatchObject(
      { code: "aborted" },
    );
  });
});

describe("LocalIndex fingerprints", () => {
  const fingerprint = { embeddings: "openai/small@2", chunker: "structure-400" };

  it("opens with the same fingerprint, or without the parts that do not matter to the caller", async () => {
    const folder = newFolder();
    const index = await LocalIndex.open({ folder, fingerprint });
    await index.apply({ put: library });
    await index.close();
    for (const wanted of [fingerprint, { chunker: "structure-400" }, undefined]) {
      await (await LocalIndex.open({ folder, ...(wanted ? { fingerprint: wanted } : {}) })).close();
    }
  });

  it("refuses another one and says what differs", async () => {
    const folder = newFolder();
    const index = await LocalIndex.open({ folder, fingerprint });
    await index.apply({ put: library });
    await index.close();
    const other = { ...fingerprint, embeddings: "qwen/v4@2" };
    for (const readOnly of [false, true]) {
      const error = await LocalIndex.open({ folder, fingerprint: other, readOnly }).catch(
        (caught: unknown) => caught,
      );
      expect(error).toMatchObject({ code: "index-incompatible", details: { different: ["embeddings"] } });
      expect((error as Error).message).toContain("openai/small@2");
      expect((error as Error).message).toContain("qwen/v4@2");
    }
  });

  it("rebuilds on request, and keeps the old state until the first commit", async () => {
    const folder = newFolder();
    const index = await LocalIndex.open({ folder, fingerprint });
    await index.apply({ put: library });
    await index.close();
    const other = { ...fingerprint, embeddings: "qwen/v4@3" };
    const options = { folder, fingerprint: other, onUnusable: "rebuild" } as const;
    const first = await LocalIndex.open(options);
    expect(await first.stats()).toMatchObject({ documents: 0 });
    await first.close();
    await (await LocalIndex.open({ folder, fingerprint, readOnly: true })).close();
    const second = await LocalIndex.open(options);
    await second.apply({ put: [testDocument("new", ["新"], { vectors: [[1, 2, 3]] })] });
    await second.close();
    const third = await LocalIndex.open({ folder, fingerprint: other });
    expect([...(await third.documents()).keys()]).toEqual(["new"]);
    await third.close();
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it("refuses an index of another schema version", async () => {
    const folder = newFolder();
    const index = await LocalIndex.open({ folder });
    await index.apply({ put: library });
    await index.close();
    const file = path.join(folder, "manifest.json");
    writeFileSync(file, readFileSync(file, "utf8").replace('"schema": 1', '"schema": 2'));
    await expect(LocalIndex.open({ folder })).rejects.toMatchObject({
      code: "index-incompatible",
      message: expect.stringContaining("Delete the folder and ingest again"),
    });
  });
});

describe("LocalIndex against a model", () => {
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        put: fc.array(fc.tuple(fc.nat(9), fc.nat(3), fc.boolean()), { maxLength: 4 }),
        remove: fc.array(fc.nat(9), { maxLength: 3 }),
      }),
    },
    { weight: 1, arbitrary: fc.constant("reopen" as const) },
  );

  it("holds and finds the same as an index in memory after any sequence of changes and reopenings", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        const folder = newFolder();
        let index = await LocalIndex.open({ folder });
        const model = new MemoryIndex();
        let version = 0;
        for (const next of steps) {
          if (next === "reopen") {
            await index.close();
            index = await LocalIndex.open({ folder });
            continue;
          }
          version++;
          const put = [...new Map(next.put.map((one) => [one[0], one])).values()].map(
            ([id, count, withVectors]) => {
              const texts = Array.from({ length: count }, (_, n) => `文档${id} 版本${version} 段落${n}`);
              const vectors = texts.map((_, n) => [id - 4.5, n + 1, (version % 7) - 3]);
              return testDocument(`d${id}`, texts, {
                metadata: { id, even: version % 2 === 0 },
                ...(withVectors ? { vectors } : {}),
              });
            },
          );
          const changes = { put, remove: next.remove.map((id) => `d${id}`) };
          await Promise.all([index.apply(changes), model.apply(changes)]);
        }
        expect(new Map(await index.documents())).toEqual(new Map(await model.documents()));
        for (let id = 0; id < 10; id++)
          expect(await index.chunksOf(`d${id}`)).toEqual(await model.chunksOf(`d${id}`));
        for (const filter of [undefined, { even: true }, { id: { lt: 5 } }]) {
          const request = {
            text: "版本 段落 文档",
            vector: Float32Array.of(1, 2, -1),
            limit: 100,
            ...(filter ? { filter } : {}),
          };
          const [ours, theirs] = await Promise.all([index.search(request), model.search(request)]);
          expect(scored(ours.keyword)).toEqual(scored(theirs.keyword));
          expect(scored(ours.vector)).toEqual(scored(theirs.vector));
        }
        await index.close();
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});

function scored(hits: readonly { chunk: { id: string }; score: number }[]): string[] {
  return hits.map(({ chunk, score }) => `${chunk.id} ${score.toFixed(4)}`).sort();
}
