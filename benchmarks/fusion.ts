/**
 * Measures how to join keyword and vector hits: `npx tsx benchmarks/fusion.ts --data <folder> [--data <folder>]
 * [--limit N] [--json]`. Every way of joining is tried with vectors of four qualities, since a default has to serve a
 * good model and survive a bad one; MRR@10 of two halves of the questions, parted by a hash of their ids.
 */
import { basename } from "node:path";
import { parseArgs } from "node:util";
import {
  type Chunk,
  LexiconEmbeddings,
  lexiconTranslator,
  MemoryIndex,
  RagError,
  type RankedList,
  type RetrievalDataset,
  readRetrievalDataset,
  reciprocalRank,
  reciprocalRankFusion,
  weightedFusion,
} from "@zixue/rag";
import { passageChunk } from "./passage-chunk.ts";

const usage =
  "Usage: npx tsx benchmarks/fusion.ts --data <folder> [--data <folder>] [--limit <questions>] [--json]";

/** Hits that each side brings, as in the pipeline. */
const depth = 50;

interface Hit {
  readonly id: string;
  readonly score: number;
}

interface Sides {
  readonly keyword: readonly Hit[];
  /** Trust in the keyword side by its coverage, as the pipeline weighs it. */
  readonly confidence: number;
  readonly vector: readonly Hit[];
}

interface Row {
  readonly dataset: string;
  readonly vectors: string;
  readonly fusion: string;
  readonly halves: readonly [number, number];
}

type Fuse = (sides: Sides) => readonly { readonly id: string }[];

const fusions: Readonly<Record<string, Fuse>> = {
  "keyword alone": ({ keyword }) => keyword,
  "vector alone": ({ vector }) => vector,
  ...Object.fromEntries(
    [5, 20, 60].flatMap((k) =>
      [0.3, 0.5, 1].map((weight): [string, Fuse] => [
        `rrf k=${k} vector=${weight}`,
        (sides) => reciprocalRankFusion(listsOf(sides, weight), { k }),
      ]),
    ),
  ),
  ...Object.fromEntries(
    [0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1].map((weight): [string, Fuse] => [
      `weighted vector=${weight}`,
      (sides) => weightedFusion(listsOf(sides, weight)),
    ]),
  ),
};

/**
 * Vectors of a question made from its own (`own`) and those of the passages that answer it (`gold`).
 * `strong` stands in for a good model: it is drawn towards the answer, so its figures are no model's.
 */
const qualities: Readonly<
  Record<string, (own: Float32Array, gold: Float32Array, random: Float32Array) => Float32Array>
> = {
  strong: (own, gold, random) => mixed(mixed(own, 1, gold, 0.13), 1, random, 0.8),
  lexicon: (own) => own,
  weak: (own, _gold, random) => mixed(own, 1, random, 1.5),
  degraded: (own, _gold, random) => mixed(own, 1, random, 4),
  random: (_own, _gold, random) => random,
};

try {
  const { data, limit, json } = readArguments();
  const rows: Row[] = [];
  for (const folder of data)
    rows.push(...(await measure(basename(folder), await readRetrievalDataset(folder), limit)));
  console.log(json ? JSON.stringify(rows, null, 2) : table(rows));
} catch (error) {
  if (!(error instanceof RagError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function measure(
  dataset: string,
  { corpus, queries, qrels }: RetrievalDataset,
  limit?: number,
): Promise<Row[]> {
  const embeddings = new LexiconEmbeddings();
  const index = new MemoryIndex({ translator: lexiconTranslator() });
  const vectors = (await embeddings.embedDocuments(corpus.map(({ title, text }) => `${title}\n${text}`))).map(
    (vector) => Float32Array.from(vector),
  );
  const vectorOf = new Map(corpus.map(({ id }, place) => [id, vectors[place]!]));
  await index.apply({
    put: corpus.map(({ id, title, text }, place) => ({
      documentId: id,
      hash: id,
      chunks: [passageChunk(id, title, text)],
      vectors: [vectors[place]!],
    })),
  });
  const judged = queries.filter(({ id }) => (qrels.get(id)?.size ?? 0) > 0).slice(0, limit);
  const sums = new Map<string, [number, number]>();
  const counts: [number, number] = [0, 0];
  for (const { id, text } of judged) {
    const relevance = qrels.get(id)!;
    const half = hashOf(id) & 1;
    counts[half]! += 1;
    const { keyword, coverage } = await index.search({ text, limit: depth });
    const own = Float32Array.from(await embeddings.embedQuery(text));
    const gold = vectorOf.get([...relevance.keys()][0]!)!;
    const random = randomDirection(id, own.length);
    for (const [quality, make] of Object.entries(qualities)) {
      const { vector } = await index.search({ vector: make(own, gold, random), limit: depth });
      const sides: Sides = {
        keyword: hitsOf(keyword),
        confidence: Math.min(1, Math.max(0.2, coverage / 0.4)),
        vector: hitsOf(vector),
      };
      for (const [fusion, fuse] of Object.entries(fusions)) {
        const found = reciprocalRank(
          fuse(sides)
            .slice(0, 10)
            .map((hit) => hit.id),
          relevance,
          10,
        );
        const key = `${quality}\t${fusion}`;
        const sum = sums.get(key) ?? [0, 0];
        sum[half]! += found;
        sums.set(key, sum);
      }
    }
  }
  return [...sums].map(([key, [even, odd]]) => {
    const [quality = "", fusion = ""] = key.split("\t");
    return { dataset, vectors: quality, fusion, halves: [even / counts[0], odd / counts[1]] };
  });
}

function listsOf({ keyword, confidence, vector }: Sides, weight: number): RankedList[] {
  return [
    { hits: keyword, weight: confidence },
    { hits: vector, weight },
  ].filter(({ hits }) => hits.length > 0);
}

function hitsOf(hits: readonly { readonly chunk: Chunk; readonly score: number }[]): Hit[] {
  return hits.map(({ chunk, score }) => ({ id: chunk.documentId, score }));
}

function mixed(a: Float32Array, weightA: number, b: Float32Array, weightB: number): Float32Array {
  const sum = a.map((value, index) => weightA * value + weightB * b[index]!);
  const length = Math.hypot(...sum);
  return sum.map((value) => value / length);
}

/** The same direction for the same id in every run. */
function randomDirection(id: string, dimensions: number): Float32Array {
  let state = hashOf(id) || 1;
  const vector = Float32Array.from({ length: dimensions }, () => {
    let sum = -2;
    for (let draw = 0; draw < 4; draw += 1) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      sum += state / 2 ** 32;
    }
    return sum;
  });
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

/** FNV-1a, its bits mixed so that the lowest one parts ids evenly. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1)
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** One table for each quality of vectors: a line for a way of joining, a column for a set, halves one after the other. */
function table(rows: readonly Row[]): string {
  const datasets = [...new Set(rows.map(({ dataset }) => dataset))];
  return Object.keys(qualities)
    .map((quality) => {
      const lines = Object.keys(fusions).map((fusion) => {
        const of = datasets.map(
          (dataset) =>
            rows.find((row) => row.dataset === dataset && row.vectors === quality && row.fusion === fusion)!
              .halves,
        );
        const mean = (half: 0 | 1) => of.reduce((sum, halves) => sum + halves[half], 0) / of.length;
        const columns = [...of, [mean(0), mean(1)]].map(([a, b]) => `${digits(a!)} ${digits(b!)}`);
        return `${fusion.padEnd(22)}${columns.map((column) => column.padEnd(14)).join("")}`;
      });
      const head = `${quality.padEnd(22)}${[...datasets, "mean"].map((name) => name.padEnd(14)).join("")}`;
      return [head, ...lines].map((line) => line.trimEnd()).join("\n");
    })
    .join("\n\n");
}

function digits(value: number): string {
  return value.toFixed(3).replace(/^0/u, "");
}

function readArguments(): { data: string[]; limit: number | undefined; json: boolean } {
  try {
    const { values } = parseArgs({
      options: {
        data: { type: "string", multiple: true },
        limit: { type: "string" },
        json: { type: "boolean", default: false },
      },
    });
    if (values.data === undefined) throw new TypeError("--data is missing");
    const limit = values.limit === undefined ? undefined : Number(values.limit);
    if (limit !== undefined && !(Number.isInteger(limit) && limit > 0))
      throw new TypeError(`--limit needs a positive whole number, not ${values.limit}`);
    return { data: values.data, limit, json: values.json };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(`${error.message}\n${usage}`);
    process.exit(2);
  }
}
