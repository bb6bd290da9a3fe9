/**
 * Compares our vector search with hnswlib-node on the same vectors in one run:
 * `tsx benchmarks/vectors.ts [--vectors 20000] [--dimensions 512] [--queries 300] [--json]`.
 * Times are of one query at a time; engines take turns query by query, so that noise of the machine hits all alike.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { createVectorBlock, ExactScan, LocalIndex, unitVector } from "@zixue/rag";
import hnswlib from "hnswlib-node";

const K = 10;

interface Engine {
  readonly name: string;
  /** Seconds until it could answer. */
  readonly buildSeconds: number;
  search(query: Float32Array): Promise<number[]> | number[];
}

interface Row {
  readonly engine: string;
  readonly recallAt10: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly buildSeconds: number;
}

const { values } = parseArgs({
  options: {
    vectors: { type: "string", default: "20000" },
    dimensions: { type: "string", default: "512" },
    queries: { type: "string", default: "300" },
    json: { type: "boolean", default: false },
  },
});
const [count, dimensions, queryCount] = [values.vectors, values.dimensions, values.queries].map(Number) as [
  number,
  number,
  number,
];
if (![count, dimensions, queryCount].every((value) => Number.isInteger(value) && value > 0)) {
  console.error(
    "Usage: tsx benchmarks/vectors.ts [--vectors 20000] [--dimensions 512] [--queries 300] [--json]",
  );
  process.exit(1);
}

const next = embeddingLikeVectors(dimensions);
const vectors = Array.from({ length: count }, next);
const queries = Array.from({ length: queryCount }, next);
const folder = mkdtempSync(path.join(tmpdir(), "zixue-vectors-"));
try {
  const exact = buildExact();
  const brute = buildBruteForce();
  const index = await buildIndex();
  const graph = buildGraph(index.ef);
  const rows = await measure([exact, index.exact, brute, index.graph, graph], exact);
  await index.close();
  const [ours, , theirs, ourGraph, rawGraph] = rows as [Row, Row, Row, Row, Row];
  const ratios = {
    exactToBruteforce: round(ours.p50Ms / theirs.p50Ms),
    graphToRawGraph: round(ourGraph.p50Ms / rawGraph.p50Ms),
  };
  if (values.json)
    console.log(JSON.stringify({ vectors: count, dimensions, ef: index.ef, rows, ratios }, null, 2));
  else printTable(rows, index.ef, ratios);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function buildExact(): Engine {
  const start = performance.now();
  const scan = new ExactScan(dimensions);
  scan.setBlocks([createVectorBlock(vectors, dimensions)]);
  return {
    name: `ours, exact (${scan.kernel})`,
    buildSeconds: secondsSince(start),
    search: (query) => scan.search(query, K).map(({ row }) => row),
  };
}

function buildBruteForce(): Engine {
  const start = performance.now();
  const brute = new hnswlib.BruteforceSearch("ip", dimensions);
  brute.initIndex(count);
  vectors.forEach((vector, row) => {
    brute.addPoint(Array.from(vector), row);
  });
  return {
    name: "hnswlib-node BruteforceSearch",
    buildSeconds: secondsSince(start),
    search: (query) => brute.searchKnn(Array.from(query), K).neighbors,
  };
}

/** The whole index on disk: what a user of `LocalIndex` gets, chunks and all. */
async function buildIndex(): Promise<{ exact: Engine; graph: Engine; ef: number; close(): Promise<void> }> {
  let start = performance.now();
  const index = await LocalIndex.open({ folder, vectors: "hnsw" });
  for (let first = 0; first < count; first += 2000) {
    const put = vectors.slice(first, first + 2000).map((vector, offset) => {
      const id = String(first + offset);
      const place = { start: 0, end: id.length, ordinal: 0, tokens: 1 };
      const chunk = {
        id: `${id}@0`,
        documentId: id,
        title: "",
        headingPath: [],
        blockIds: [],
        text: id,
        metadata: {},
      };
      return { documentId: id, hash: id, chunks: [{ ...chunk, ...place }], vectors: [vector] };
    });
    await index.apply({ put });
  }
  const applied = secondsSince(start);
  start = performance.now();
  await index.optimize();
  const graphSeconds = secondsSince(start);
  const exact = await LocalIndex.open({ folder, vectors: "exact", readOnly: true });
  const { graph } = JSON.parse(readFileSync(path.join(folder, "manifest.json"), "utf8")) as {
    graph: { ef: number };
  };
  const searchIn = (one: LocalIndex) => async (query: Float32Array) =>
    (await one.search({ vector: query, limit: K })).vector.map(({ chunk }) => Number(chunk.documentId));
  return {
    exact: { name: "ours, LocalIndex exact", buildSeconds: applied, search: searchIn(exact) },
    graph: { name: "ours, LocalIndex graph", buildSeconds: graphSeconds, search: searchIn(index) },
    ef: graph.ef,
    close: async () => {
      await exact.close();
      await index.close();
    },
  };
}

function buildGraph(ef: number): Engine {
  const start = performance.now();
  const graph = new hnswlib.HierarchicalNSW("ip", dimensions);
  graph.initIndex(count, 16, 200);
  vectors.forEach((vector, row) => {
    graph.addPoint(Array.from(vector), row);
  });
  graph.setEf(ef);
  return {
    name: "hnswlib-node HierarchicalNSW",
    buildSeconds: secondsSince(start),
    search: (query) => graph.searchKnn(Array.from(query), K).neighbors,
  };
}

async function measure(engines: readonly Engine[], warm: Engine): Promise<Row[]> {
  const truths = queries.map(bruteForce);
  for (const query of queries.slice(0, 300))
    for (const engine of [warm, ...engines]) await engine.search(query);
  const times = engines.map(() => [] as number[]);
  const hits = engines.map(() => 0);
  for (const [at, query] of queries.entries()) {
    for (const [which, engine] of engines.entries()) {
      const start = performance.now();
      const found = await engine.search(query);
      (times[which] as number[]).push(performance.now() - start);
      hits[which] =
        (hits[which] as number) + found.filter((row) => (truths[at] as Set<number>).has(row)).length;
    }
  }
  return engines.map(({ name, buildSeconds }, which) => {
    const sorted = (times[which] as number[]).sort((a, b) => a - b);
    return {
      engine: name,
      recallAt10: round((hits[which] as number) / (queries.length * Math.min(K, count))),
      p50Ms: round(sorted[Math.floor(sorted.length * 0.5)] as number),
      p95Ms: round(sorted[Math.floor(sorted.length * 0.95)] as number),
      buildSeconds: round(buildSeconds),
    };
  });
}

function bruteForce(query: Float32Array): Set<number> {
  const scores = vectors.map((vector, row) => {
    let score = 0;
    for (let i = 0; i < dimensions; i++) score += (vector[i] as number) * (query[i] as number);
    return { row, score };
  });
  return new Set(
    scores
      .sort((a, b) => b.score - a.score)
      .slice(0, K)
      .map(({ row }) => row),
  );
}

/** Points of a mixture in a few latent dimensions, with noise: text embeddings fill their space no more than that. */
function embeddingLikeVectors(size: number): () => Float32Array {
  const latent = Math.min(32, size);
  const normal = (): number => Math.random() + Math.random() + Math.random() + Math.random() - 2;
  const axes = Array.from({ length: latent }, () => Float32Array.from({ length: size }, normal));
  const centres = Array.from({ length: 50 }, () => Array.from({ length: latent }, normal));
  return () => {
    const centre = centres[Math.floor(Math.random() * centres.length)] as number[];
    const vector = Float32Array.from({ length: size }, () => normal() * 0.5);
    axes.forEach((axis, which) => {
      const weight = (centre[which] as number) + normal();
      for (let i = 0; i < size; i++) vector[i] = (vector[i] as number) + weight * (axis[i] as number);
    });
    return unitVector(vector, { where: "the benchmark" });
  };
}

function printTable(
  rows: readonly Row[],
  ef: number,
  ratios: { exactToBruteforce: number; graphToRawGraph: number },
) {
  console.log(`${count} vectors × ${dimensions} dimensions, ${queries.length} queries, graph M 16, ef ${ef}`);
  console.table(
    Object.fromEntries(
      rows.map(({ engine, recallAt10, p50Ms, p95Ms, buildSeconds }) => [
        engine,
        { "recall@10": recallAt10, "p50 ms": p50Ms, "p95 ms": p95Ms, "build s": buildSeconds },
      ]),
    ),
  );
  console.log(`exact ÷ BruteforceSearch: ${ratios.exactToBruteforce} (target ≤ 0.5)`);
  console.log(`graph ÷ raw graph: ${ratios.graphToRawGraph} (target ≤ 1.1)`);
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
