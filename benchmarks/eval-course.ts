/**
 * The course's question bank as a retrieval test set, offline: `npm run eval:course [-- --json] [-- --misses]`.
 *
 * Each question, and each of its other wordings, should lead to its section (recall@1/3/5, MRR@10 and nDCG@10 over
 * sections) and to the paragraphs that its rubric names as evidence (among the passages that an answer is given). The
 * answer put together without a model should cite those paragraphs, and each citation should bear out its sentence.
 * Measured twice: with the bank kept out of retrieval, the text alone; and with the bank in, the wording that is asked
 * left out of it.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { knowledgeOf, type Question, type WrittenSection, writtenSections } from "@zixue/course";
import { coursePaths, openCourse } from "@zixue/course-bot";
import {
  answerQuestion,
  citationQuality,
  type Knowledge,
  ndcgAtK,
  type RagPipeline,
  recallAtK,
  reciprocalRank,
  retrieve,
} from "@zixue/rag";

/** Passages that an answer is given, and passages looked at to rank sections. */
const GIVEN = 5;
const RANKED = 30;

interface Score {
  readonly asked: string;
  readonly section: string;
  readonly recallAt1: number;
  readonly recallAt3: number;
  readonly recallAt5: number;
  readonly mrr: number;
  readonly ndcg: number;
  /** 1 when a paragraph of the evidence is among the passages given to the answer. */
  readonly evidence: number;
  /** Share of the rubric's points whose paragraph is among them. */
  readonly points: number;
  /** Share of those paragraphs that the answer cites. */
  readonly cited: number;
  /** Share of the answer's pairs of sentence and quoted text in which the text supports the sentence; 1 without any. */
  readonly precision: number;
}

const dataFolder = mkdtempSync(path.join(tmpdir(), "zixue-eval-course-"));
const opened = await openCourse({ ...coursePaths(), dataFolder });
try {
  const knowledge = knowledgeOf(opened.course);
  const items = writtenSections(opened.course).flatMap((section) =>
    section.questions.map((question) => ({ section, question })),
  );
  const report: Record<string, { questions: Score[]; wordings: Score[] }> = {};
  for (const useQuestionBank of [false, true]) {
    const questions: Score[] = [];
    const wordings: Score[] = [];
    for (const { section, question } of items) {
      questions.push(await score(question.ask, section, question, useQuestionBank));
      for (const variant of question.variants)
        wordings.push(await score(variant, section, question, useQuestionBank));
    }
    report[useQuestionBank ? "bank in, the asked wording left out" : "bank kept out"] = {
      questions,
      wordings,
    };
  }
  print(report);

  async function score(asked: string, section: WrittenSection, question: Question, useQuestionBank: boolean) {
    const passages = await ranked(opened.pipeline, knowledge, asked, useQuestionBank);
    const sections = [...new Set(passages.map(({ documentId }) => documentId))];
    const relevance = new Map([[section.id, 1]]);
    const given = new Set(passages.slice(0, GIVEN).flatMap(({ blockIds }) => blockIds));
    const evidence = question.points.flatMap(({ blockId }) => (blockId === null ? [] : [blockId]));
    const found = evidence.filter((blockId) => given.has(blockId)).length;
    const answer = await answered(opened.pipeline, knowledge, asked, useQuestionBank);
    const cited = new Set(answer.citations.map(({ blockId }) => blockId));
    const { pairs } = citationQuality(answer);
    return {
      asked,
      section: section.id,
      recallAt1: recallAtK(sections, relevance, 1),
      recallAt3: recallAtK(sections, relevance, 3),
      recallAt5: recallAtK(sections, relevance, 5),
      mrr: reciprocalRank(sections, relevance, 10),
      ndcg: ndcgAtK(sections, relevance, 10),
      evidence: found > 0 ? 1 : 0,
      points: evidence.length === 0 ? 0 : found / evidence.length,
      cited:
        evidence.length === 0 ? 0 : evidence.filter((blockId) => cited.has(blockId)).length / evidence.length,
      precision: pairs.length === 0 ? 1 : pairs.filter(({ supported }) => supported).length / pairs.length,
    };
  }
} finally {
  await opened.close();
  rmSync(dataFolder, { recursive: true, force: true });
}

/** The passages that an answer is given first, then those that a longer list adds, so that sections can be ranked. */
async function ranked({ index }: RagPipeline, knowledge: Knowledge, asked: string, useQuestionBank: boolean) {
  const settings = { index, knowledge, useQuestionBank, withoutWording: asked };
  const given = await retrieve(asked, { ...settings, limit: GIVEN });
  const more = await retrieve(asked, { ...settings, limit: RANKED });
  const first = new Set(given.passages.map(({ chunkId }) => chunkId));
  return [...given.passages, ...more.passages.filter(({ chunkId }) => !first.has(chunkId))];
}

async function answered(
  { index }: RagPipeline,
  knowledge: Knowledge,
  asked: string,
  useQuestionBank: boolean,
) {
  for await (const event of answerQuestion(asked, {
    index,
    knowledge,
    useQuestionBank,
    withoutWording: asked,
  }))
    if (event.type === "done") return event.answer;
  throw new Error(`no answer to ${asked}`);
}

function print(report: Record<string, { questions: Score[]; wordings: Score[] }>): void {
  const measures = [
    "recallAt1",
    "recallAt3",
    "recallAt5",
    "mrr",
    "ndcg",
    "evidence",
    "points",
    "cited",
    "precision",
  ] as const;
  const rows = Object.entries(report).flatMap(([setting, { questions, wordings }]) =>
    Object.entries({ questions, "other wordings": wordings }).map(([kind, scores]) => ({
      setting,
      kind,
      count: scores.length,
      ...Object.fromEntries(measures.map((name) => [name, mean(scores.map((entry) => entry[name]))])),
    })),
  );
  if (process.argv.includes("--json")) {
    console.log(JSON.stringify(rows, null, 2));
    return;
  }
  console.table(
    rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([key, value]) => [
          key,
          typeof value === "number" && key !== "count" ? value.toFixed(3) : value,
        ]),
      ),
    ),
  );
  if (!process.argv.includes("--misses")) return;
  for (const [setting, { questions, wordings }] of Object.entries(report)) {
    for (const { asked, section, recallAt3, evidence } of [...questions, ...wordings]) {
      if (recallAt3 === 0 || evidence === 0)
        console.log(`${setting}: ${section} ${recallAt3 === 0 ? "section" : "evidence"} missed: ${asked}`);
    }
  }
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
