import { countingDistance, exactSearch, recall } from "./exact.ts";
import { HnswIndex } from "./hnsw.ts";
import { clusteredVectors, seededRandom } from "./vectors.ts";

export interface ExperimentOptions {
  readonly count: number;
  readonly dimensions: number;
  readonly clusters: number;
  /** Noise of each component around its cluster centre (the centres have 1). */
  readonly spread: number;
  readonly queries: number;
  readonly k: number;
  readonly M: number;
  readonly efConstruction: number;
  readonly seed: number;
}

/** What one `ef` gives: averages over the queries. */
export interface Measurement {
  readonly ef: number;
  readonly recall: number;
  readonly distances: number;
}

export interface Experiment {
  readonly data: readonly Float32Array[];
  readonly queries: readonly Float32Array[];
  readonly truth: readonly (readonly { id: number; distance: number }[])[];
  readonly layers: readonly number[];
  readonly linksPerVector: number;
  /** Distance computations that building the graph took. */
  readonly buildDistances: number;
  measure(ef: number): Measurement;
}

/** Data, true neighbours by exact search, and a graph over the same data. */
export function prepare(options: ExperimentOptions): Experiment {
  const random = seededRandom(options.seed);
  const all = clusteredVectors(
    options.count + options.queries,
    options.dimensions,
    options.clusters,
    options.spread,
    random,
  );
  const data = all.slice(0, options.count);
  const queries = all.slice(options.count);
  const exact = countingDistance();
  const truth = queries.map((query) => exactSearch(data, query, options.k, exact));
  const distance = countingDistance();
  const index = new HnswIndex({ M: options.M, efConstruction: options.efConstruction, random, distance });
  for (const vector of data) index.add(vector);
  return {
    data,
    queries,
    truth,
    layers: index.layers,
    linksPerVector: index.linkCount / data.length,
    buildDistances: distance.computed,
    measure(ef) {
      distance.computed = 0;
      const recalls = queries.map((query, i) => recall(index.search(query, options.k, ef), truth[i]!));
      return {
        ef,
        recall: recalls.reduce((sum, value) => sum + value, 0) / recalls.length,
        distances: distance.computed / queries.length,
      };
    },
  };
}
