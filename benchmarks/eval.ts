/**
 * Measures keyword retrieval on a folder of evaluation data, or with `--answers` what is answered without a model:
 * `npm run eval -- --data <folder> [--data <folder>] [--answers [--unanswerable <folder>] [--judge]] [--limit N] [--json]`.
 * Questions of the other language are translated by the lexicon unless `--no-translation` is given.
 */
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { resolveModels } from "@zixue/models";
import {
  evaluateRetrieval,
  lexiconTranslator,
  MemoryIndex,
  RagError,
  type RetrievalReport,
  readRetrievalDataset,
} from "@zixue/rag";
import { type AnswerMeasurement, answerTable, measureAnswers } from "./answers.ts";
import { passageChunk } from "./passage-chunk.ts";
import { textTable } from "./text-table.ts";

const usage =
  "Usage: npm run eval -- --data <folder> [--data <folder>] [--answers [--unanswerable <folder>] [--judge]] [--limit <questions>] [--no-translation] [--json]";

interface Measurement extends RetrievalReport {
  readonly dataset: string;
  readonly documents: number;
  /** Milliseconds, and megabytes of UTF-8 text a second. */
  readonly buildTime: number;
  readonly buildRate: number;
  readonly indexBytes: number;
}

try {
  const { data, limit, json, answers, unanswerable, judge, translate } = readArguments();
  if (answers) {
    const chat = judge ? (await resolveModels(process.env)).chat : undefined;
    if (judge && chat === undefined)
      throw new RagError("invalid-input", "--judge needs a chat model; set ZIXUE_PROVIDER and its key.");
    const measured: AnswerMeasurement[] = [];
    for (const folder of data) measured.push(await measureAnswers(folder, unanswerable, limit, chat));
    console.log(json ? JSON.stringify(measured, null, 2) : answerTable(measured));
  } else {
    const measurements: Measurement[] = [];
    for (const folder of data) measurements.push(await measure(folder, limit, translate));
    console.log(json ? JSON.stringify(measurements, null, 2) : table(measurements));
  }
} catch (error) {
  if (!(error instanceof RagError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function measure(folder: string, limit: number | undefined, translate: boolean): Promise<Measurement> {
  const dataset = await readRetrievalDataset(folder);
  const index = new MemoryIndex(translate ? { translator: lexiconTranslator() } : {});
  const start = performance.now();
  await index.apply({
    put: dataset.corpus.map(({ id, title, text }) => ({
      documentId: id,
      hash: id,
      chunks: [passageChunk(id, title, text)],
    })),
  });
  const buildTime = performance.now() - start;
  const size = dataset.corpus.reduce((sum, { title, text }) => sum + Buffer.byteLength(title + text), 0);
  const report = await evaluateRetrieval(
    { ...dataset, queries: dataset.queries.slice(0, limit) },
    async (query, count) =>
      (await index.search({ text: query, limit: count })).keyword.map(({ chunk }) => chunk.documentId),
  );
  const { bytes } = await index.stats();
  return {
    dataset: basename(folder),
    documents: dataset.corpus.length,
    ...report,
    buildTime,
    buildRate: size / 1e6 / (buildTime / 1e3),
    indexBytes: bytes,
  };
}

function table(measurements: readonly Measurement[]): string {
  const header = [
    "dataset",
    "documents",
    "questions",
    "recall@1",
    "recall@5",
    "recall@10",
    "MRR@10",
    "(halves)",
    "nDCG@10",
    "p50 ms",
    "p95 ms",
    "build ms",
  ];
  const rows = measurements.map((row) => [
    row.dataset,
    String(row.documents),
    String(row.queries),
    ...[row.recallAt1, row.recallAt5, row.recallAt10, row.mrrAt10].map((value) => value.toFixed(3)),
    row.halves.map(({ mrrAt10 }) => mrrAt10.toFixed(3)).join(" "),
    row.ndcgAt10.toFixed(3),
    row.latencyP50.toFixed(2),
    row.latencyP95.toFixed(2),
    row.buildTime.toFixed(0),
  ]);
  return textTable(header, rows);
}

function readArguments(): {
  data: string[];
  limit: number | undefined;
  json: boolean;
  answers: boolean;
  unanswerable: string[];
  judge: boolean;
  translate: boolean;
} {
  try {
    const { values } = parseArgs({
      options: {
        data: { type: "string", multiple: true },
        limit: { type: "string" },
        json: { type: "boolean", default: false },
        answers: { type: "boolean", default: false },
        "no-translation": { type: "boolean", default: false },
        judge: { type: "boolean", default: false },
        unanswerable: { type: "string", multiple: true, default: [] },
      },
    });
    if (values.data === undefined) throw new TypeError("--data is missing");
    const limit = values.limit === undefined ? undefined : Number(values.limit);
    if (limit !== undefined && !(Number.isInteger(limit) && limit > 0)) {
      throw new TypeError(`--limit needs a positive whole number, not ${values.limit}`);
    }
    const { data, json, answers, unanswerable, judge } = values;
    return { data, limit, json, answers, unanswerable, judge, translate: !values["no-translation"] };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(`${error.message}\n${usage}`);
    process.exit(2);
  }
}
