import { recall } from "./exact.ts";
import type { Experiment } from "./experiment.ts";

/** Recall of the C++ library hnswlib on the same data; undefined where its optional package is not installed. */
export async function measureHnswlib(
  experiment: Experiment,
  options: { M: number; efConstruction: number; k: number; ef: number },
): Promise<number | undefined> {
  const library = await import("hnswlib-node").then(
    (module) => module.default ?? module,
    () => undefined,
  );
  if (!library) return undefined;
  const { data, queries, truth } = experiment;
  const index = new library.HierarchicalNSW("ip", data[0]!.length);
  index.initIndex(data.length, options.M, options.efConstruction, 1);
  data.forEach((vector, id) => {
    index.addPoint(Array.from(vector), id);
  });
  index.setEf(options.ef);
  const recalls = queries.map((query, i) => {
    const { neighbors, distances } = index.searchKnn(Array.from(query), options.k);
    return recall(
      neighbors.map((id, rank) => ({ id, distance: distances[rank]! })),
      truth[i]!,
    );
  });
  return recalls.reduce((sum, value) => sum + value, 0) / recalls.length;
}
