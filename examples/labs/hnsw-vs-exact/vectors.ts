/** Vectors that look like embeddings do: unit length, in clusters, with most of their spread in few directions. */

/** Uniform numbers in [0, 1) that are the same on every machine (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** `count` unit vectors around `clusters` random centres; `spread` is the noise of each component. */
export function clusteredVectors(
  count: number,
  dimensions: number,
  clusters: number,
  spread: number,
  random: () => number,
): Float32Array[] {
  const centres = Array.from({ length: clusters }, () => gaussianVector(dimensions, random));
  return Array.from({ length: count }, () => {
    const centre = centres[Math.floor(random() * clusters)]!;
    const noise = gaussianVector(dimensions, random);
    return normalize(centre.map((value, i) => value + spread * noise[i]!));
  });
}

function gaussianVector(dimensions: number, random: () => number): Float32Array {
  const vector = new Float32Array(dimensions);
  for (let i = 0; i < dimensions; i++) {
    vector[i] = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  }
  return vector;
}

function normalize(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return vector.map((value) => value / length);
}
