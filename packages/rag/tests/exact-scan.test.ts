import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ExactScan } from "../src/index/vector/exact-scan.ts";
import { unitVector } from "../src/index/vector/unit-vectors.ts";
import { createVectorBlock } from "../src/index/vector/vector-block.ts";
import { bruteForce, clusteredVectors } from "./vectors.ts";

describe.each(["wasm-simd", "plain"] as const)("ExactScan with the %s kernel", (kernel) => {
  it("runs on that kernel here", () => {
    expect(new ExactScan(8, { kernel }).kernel).toBe(kernel);
  });

  it.each([1, 7, 16, 17, 100, 384, 512])(
    "finds what a float32 scan finds, at %i dimensions",
    (dimensions) => {
      const vectors = clusteredVectors(1500, dimensions, dimensions);
      const scan = new ExactScan(dimensions, { kernel });
      scan.setBlocks([
        createVectorBlock(vectors.slice(0, 600), dimensions),
        createVectorBlock(vectors.slice(600), dimensions),
      ]);
      let hits = 0;
      const queries = clusteredVectors(30, dimensions, 99);
      for (const query of queries) {
        const expected = bruteForce(vectors, query, 10);
        const floor = expected.at(-1)!.score - 1e-6;
        const found = scan.search(query, 10);
        expect(found).toHaveLength(10);
        for (const { row, score } of found) expect(score).toBeCloseTo(dot(query, vectors[row]!), 5);
        hits += found.filter(({ score }) => score >= floor).length;
      }
      expect(hits / (queries.length * 10)).toBeGreaterThanOrEqual(0.99);
    },
  );

  it("obeys a mask, a list of rows and rows without a vector, over several tiles", () => {
    const dimensions = 5;
    const vectors = clusteredVectors(20_000, dimensions, 3);
    const scan = new ExactScan(dimensions, { kernel });
    scan.setBlocks([
      createVectorBlock(
        vectors.map((vector, row) => (row % 7 === 0 ? undefined : vector)),
        dimensions,
      ),
    ]);
    const query = vectors[0]!;
    const allowed = (row: number) => row % 3 === 0;
    const expected = bruteForce(vectors, query, 20, (row) => allowed(row) && row % 7 !== 0);
    const mask = Uint8Array.from(vectors, (_, row) => (allowed(row) ? 1 : 0));
    const rows = Uint32Array.from(vectors.keys()).filter(allowed);
    for (const selection of [{ mask }, { rows }]) {
      const found = scan.search(query, 20, selection);
      expect(found.every(({ row }) => allowed(row) && row % 7 !== 0)).toBe(true);
      expect(found.at(-1)!.score).toBeCloseTo(expected.at(-1)!.score, 4);
    }
  });

  it("follows any change of blocks", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 5 }), { minLength: 1, maxLength: 5 }),
        (steps) => {
          const scan = new ExactScan(3, { kernel });
          const pool = new Map<number, ReturnType<typeof createVectorBlock>>();
          for (const sizes of steps) {
            const blocks = sizes.map((size) => {
              if (!pool.has(size)) pool.set(size, createVectorBlock(clusteredVectors(size, 3, size), 3));
              return pool.get(size)!;
            });
            scan.setBlocks(blocks);
            const all = sizes.flatMap((size) => clusteredVectors(size, 3, size));
            const query = unitVector([1, -2, 0.5], { where: "the query" });
            const [best] = scan.search(query, 1);
            if (all.length === 0) expect(best).toBeUndefined();
            else expect(best!.score).toBeCloseTo(bruteForce(all, query, 1)[0]!.score, 4);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it("gives nothing without rows or with a limit of 0", () => {
    const scan = new ExactScan(2, { kernel });
    const query = Float32Array.of(1, 0);
    expect(scan.search(query, 5)).toEqual([]);
    scan.setBlocks([createVectorBlock([query], 2)]);
    expect(scan.search(query, 0)).toEqual([]);
    expect(scan.search(query, 5)).toEqual([{ row: 0, score: 1 }]);
  });
});

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0);
}
