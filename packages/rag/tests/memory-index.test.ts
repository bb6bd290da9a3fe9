import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULT_THRESHOLDS, MemoryIndex, RagError } from "../src/index.ts";
import { describeChunkIndex, testDocument } from "./chunk-index.contract.ts";

describeChunkIndex("MemoryIndex", async () => new MemoryIndex());

describe("MemoryIndex as a file", () => {
  async function filledIndex(): Promise<MemoryIndex> {
    const index = new MemoryIndex();
    await index.apply({
      put: [
        testDocument("a", ["注意力机制让模型关注重要的部分。", "GPT-4 是一个大语言模型。"], {
          vectors: [
            [1, 2],
            [3, 1],
          ],
          metadata: { part: 1 },
        }),
        testDocument("b", ["Gradient descent updates parameters."]),
        testDocument("empty", []),
      ],
    });
    await index.apply({ put: [testDocument("c", ["要删的文档"])] });
    await index.apply({ remove: ["c"] });
    return index;
  }

  it("comes back with documents, keyword search, vectors and filters", async () => {
    const index = await filledIndex();
    const copy = MemoryIndex.fromBytes(index.toBytes());
    expect(await copy.documents()).toEqual(await index.documents());
    for (const id of ["a", "b", "c", "empty"])
      expect(await copy.chunksOf(id)).toEqual(await index.chunksOf(id));
    for (const request of [
      { text: "什么是 GPT4", vector: Float32Array.of(1, 1), limit: 5 },
      { text: "模型", filter: { part: 1 }, limit: 5 },
      { text: "要删的文档", limit: 5 },
    ]) {
      expect(await copy.search(request)).toEqual(await index.search(request));
    }
    expect(copy.toBytes()).toEqual(index.toBytes());
  });

  it("brings its thresholds along", async () => {
    const index = await filledIndex();
    const fitted = { ...DEFAULT_THRESHOLDS, refuse: 0.123 };
    await index.setThresholds(fitted);
    expect(await MemoryIndex.fromBytes(index.toBytes()).thresholds()).toEqual(fitted);
  });

  it("can be changed after it came back", async () => {
    const copy = MemoryIndex.fromBytes((await filledIndex()).toBytes());
    await copy.apply({ put: [testDocument("d", ["新的文档"])], remove: ["a"] });
    expect([...(await copy.documents()).keys()]).toEqual(["b", "empty", "d"]);
    expect((await copy.search({ text: "新的文档", limit: 5 })).keyword).toHaveLength(1);
    expect((await copy.search({ text: "注意力", limit: 5 })).keyword).toEqual([]);
  });

  it("comes back from the middle of a larger buffer", async () => {
    const bytes = (await filledIndex()).toBytes();
    const larger = new Uint8Array(bytes.length + 7);
    larger.set(bytes, 3);
    const copy = MemoryIndex.fromBytes(larger.subarray(3, 3 + bytes.length));
    expect(await copy.stats()).toMatchObject({ documents: 3, chunks: 3, dimensions: 2 });
  });

  it("is refused when a byte of it changed or it was cut short", async () => {
    const bytes = (await filledIndex()).toBytes();
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (place, change) => {
        const changed = bytes.slice();
        changed[place]! ^= change;
        for (const damaged of [changed, bytes.slice(0, place)]) {
          let caught: unknown;
          try {
            MemoryIndex.fromBytes(damaged);
          } catch (error) {
            caught = error;
          }
          expect(caught).toBeInstanceOf(RagError);
          expect((caught as RagError).code).toBe("index-corrupt");
        }
      }),
      { numRuns: 300 },
    );
  });
});
