/**
 * How well a question of the bank is recognised by its other wordings, and how often a stranger is taken for one:
 * `npx tsx benchmarks/bank-wordings.ts [--misses]`. Each wording is left out in turn and asked; the first figures are of
 * likeness to one wording alone, the last of what retrieval makes of it with the passages it finds.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { knowledgeOf } from "@zixue/course";
import { coursePaths, openCourse } from "@zixue/course-bot";
import { DEFAULT_THRESHOLDS, matchQuestionBank, retrieve } from "@zixue/rag";

const dataFolder = mkdtempSync(path.join(tmpdir(), "zixue-bank-"));
const opened = await openCourse({ ...coursePaths(), dataFolder });
try {
  const knowledge = knowledgeOf(opened.course);
  const { questions = [], glossary = [] } = knowledge;
  const { index } = opened.pipeline;
  const least = ((await index.thresholds()) ?? DEFAULT_THRESHOLDS).bank;
  const notes: string[] = [];
  const count = { wordings: 0, first: 0, sure: 0, right: 0, sibling: 0, wrong: 0 };
  for (const question of questions)
    for (const wording of [question.ask, ...question.variants]) {
      count.wordings += 1;
      const alike = matchQuestionBank(wording, questions, { glossary, withoutWording: wording, least: 0 });
      if (alike?.question === question) count.first += 1;
      if (alike?.question === question && alike.similarity >= least) count.sure += 1;
      const { bank } = await retrieve(wording, { index, knowledge, withoutWording: wording });
      if (bank === null || bank.similarity < least) continue;
      if (bank.question === question) count.right += 1;
      else if (bank.question.documentId === question.documentId) count.sibling += 1;
      else count.wrong += 1;
      if (bank.question !== question)
        notes.push(`${bank.similarity.toFixed(2)} ${wording} → ${bank.question.ask}`);
    }
  const file = path.join(import.meta.dirname, "data/off-topic-questions.json");
  const strangers = Object.values(JSON.parse(readFileSync(file, "utf8")) as Record<string, string[]>).flat();
  let taken = 0;
  for (const stranger of strangers) {
    const { bank } = await retrieve(stranger, { index, knowledge });
    if (bank === null || bank.similarity < least) continue;
    taken += 1;
    notes.push(`${bank.similarity.toFixed(2)} ${stranger} → ${bank.question.ask}`);
  }
  if (process.argv.includes("--misses")) console.log(notes.join("\n"));
  console.log(
    `${count.wordings} wordings, each asked without itself. By likeness: right question first ${count.first}, sure (≥ ${least}) ${count.sure}.\n` +
      `In retrieval: answered from the right question ${count.right}, from a question of the same section ${count.sibling}, from another ${count.wrong}; ` +
      `off the topic yet taken ${taken} of ${strangers.length}.`,
  );
} finally {
  await opened.close();
  rmSync(dataFolder, { recursive: true, force: true });
}
