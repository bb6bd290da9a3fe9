/**
 * How well a question of the bank is recognised by its other wordings, and how often a stranger is taken for one:
 * `npx tsx benchmarks/bank-wordings.ts [--misses]`. Each wording is left out in turn and asked.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { knowledgeOf, loadCourse } from "@zixue/course";
import { coursePaths } from "@zixue/course-bot";
import { DEFAULT_THRESHOLDS, matchQuestionBank } from "@zixue/rag";

const course = await loadCourse(coursePaths().courseFolder);
const { questions = [], glossary = [] } = knowledgeOf(course);
const least = DEFAULT_THRESHOLDS.bank;
const misses: string[] = [];
let wordings = 0;
let first = 0;
let accepted = 0;
let wrong = 0;
for (const question of questions)
  for (const wording of [question.ask, ...question.variants]) {
    wordings += 1;
    const match = matchQuestionBank(wording, questions, { glossary, withoutWording: wording, least: 0 });
    const right = match?.question === question;
    if (right) first += 1;
    if (match !== null && match.similarity >= least) {
      if (right) accepted += 1;
      else wrong += 1;
    }
    if (!right || match.similarity < least)
      misses.push(
        `${right ? "unsure" : "WRONG "} ${match?.similarity.toFixed(2)} ${wording} → ${match?.wording}`,
      );
  }
const file = path.join(import.meta.dirname, "data/off-topic-questions.json");
const strangers = Object.values(JSON.parse(readFileSync(file, "utf8")) as Record<string, string[]>).flat();
const taken = strangers.filter((text) => matchQuestionBank(text, questions, { glossary, least }) !== null);
if (process.argv.includes("--misses"))
  console.log([...misses, ...taken.map((text) => `TAKEN  ${text}`)].join("\n"));
console.log(
  `${wordings} wordings: right question first ${first}, of these sure (≥ ${least}) ${accepted}; sure but wrong ${wrong}; off the topic yet taken ${taken.length} of ${strangers.length}`,
);
