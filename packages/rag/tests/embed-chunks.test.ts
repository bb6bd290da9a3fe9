import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { embedChunks } from "../src/index.ts";
import { testChunk } from "./chunk-index.contract.ts";

const root = mkdtempSync(path.join(tmpdir(), "zixue-embed-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const chunks = ["注意力", "梯度", "注意力", "低秩"].map((text, n) =>
  testChunk(`a@${n}`, text, { title: "文档" }),
);
let asked: string[][] = [];
beforeEach(() => {
  asked = [];
});
const embeddings = {
  async embedDocuments(texts: string[]) {
    asked.push(texts);
    return texts.map((text) => [text.length, text.charCodeAt(3), 0.5]);
  },
};
const answering = (vectors: unknown) => ({ embedDocuments: async () => vectors as number[][] });

describe("embedChunks", () => {
  it("gives a vector a chunk, with the title in the text, and asks for equal texts once", async () => {
    const vectors = await embedChunks(chunks, embeddings, { batchSize: 2 });
    expect(vectors.map((vector) => [...vector])).toEqual([
      [6, "注".charCodeAt(0), 0.5],
      [5, "梯".charCodeAt(0), 0.5],
      [6, "注".charCodeAt(0), 0.5],
      [5, "低".charCodeAt(0), 0.5],
    ]);
    expect(asked).toEqual([["文档\n注意力", "文档\n梯度"], ["文档\n低秩"]]);
    expect(await embedChunks([], embeddings)).toEqual([]);
  });

  it("reports progress", async () => {
    const seen: [number, number, number][] = [];
    await embedChunks(chunks, embeddings, {
      batchSize: 1,
      onProgress: ({ done, total, cached }) => seen.push([done, total, cached]),
    });
    expect(seen).toEqual([
      [0, 4, 0],
      [2, 4, 0],
      [3, 4, 0],
      [4, 4, 0],
    ]);
  });

  it.each([
    [
      "a vector of another length",
      [
        [1, 2],
        [1, 2, 3],
        [1, 2],
      ],
    ],
    [
      "zeros",
      [
        [1, 2],
        [0, 0],
        [1, 2],
      ],
    ],
    [
      "NaN",
      [
        [1, 2],
        [Number.NaN, 1],
        [1, 2],
      ],
    ],
    [
      "infinity",
      [
        [1, Number.POSITIVE_INFINITY],
        [1, 2],
        [1, 2],
      ],
    ],
    ["a hole", [[1, 2], undefined, [1, 2]]],
    [
      "text",
      [
        ["1", "2"],
        [1, 2],
        [1, 2],
      ],
    ],
    ["too few", [[1, 2]]],
    ["no list", { vectors: [] }],
  ])("refuses %s and caches nothing of it", async (_, vectors) => {
    const cacheFolder = mkdtempSync(path.join(root, "cache-"));
    const options = { cacheFolder, fingerprint: "m" };
    await expect(embedChunks(chunks, answering(vectors), options)).rejects.toMatchObject({
      name: "RagError",
      code: "invalid-vector",
    });
    const good = await embedChunks(chunks, embeddings, options);
    expect(good.every((vector) => vector.length === 3)).toBe(true);
    expect(asked.flat()).toHaveLength(3);
  });

  it("says that the model failed, with its error as the cause", async () => {
    const cause = new Error("HTTP 503");
    const failing = { embedDocuments: () => Promise.reject(cause) };
    await expect(embedChunks(chunks, failing)).rejects.toMatchObject({
      code: "model-failed",
      message: expect.stringContaining("503"),
      cause,
    });
  });

  it("stops waiting for a model that does not listen to the signal", async () => {
    const hanging = { embedDocuments: () => new Promise<number[][]>(() => undefined) };
    await expect(embedChunks(chunks, hanging, { signal: AbortSignal.timeout(20) })).rejects.toMatchObject({
      code: "aborted",
    });
    await expect(embedChunks(chunks, embeddings, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "aborted",
    });
  });

  it("needs a fingerprint with a cache, and a sensible batch", async () => {
    await expect(embedChunks(chunks, embeddings, { cacheFolder: root })).rejects.toMatchObject({
      code: "invalid-input",
    });
    await expect(embedChunks(chunks, embeddings, { batchSize: 0 })).rejects.toMatchObject({
      code: "invalid-input",
    });
  });
});

describe("the cache of vectors", () => {
  const newCache = () => ({
    cacheFolder: mkdtempSync(path.join(root, "cache-")),
    fingerprint: "provider/model/3",
  });
  const filesOf = (cacheFolder: string): string[] =>
    readdirSync(cacheFolder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".vectors"))
      .map((name) => path.join(cacheFolder, name));

  it("never asks twice for a text, and keeps models apart", async () => {
    const options = newCache();
    const first = await embedChunks(chunks, embeddings, options);
    expect(asked.flat()).toHaveLength(3);
    expect(await embedChunks(chunks, embeddings, options)).toEqual(first);
    expect(asked.flat()).toHaveLength(3);
    await embedChunks(chunks, embeddings, { ...options, fingerprint: "another" });
    expect(asked.flat()).toHaveLength(6);
  });

  it("keeps the batches that came before a failure", async () => {
    const options = { ...newCache(), batchSize: 1 };
    let calls = 0;
    const failing = {
      embedDocuments: async (texts: string[]) => {
        if (++calls === 3) throw new Error("down");
        return embeddings.embedDocuments(texts);
      },
    };
    await expect(embedChunks(chunks, failing, options)).rejects.toMatchObject({ code: "model-failed" });
    await embedChunks(chunks, embeddings, options);
    expect(asked.flat()).toHaveLength(3);
  });

  it("reads what is sound of a file that was cut short or damaged anywhere, and asks for the rest", async () => {
    const options = newCache();
    const expected = await embedChunks(chunks, embeddings, options);
    const [file] = filesOf(options.cacheFolder);
    const content = readFileSync(file!);
    for (let at = 0; at < content.length; at += 5) {
      for (const damage of ["cut", "flip"]) {
        for (const other of filesOf(options.cacheFolder)) rmSync(other);
        const copy = Buffer.from(content);
        copy[at] = copy[at]! ^ 1;
        writeFileSync(file!, damage === "cut" ? content.subarray(0, at) : copy);
        expect(await embedChunks(chunks, embeddings, options)).toEqual(expected);
      }
    }
  });

  it("ignores a foreign file and puts many small files into one", async () => {
    const options = newCache();
    for (let n = 0; n < 40; n++)
      await embedChunks([testChunk(`a@${n}`, `第${n}段文字`)], embeddings, options);
    expect(filesOf(options.cacheFolder).length).toBeLessThan(34);
    appendFileSync(path.join(path.dirname(filesOf(options.cacheFolder)[0]!), "zzz.vectors"), "nonsense");
    const count = asked.length;
    await embedChunks(
      Array.from({ length: 40 }, (_, n) => testChunk(`a@${n}`, `第${n}段文字`)),
      embeddings,
      options,
    );
    expect(asked.length).toBe(count);
  });

  it("may be shared by two at once", async () => {
    const options = newCache();
    await Promise.all([embedChunks(chunks, embeddings, options), embedChunks(chunks, embeddings, options)]);
    const count = asked.length;
    await embedChunks(chunks, embeddings, options);
    expect(asked.length).toBe(count);
    const sizes = filesOf(options.cacheFolder).map((file) => statSync(file).size);
    expect(sizes.every((size) => size > 8)).toBe(true);
  });
});
