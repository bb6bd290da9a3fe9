/**
 * Fits what decides between answering, showing the nearest text and declining to questions of your own, and stores it
 * with the index: `npm run fit -- --folder <index> [--docs <folder>] --questions <file> [--unanswerable <file>]
 * [--knowledge <file>] [--false-refusals 0.02] [--dry-run] [--json]`. Everything that answers from the index then goes by
 * it. `--docs` brings the index up to date with a folder of documents first.
 */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import {
  DEFAULT_THRESHOLDS,
  fitSufficiency,
  ingest,
  type Knowledge,
  LocalIndex,
  lexiconTranslator,
  loadFolder,
  RagError,
  splitDocument,
} from "@zixue/rag";
import { fitReport } from "./fit-report.ts";
import { readQuestions } from "./question-file.ts";

const usage =
  "Usage: npm run fit -- --folder <index> [--docs <folder>] --questions <file> [--unanswerable <file>] [--knowledge <file>] [--false-refusals 0.02] [--dry-run] [--json]";

const values = readArguments();
const stopped = new AbortController();
process.once("SIGINT", () => stopped.abort());
try {
  await main();
} catch (error) {
  if (!(error instanceof RagError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { signal } = stopped;
  const answerable = await readAll(values.questions);
  const unanswerable = await readAll(values.unanswerable);
  const knowledge = values.knowledge === undefined ? {} : await readKnowledge(values.knowledge);
  const folder = path.resolve(values.folder);
  const options = { folder, translator: lexiconTranslator(knowledge.glossary), signal };
  // Without documents to put in there must be an index already: a writer would begin an empty one.
  if (values.docs === undefined) await (await LocalIndex.open({ ...options, readOnly: true })).close();
  const readOnly = values.docs === undefined && values["dry-run"];
  const index = await LocalIndex.open({ ...options, readOnly });
  try {
    if (values.docs !== undefined) await bringUpToDate(index, path.resolve(values.docs), signal);
    if ((await index.stats()).chunks === 0)
      throw new RagError(
        "invalid-input",
        `The index in ${folder} is empty; give --docs <folder> to fill it.`,
      );
    const fit = await fitSufficiency({
      index,
      knowledge,
      answerable,
      unanswerable,
      falseRefusals: values.falseRefusals,
      signal,
    });
    if (!values["dry-run"]) await index.setThresholds(fit.thresholds);
    const stored = !values["dry-run"];
    if (values.json) console.log(JSON.stringify({ ...fit, stored }, null, 2));
    else
      console.log(
        `${fitReport(fit, DEFAULT_THRESHOLDS)}\n\n${stored ? `Stored with the index in ${folder}.` : "Nothing was stored (--dry-run)."}`,
      );
  } finally {
    await index.close();
  }
}

async function bringUpToDate(index: LocalIndex, docs: string, signal: AbortSignal): Promise<void> {
  const documents = async function* () {
    for await (const { document, failure } of loadFolder(docs))
      yield document ?? { documentId: failure.path, error: failure.error };
  };
  const { failed } = await ingest({
    index,
    documents: documents(),
    split: (document) => splitDocument(document),
    signal,
  });
  for (const { documentId, error } of failed) console.error(`left out: ${documentId}: ${error.message}`);
}

async function readAll(files: readonly string[]): Promise<string[]> {
  return (await Promise.all(files.map(readQuestions))).flat();
}

/** The knowledge that questions will be answered with: `{ "glossary": […], "questions": […] }`. */
async function readKnowledge(file: string): Promise<Knowledge> {
  try {
    const { glossary = [], questions = [] } = JSON.parse(await readFile(file, "utf8")) as Knowledge;
    if (Array.isArray(glossary) && Array.isArray(questions)) return { glossary, questions };
  } catch (cause) {
    throw new RagError("invalid-input", `${file} cannot be read as JSON: ${(cause as Error).message}`, {
      cause,
    });
  }
  throw new RagError("invalid-input", `${file} must hold { "glossary": [...], "questions": [...] }.`);
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        folder: { type: "string" },
        docs: { type: "string" },
        questions: { type: "string", multiple: true },
        unanswerable: { type: "string", multiple: true, default: [] },
        knowledge: { type: "string" },
        "false-refusals": { type: "string", default: "0.02" },
        "dry-run": { type: "boolean", default: false },
        json: { type: "boolean", default: false },
      },
    });
    const { folder, questions } = values;
    if (folder === undefined) throw new TypeError("--folder is missing");
    if (questions === undefined) throw new TypeError("--questions is missing");
    const falseRefusals = Number(values["false-refusals"]);
    if (!(falseRefusals >= 0 && falseRefusals <= 0.5))
      throw new TypeError(`--false-refusals is a share such as 0.02, not ${values["false-refusals"]}`);
    return { ...values, folder, questions, falseRefusals };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(`${error.message}\n${usage}`);
    process.exit(2);
  }
}
