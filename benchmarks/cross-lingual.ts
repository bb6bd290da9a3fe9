/**
 * Measures how questions of one language find text of the other, and the model-free embeddings, on folders of parallel
 * evaluation data: `npx tsx benchmarks/cross-lingual.ts --zh <folder> --en <folder> [--limit N] [--json]`. The two
 * folders hold the same questions and passages in Chinese and in English, under the same ids.
 */
import { parseArgs } from "node:util";
import {
  evaluateRetrieval,
  LexiconEmbeddings,
  lexiconTranslator,
  MemoryIndex,
  RagError,
  type RetrievalDataset,
  type RetrievalReport,
  readRetrievalDataset,
  reciprocalRankFusion,
  type SearchHit,
  weightedFusion,
} from "@zixue/rag";
import { passageChunk } from "./passage-chunk.ts";
import { textTable } from "./text-table.ts";

const usage =
  "Usage: npx tsx benchmarks/cross-lingual.ts --zh <folder> --en <folder> [--limit <questions>] [--json]";

interface Measurement extends RetrievalReport {
  readonly questions: "zh" | "en";
  readonly documents: "zh" | "en" | "both";
  readonly search: string;
}

type Languages = Readonly<Record<"zh" | "en", RetrievalDataset>>;

interface Hit {
  readonly id: string;
  readonly score: number;
}

/** Ids of documents, best first, from what the two sides found. */
const searches: Readonly<Record<string, (keyword: readonly Hit[], vector: readonly Hit[]) => string[]>> = {
  keyword: (keyword) => keyword.map(({ id }) => id),
  vector: (_, vector) => vector.map(({ id }) => id),
  "both by rank": (keyword, vector) =>
    reciprocalRankFusion([
      { weight: 1, hits: keyword },
      { weight: 1, hits: vector },
    ]).map(({ id }) => id),
  "both, vector at 0.1": (keyword, vector) =>
    weightedFusion([
      { weight: 1, hits: keyword },
      { weight: 0.1, hits: vector },
    ]).map(({ id }) => id),
};

try {
  const { zh, en, limit, json } = readArguments();
  const datasets = { zh: await readRetrievalDataset(zh), en: await readRetrievalDataset(en) };
  const measurements: Measurement[] = [];
  for (const documents of ["zh", "en", "both"] as const)
    measurements.push(...(await measure(datasets, documents, limit)));
  console.log(json ? JSON.stringify(measurements, null, 2) : table(measurements));
} catch (error) {
  if (!(error instanceof RagError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function measure(
  datasets: Languages,
  documents: Measurement["documents"],
  limit: number | undefined,
): Promise<Measurement[]> {
  const embeddings = new LexiconEmbeddings();
  const index = new MemoryIndex({ translator: lexiconTranslator() });
  for (const language of documents === "both" ? (["zh", "en"] as const) : [documents])
    await addCorpus(index, language, datasets[language], embeddings);
  const measured: Measurement[] = [];
  for (const questions of ["zh", "en"] as const) {
    const dataset = judgedIn(datasets[questions], documents, limit);
    for (const [search, rank] of Object.entries(searches)) {
      const report = await evaluateRetrieval(dataset, async (text, count) => {
        const vector = search === "keyword" ? {} : { vector: await vectorOf(text, embeddings) };
        const { keyword, vector: near } = await index.search({ text, ...vector, limit: 50 });
        return rank(hitsOf(keyword), hitsOf(near)).slice(0, count);
      });
      measured.push({ questions, documents, search, ...report });
    }
  }
  return measured;
}

async function addCorpus(
  index: MemoryIndex,
  language: string,
  { corpus }: RetrievalDataset,
  embeddings: LexiconEmbeddings,
): Promise<void> {
  const chunks = corpus.map(({ id, title, text }) => passageChunk(`${language}:${id}`, title, text));
  const vectors = await embeddings.embedDocuments(chunks.map(({ title, text }) => `${title}\n${text}`));
  await index.apply({
    put: chunks.map((chunk, place) => ({
      documentId: chunk.documentId,
      hash: chunk.id,
      chunks: [chunk],
      vectors: [Float32Array.from(vectors[place] ?? [])],
    })),
  });
}

/** The questions with the passages that are in the index: where both languages are, both copies are wanted. */
function judgedIn(
  dataset: RetrievalDataset,
  documents: Measurement["documents"],
  limit: number | undefined,
): RetrievalDataset {
  const languages = documents === "both" ? ["zh", "en"] : [documents];
  const qrels = new Map(
    [...dataset.qrels].map(([query, relevance]) => [
      query,
      new Map(
        [...relevance].flatMap(([id, grade]) =>
          languages.map((language) => [`${language}:${id}`, grade] as const),
        ),
      ),
    ]),
  );
  return { ...dataset, qrels, queries: dataset.queries.slice(0, limit) };
}

async function vectorOf(text: string, embeddings: LexiconEmbeddings): Promise<Float32Array> {
  return Float32Array.from(await embeddings.embedQuery(text));
}

function hitsOf(hits: readonly SearchHit[]): Hit[] {
  return hits.map(({ chunk, score }) => ({ id: chunk.documentId, score }));
}

function table(measurements: readonly Measurement[]): string {
  const header = [
    "questions",
    "documents",
    "search",
    "recall@1",
    "recall@10",
    "MRR@10",
    "(halves)",
    "p50 ms",
  ];
  const rows = measurements.map((row) => [
    ...[row.questions, row.documents, row.search, row.recallAt1.toFixed(3), row.recallAt10.toFixed(3)],
    row.mrrAt10.toFixed(3),
    row.halves.map(({ mrrAt10 }) => mrrAt10.toFixed(3)).join(" "),
    row.latencyP50.toFixed(2),
  ]);
  return textTable(header, rows);
}

function readArguments(): { zh: string; en: string; limit: number | undefined; json: boolean } {
  try {
    const { values } = parseArgs({
      options: {
        zh: { type: "string" },
        en: { type: "string" },
        limit: { type: "string" },
        json: { type: "boolean", default: false },
      },
    });
    const { zh, en, json } = values;
    if (zh === undefined || en === undefined) throw new TypeError("--zh and --en are both needed");
    const limit = values.limit === undefined ? undefined : Number(values.limit);
    if (limit !== undefined && !(Number.isInteger(limit) && limit > 0))
      throw new TypeError(`--limit needs a positive whole number, not ${values.limit}`);
    return { zh, en, limit, json };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(`${error.message}\n${usage}`);
    process.exit(2);
  }
}
