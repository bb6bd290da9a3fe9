/** Principal directions of a set of vectors (power iteration), for drawing many dimensions in two. */

/** The `count` directions along which the vectors differ most, of length 1 and at right angles to one another. */
export function principalDirections(vectors: readonly Float64Array[], count: number): Float64Array[] {
  const mean = meanOf(vectors);
  const centered = vectors.map((vector) => vector.map((value, d) => value - mean[d]!));
  const found: Float64Array[] = [];
  for (let k = 0; k < count; k++) {
    let direction = mean.map((_, d) => Math.sin(d + 1 + k));
    for (let step = 0; step < 300; step++) {
      const next = new Float64Array(mean.length);
      for (const vector of centered) {
        const along = dot(vector, direction);
        for (let d = 0; d < next.length; d++) next[d]! += along * vector[d]!;
      }
      for (const earlier of found) {
        const along = dot(next, earlier);
        for (let d = 0; d < next.length; d++) next[d]! -= along * earlier[d]!;
      }
      const length = Math.hypot(...next);
      if (length === 0) break;
      direction = next.map((value) => value / length);
    }
    found.push(direction);
  }
  return found;
}

/** Coordinates of a vector along the directions, measured from the mean of all vectors. */
export function project(
  vector: Float64Array,
  vectors: readonly Float64Array[],
  directions: readonly Float64Array[],
): number[] {
  const mean = meanOf(vectors);
  const centered = vector.map((value, d) => value - mean[d]!);
  return directions.map((direction) => dot(centered, direction));
}

function meanOf(vectors: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(vectors[0]?.length ?? 0);
  for (const vector of vectors) for (let d = 0; d < sum.length; d++) sum[d]! += vector[d]! / vectors.length;
  return sum;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += a[d]! * b[d]!;
  return sum;
}
