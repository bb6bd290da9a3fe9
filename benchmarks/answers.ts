/**
 * Measures answers and refusal on folders of evaluation data. Part of `npm run eval`:
 * `npm run eval -- --answers --data <folder> [--unanswerable <folder>] [--judge] [--limit N] [--json]`.
 * With a chat model in the environment (`ZIXUE_*`) and `--judge` the model writes the answers and judges their
 * citations; otherwise answers are put together without a model.
 */
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import {
  type Answer,
  type AnswerReport,
  type AnswerSettings,
  answerQuestion,
  type Chunk,
  evaluateAnswers,
  evaluateRefusal,
  familiarity,
  judgeTopic,
  lexiconTranslator,
  MemoryIndex,
  modelGenerator,
  modelVerifier,
  RagError,
  type RefusalReport,
  readRetrievalDataset,
  retrieve,
} from "@zixue/rag";
import { passageChunk } from "./passage-chunk.ts";
import { textTable } from "./text-table.ts";

export interface AnswerMeasurement extends AnswerReport {
  readonly dataset: string;
  /** Present when `--unanswerable` was given. */
  readonly refusal?: RefusalReport;
}

/**
 * @param unanswerable folders with `prompts.jsonl` of questions that these documents do not answer
 * @param limit questions at most, taken evenly from the whole set
 * @param chat writes the answers and judges them; without it neither is done
 */
export async function measureAnswers(
  folder: string,
  unanswerable: readonly string[],
  limit: number | undefined,
  chat?: BaseChatModel,
): Promise<AnswerMeasurement> {
  const dataset = await readRetrievalDataset(folder);
  const translator = lexiconTranslator();
  await translator.prepare();
  const index = new MemoryIndex({ translator });
  await index.apply({
    put: dataset.corpus.map(({ id, title, text }) => ({
      documentId: id,
      hash: id,
      chunks: [chunkOf(id, title, text)],
    })),
  });
  const queries = evenly(dataset.queries, limit);
  const gold = new Map(
    (await readJsonLines<{ id: string; answers: string[] }>(join(folder, "answers.jsonl"))).map(
      ({ id, answers }) => {
        if (typeof id !== "string" || !Array.isArray(answers))
          throw new RagError(
            "invalid-input",
            `${join(folder, "answers.jsonl")} needs {"id", "answers": […]} a line.`,
          );
        return [id, answers];
      },
    ),
  );
  const texts = new Map(dataset.corpus.map(({ id, text }) => [id, text]));
  const settings: AnswerSettings = {
    index,
    translator,
    ...(chat === undefined ? {} : { generator: modelGenerator(chat) }),
  };
  const report = await evaluateAnswers(queries, gold, (question) => answerOf(question, settings), {
    evidence: new Map([...dataset.qrels].map(([query, relevant]) => [query, relevant.keys()])),
    sourceText: ({ documentId, quote }) => texts.get(documentId) ?? quote,
    translator,
    ...(chat === undefined ? {} : { judge: modelVerifier(chat) }),
  });
  if (unanswerable.length === 0) return { dataset: basename(folder), ...report };

  const prompts = await Promise.all(
    unanswerable.map((other) => readJsonLines<{ text: string }>(join(other, "prompts.jsonl"))),
  );
  const refusal = await evaluateRefusal(
    {
      answerable: queries.map(({ text }) => text),
      unanswerable: evenly(prompts.flat(), limit).map(({ text }) => text.slice(0, 4_000)),
    },
    async (question) => {
      const retrieval = await retrieve(question, { index });
      return { familiarity: familiarity(retrieval), refused: judgeTopic(retrieval).refused !== null };
    },
  );
  return { dataset: basename(folder), ...report, refusal };
}

export function answerTable(measurements: readonly AnswerMeasurement[]): string {
  const header = [
    ...[
      "dataset",
      "questions",
      "gold shown",
      "characters",
      "precision",
      "recall",
      "evidence",
      "faithful",
      "answered",
      "partial",
      "refused",
    ],
    ...["p50 ms", "p95 ms", "AUC", "off-topic refused", "at 2 %", "(threshold)"],
  ];
  const rows = measurements.map((row) => [
    row.dataset,
    String(row.questions),
    row.goldShown.toFixed(3),
    row.length.toFixed(0),
    row.citationPrecision.toFixed(3),
    row.citationRecall.toFixed(3),
    row.evidenceRecall?.toFixed(3) ?? "–",
    row.faithfulness?.toFixed(3) ?? "–",
    row.answered.toFixed(3),
    row.partial.toFixed(3),
    row.refused.toFixed(3),
    row.latencyP50.toFixed(1),
    row.latencyP95.toFixed(1),
    ...(row.refusal === undefined
      ? ["–", "–", "–", "–"]
      : [row.refusal.auc, row.refusal.refused, row.refusal.refusedAt2, row.refusal.thresholdAt2].map(
          (value) => value.toFixed(3),
        )),
  ]);
  return textTable(header, rows);
}

async function answerOf(question: string, settings: AnswerSettings): Promise<Answer> {
  for await (const event of answerQuestion(question, settings))
    if (event.type === "done") return event.answer;
  throw new Error(`no answer to ${question}`);
}

/** Answers cite blocks: here the paragraphs. */
function chunkOf(id: string, title: string, text: string): Chunk {
  const blockIds = text.split(/\n{2,}/u).map((_, place) => `${id}#${place}`);
  return { ...passageChunk(id, title, text), blockIds };
}

function evenly<T>(items: readonly T[], limit: number | undefined): readonly T[] {
  if (limit === undefined || limit >= items.length) return items;
  return items.filter(
    (_, place) =>
      Math.floor((place * limit) / items.length) !== Math.floor(((place - 1) * limit) / items.length),
  );
}

async function readJsonLines<T>(file: string): Promise<T[]> {
  let content: string;
  try {
    content = await readFile(file, "utf8");
  } catch (cause) {
    throw new RagError("invalid-input", `${file} cannot be read; it holds one JSON object a line.`, {
      cause,
    });
  }
  return content.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    try {
      return [JSON.parse(line) as T];
    } catch (cause) {
      throw new RagError("invalid-input", `${file}: line ${index + 1} is no JSON: ${line.slice(0, 80)}`, {
        cause,
      });
    }
  });
}
