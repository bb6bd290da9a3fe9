/**
 * Fits and reports what decides whether the course covers a question: `npx tsx benchmarks/fit-sufficiency.ts [--misses]`.
 *
 * Covered: every wording of the question bank, asked without the bank, and the learner questions that a section answers.
 * Not covered: data/off-topic-questions.json and, where they are, the folders zh-offtopic-huixiangdou and zh-cvalues of
 * the evaluation data. Weights are chosen by AUC on one half of both; the thresholds and rates are of the other half.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { knowledgeOf } from "@zixue/course";
import { coursePaths, openCourse } from "@zixue/course-bot";
import {
  DEFAULT_THRESHOLDS,
  familiarity,
  judgeTopic,
  type Retrieval,
  retrieve,
  type SufficiencyThresholds,
} from "@zixue/rag";

interface Judged {
  readonly question: string;
  readonly set: string;
  readonly covered: boolean;
  readonly retrieval: Retrieval;
}

const dataFolder = mkdtempSync(path.join(tmpdir(), "zixue-fit-"));
const opened = await openCourse({ ...coursePaths(), dataFolder });
try {
  const knowledge = knowledgeOf(opened.course);
  const sets: Record<string, { covered: boolean; questions: readonly string[] }> = {
    bank: {
      covered: true,
      questions: (knowledge.questions ?? []).flatMap(({ ask, variants }) => [ask, ...variants]),
    },
    learner: { covered: true, questions: learnerQuestions() },
    ...Object.fromEntries(
      Object.entries(readData<Record<string, string[]>>("off-topic-questions.json")).map(
        ([name, questions]) => [name, { covered: false, questions }],
      ),
    ),
    ...Object.fromEntries(
      ["zh-offtopic-huixiangdou", "zh-cvalues"].map((name) => [
        name,
        { covered: false, questions: prompts(name) },
      ]),
    ),
  };
  const judged: Judged[] = [];
  for (const [set, { covered, questions }] of Object.entries(sets))
    for (const question of questions)
      judged.push({
        question,
        set,
        covered,
        retrieval: await retrieve(question.slice(0, 1_000), {
          index: opened.pipeline.index,
          knowledge,
          useQuestionBank: false,
        }),
      });
  for (const translated of [false, true]) report(judged, translated);
} finally {
  await opened.close();
  rmSync(dataFolder, { recursive: true, force: true });
}

function report(all: readonly Judged[], translated: boolean): void {
  const group = all.filter(({ retrieval }) => retrieval.translated === translated);
  const [fitted, held] = [0, 1].map((half) => group.filter((_, place) => place % 2 === half)) as [
    Judged[],
    Judged[],
  ];
  const best = grid(translated)
    .map((thresholds) => ({ thresholds, value: auc(fitted, thresholds) }))
    .sort((a, b) => b.value - a.value)[0]!;
  console.log(translated ? "\nthrough the lexicon" : "in the language of the text");
  line("in force", group, held, DEFAULT_THRESHOLDS, translated);
  line("best by half", group, held, best.thresholds, translated);
  if (!process.argv.includes("--misses")) return;
  for (const { question, set, covered, retrieval } of group)
    if (covered === (judgeTopic(retrieval).refused !== null))
      console.log(`  ${set} ${familiarity(retrieval).toFixed(2)} ${question.slice(0, 60)}`);
}

function line(
  name: string,
  group: readonly Judged[],
  held: readonly Judged[],
  thresholds: SufficiencyThresholds,
  translated: boolean,
): void {
  const score = (one: Judged) => familiarity(one.retrieval, thresholds);
  const sorted = held
    .filter(({ covered }) => covered)
    .map(score)
    .sort((a, b) => a - b);
  const at = (rate: number) => (sorted[Math.floor(rate * sorted.length)] ?? 0).toFixed(3);
  const weights = translated
    ? `foreignTranslated ${thresholds.foreignTranslated}`
    : `unknownWords ${thresholds.unknownWords}, foreignWords ${thresholds.foreignWords}`;
  console.log(
    `${name}: ${weights}; AUC of the other half ${auc(held, thresholds).toFixed(4)}; refuse at 2 % ${at(0.02)}, at 4 % ${at(0.04)}`,
  );
  if (thresholds !== DEFAULT_THRESHOLDS) return;
  for (const set of new Set(group.map((one) => one.set))) {
    const members = group.filter((one) => one.set === set);
    const refused = members.filter(({ retrieval }) => judgeTopic(retrieval).refused !== null).length;
    console.log(
      `  ${members[0]?.covered ? "covered    " : "not covered"} ${set}: ${members.length}, refused ${((100 * refused) / members.length).toFixed(1)} %`,
    );
  }
}

function grid(translated: boolean): SufficiencyThresholds[] {
  const steps = [0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8];
  return translated
    ? steps.map((foreignTranslated) => ({ ...DEFAULT_THRESHOLDS, foreignTranslated }))
    : steps.flatMap((unknownWords) =>
        steps.map((foreignWords) => ({ ...DEFAULT_THRESHOLDS, unknownWords, foreignWords })),
      );
}

function auc(judged: readonly Judged[], thresholds: SufficiencyThresholds): number {
  const scores = (covered: boolean) =>
    judged
      .filter((one) => one.covered === covered)
      .map(({ retrieval }) => familiarity(retrieval, thresholds));
  const [yes, no] = [scores(true), scores(false)];
  let wins = 0;
  for (const high of yes) for (const low of no) wins += high > low ? 1 : high === low ? 0.5 : 0;
  return wins / (yes.length * no.length || 1);
}

function learnerQuestions(): string[] {
  type Learner = { question: string; history?: string[]; section?: string; outcomes: string[] };
  return readData<Learner[]>("learner-questions.json")
    .filter(({ history, section, outcomes }) => !history && section && !outcomes.includes("refused"))
    .map(({ question }) => question)
    .filter((question) => !/讲了什么/u.test(question));
}

function readData<T>(name: string): T {
  return JSON.parse(readFileSync(path.join(import.meta.dirname, "data", name), "utf8")) as T;
}

function prompts(name: string): string[] {
  const file = path.join(coursePaths().root, "../shared/eval", name, "prompts.jsonl");
  if (!existsSync(file)) {
    console.error(`${name} is not here: measured without it.`);
    return [];
  }
  return readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((row) => (JSON.parse(row) as { text: string }).text);
}
