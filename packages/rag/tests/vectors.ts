import { unitVector } from "../src/index/vector/unit-vectors.ts";

/** Unit vectors around some centres, as embeddings lie; the same for the same seed. */
export function clusteredVectors(count: number, dimensions: number, seed: number): Float32Array[] {
  const random = randomNumbers(seed);
  const normal = (): number => random() + random() + random() + random() - 2;
  const centres = Array.from({ length: 12 }, () => Array.from({ length: dimensions }, normal));
  return Array.from({ length: count }, (_, index) => {
    const centre = centres[index % centres.length]!;
    const vector = centre.map((value) => value + normal());
    return unitVector(vector, { where: "a test" });
  });
}

/** The float32 truth that faster searches are held against. */
export function bruteForce(
  vectors: readonly Float32Array[],
  query: Float32Array,
  limit: number,
  accept: (row: number) => boolean = () => true,
): { row: number; score: number }[] {
  return vectors
    .flatMap((vector, row) => {
      if (!accept(row)) return [];
      let score = 0;
      for (let i = 0; i < vector.length; i++) score += vector[i]! * query[i]!;
      return [{ row, score }];
    })
    .sort((a, b) => b.score - a.score)
    .slice(0, limit);
}

/** mulberry32. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
