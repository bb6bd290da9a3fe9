/** One hit: position of the vector in the data and its distance to the query. */
export interface Neighbour {
  readonly id: number;
  readonly distance: number;
}

/** Counts how often two vectors are compared: the unit in which both ways of searching are measured. */
export interface Distance {
  (a: Float32Array, b: Float32Array): number;
  computed: number;
}

/** Cosine distance of unit vectors: 1 − a·b. */
export function countingDistance(): Distance {
  const distance: Distance = (a, b) => {
    distance.computed++;
    let dot = 0;
    for (let i = 0; i < a.length; i++) dot += a[i]! * b[i]!;
    return 1 - dot;
  };
  distance.computed = 0;
  return distance;
}

// #region exact
/** 精确检索：和每一个向量都比一次，再取最近的 k 个。N 个向量就是 N 次距离计算。 */
export function exactSearch(
  data: readonly Float32Array[],
  query: Float32Array,
  k: number,
  distance: Distance,
): Neighbour[] {
  return data
    .map((vector, id) => ({ id, distance: distance(query, vector) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, k);
}
// #endregion exact

/** Share of the true neighbours that were found. */
export function recall(found: readonly Neighbour[], truth: readonly Neighbour[]): number {
  const ids = new Set(found.map(({ id }) => id));
  return truth.filter(({ id }) => ids.has(id)).length / truth.length;
}
