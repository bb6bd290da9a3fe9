/**
 * A unit vector made from the text alone: hashed characters and character pairs, so that the same text gives
 * the same vector on every machine and texts that share characters are similar (feature hashing with signs,
 * Weinberger et al. 2009). It knows nothing about meaning. Empty text gives the first basis vector.
 *
 * @param dimensions length of the vector, at least 1
 * @example cosine(deterministicVector("注意力机制", 64), deterministicVector("注意力", 64)) // high
 */
export function deterministicVector(text: string, dimensions: number): number[] {
  const vector = new Array<number>(dimensions).fill(0);
  const characters = Array.from(text.normalize("NFKC").toLowerCase());
  let previous = "";
  for (const character of characters) {
    addFeature(vector, character, 1);
    if (previous !== "") addFeature(vector, previous + character, 0.5);
    previous = character;
  }
  const norm = Math.hypot(...vector);
  if (norm < 1e-12) {
    vector.fill(0);
    vector[0] = 1;
    return vector;
  }
  return vector.map((value) => value / norm);
}

/** Cosine similarity of two vectors of the same length. */
export function cosine(a: readonly number[], b: readonly number[]): number {
  let dot = 0;
  for (let i = 0; i < a.length; i++) dot += a[i]! * (b[i] ?? 0);
  return dot / (Math.hypot(...a) * Math.hypot(...b) || 1);
}

function addFeature(vector: number[], feature: string, weight: number): void {
  const hash = fnv1a(feature);
  const sign = (hash & 1) === 0 ? 1 : -1;
  vector[(hash >>> 1) % vector.length]! += sign * weight;
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  // FNV's low bits are weak on short strings; one avalanche step spreads them.
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 12)) >>> 0;
}
