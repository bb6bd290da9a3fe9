import { stat } from "node:fs/promises";
import path from "node:path";
import hnswlib from "hnswlib-node";
import { type PeerDefinition, RESULTS } from "./peer.ts";

/** The settings that its users are advised to take where recall counts. */
const hnsw: PeerDefinition = {
  name: "hnswlib-node, M 16, efConstruction 200, ef 100",
  packages: ["hnswlib-node"],
  searches: "vector",
  async build({ passages, vectors, vectorOf, folder }) {
    const graph = new hnswlib.HierarchicalNSW("cosine", vectors[0]?.length ?? 0);
    graph.initIndex(vectors.length, 16, 200, 7);
    vectors.forEach((values, label) => {
      graph.addPoint(Array.from(values), label);
    });
    graph.setEf(100);
    const file = path.join(folder, "graph.hnsw");
    return {
      search: async (question) =>
        graph
          .searchKnn(Array.from(vectorOf(question)), Math.min(RESULTS, passages.length))
          .neighbors.map((label) => passages[label]?.id ?? ""),
      save: async () => {
        await graph.writeIndex(file);
        await stat(file);
      },
    };
  },
};

export const hnswlibPeers: readonly PeerDefinition[] = [hnsw];
