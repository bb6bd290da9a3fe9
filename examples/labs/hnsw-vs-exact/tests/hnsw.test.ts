import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countingDistance, exactSearch } from "../exact.ts";
import { prepare } from "../experiment.ts";
import { NeighbourHeap } from "../heap.ts";
import { HnswIndex } from "../hnsw.ts";
import { measureHnswlib } from "../native.ts";
import { clusteredVectors, seededRandom } from "../vectors.ts";

const small = {
  count: 1_500,
  dimensions: 24,
  clusters: 12,
  spread: 1,
  queries: 40,
  k: 10,
  M: 12,
  efConstruction: 60,
  seed: 5,
};

describe("HnswIndex", () => {
  it("finds 95 % of the true neighbours with a fraction of the distance computations", () => {
    const { recall, distances } = prepare(small).measure(60);
    expect(recall).toBeGreaterThanOrEqual(0.95);
    expect(distances).toBeLessThan(small.count / 3);
  });

  it("gives more recall for more work as ef grows", () => {
    const experiment = prepare(small);
    const [narrow, wide] = [experiment.measure(10), experiment.measure(100)];
    expect(wide.recall).toBeGreaterThan(narrow.recall);
    expect(wide.distances).toBeGreaterThan(narrow.distances);
  });

  it("equals exact search when ef covers the whole of a small set", () => {
    const random = seededRandom(9);
    const data = clusteredVectors(120, 8, 6, 0.6, random);
    const distance = countingDistance();
    const index = new HnswIndex({ M: 8, efConstruction: 120, random, distance });
    for (const vector of data) index.add(vector);
    for (const query of clusteredVectors(10, 8, 6, 0.6, random)) {
      const ids = index.search(query, 5, 120).map(({ id }) => id);
      expect(ids).toEqual(exactSearch(data, query, 5, distance).map(({ id }) => id));
    }
  });

  it("returns nothing while empty and never more than it holds", () => {
    const random = seededRandom(1);
    const index = new HnswIndex({ M: 4, efConstruction: 10, random, distance: countingDistance() });
    const [first, second] = clusteredVectors(2, 4, 1, 1, random) as [Float32Array, Float32Array];
    expect(index.search(first, 3, 10)).toEqual([]);
    index.add(first);
    expect(index.search(second, 3, 10)).toHaveLength(1);
  });

  it("keeps each layer smaller than the one below", () => {
    const { layers } = prepare(small);
    expect(layers[0]).toBe(small.count);
    for (let i = 1; i < layers.length; i++) expect(layers[i]).toBeLessThan(layers[i - 1]!);
  });
});

describe("NeighbourHeap", () => {
  it("hands its items out in order", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true })), (distances) => {
        const heap = NeighbourHeap.nearestFirst();
        distances.forEach((distance, id) => {
          heap.push({ id, distance });
        });
        const popped = distances.map(() => heap.pop()!.distance);
        expect(popped).toEqual([...distances].sort((a, b) => a - b));
        expect(heap.size).toBe(0);
      }),
    );
  });
});

describe("measureHnswlib", () => {
  it("agrees with the library where it is installed", async ({ skip }) => {
    const recall = await measureHnswlib(prepare(small), { ...small, ef: 60 });
    if (recall === undefined) return skip("hnswlib-node is not installed");
    expect(recall).toBeGreaterThanOrEqual(0.95);
  });
});
