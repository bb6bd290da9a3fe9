/**
 * Asks the offline course bot what learners ask, follow-ups and slips of the pen included, and scores section and
 * outcome: `npx tsx benchmarks/learner-questions.ts [--bank off] [--only <text>] [--quiet] [--json]`.
 * Prints every answer, to be read by eye; the figures say nothing of how an answer reads.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { knowledgeOf } from "@zixue/course";
import { coursePaths, openCourse } from "@zixue/course-bot";
import { type Answer, createRagPipeline, type HistoryMessage } from "@zixue/rag";

interface LearnerQuestion {
  readonly question: string;
  /** Questions before this one. */
  readonly history?: readonly string[];
  /** Section that answers it; absent where several do or none does. */
  readonly section?: string;
  readonly outcomes: readonly Answer["outcome"][];
}

const { values } = parseArgs({
  options: {
    bank: { type: "string", default: "on" },
    only: { type: "string" },
    quiet: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const file = path.join(import.meta.dirname, "data/learner-questions.json");
const all = JSON.parse(readFileSync(file, "utf8")) as LearnerQuestion[];
const asked = all.filter(({ question }) => values.only === undefined || question.includes(values.only));
const dataFolder = mkdtempSync(path.join(tmpdir(), "zixue-learner-"));
const opened = await openCourse({ ...coursePaths(), dataFolder });
try {
  const pipeline =
    values.bank === "on"
      ? opened.pipeline
      : await createRagPipeline({
          index: opened.pipeline.index,
          knowledge: knowledgeOf(opened.course),
          useQuestionBank: false,
        });
  const results: (LearnerQuestion & {
    readonly understood: string;
    readonly outcome: Answer["outcome"];
    readonly cited: string | null;
    readonly outcomeFits: boolean;
    readonly sectionFits: boolean;
  })[] = [];
  for (const wanted of asked) {
    const history: HistoryMessage[] = [];
    for (const before of wanted.history ?? []) {
      const { answer } = await ask(before, history);
      history.push({ role: "user", content: before }, { role: "assistant", content: answer.text });
    }
    const { answer, understood } = await ask(wanted.question, history);
    const section = answer.citations[0]?.documentId ?? null;
    const outcomeFits = wanted.outcomes.includes(answer.outcome);
    const sectionFits =
      wanted.section === undefined ||
      answer.outcome === "refused" ||
      sectionsOf(answer).includes(wanted.section);
    results.push({
      ...wanted,
      understood,
      outcome: answer.outcome,
      cited: section,
      outcomeFits,
      sectionFits,
    });
    if (!values.quiet && !values.json)
      console.log(
        `${outcomeFits && sectionFits ? "  " : "✗ "}${[...(wanted.history ?? []), wanted.question].join(" → ")}` +
          `\n   ${understood === wanted.question ? "" : `(${understood}) `}${answer.outcome} ${section ?? "–"}` +
          `${outcomeFits && sectionFits ? "" : `, wanted ${wanted.outcomes.join("/")} ${wanted.section ?? ""}`}` +
          `${answer.citations.every(({ supported }) => supported) ? "" : ", UNSUPPORTED"}\n` +
          `${answer.text.replace(/^/gmu, "      ")}\n`,
      );
  }
  const share = (test: (result: (typeof results)[number]) => boolean) =>
    `${results.filter(test).length} of ${results.length}`;
  if (values.json) console.log(JSON.stringify(results, null, 2));
  else
    console.log(
      `outcome as expected ${share(({ outcomeFits }) => outcomeFits)}, section ${share(({ sectionFits }) => sectionFits)}, both ${share(({ outcomeFits, sectionFits }) => outcomeFits && sectionFits)}`,
    );

  async function ask(question: string, history: readonly HistoryMessage[]) {
    let understood = question;
    for await (const event of pipeline.answer(question, { history })) {
      if (event.type === "understood") understood = event.question;
      if (event.type === "done") return { answer: event.answer, understood };
    }
    throw new Error(`no answer to ${question}`);
  }
} finally {
  await opened.close();
  rmSync(dataFolder, { recursive: true, force: true });
}

/** Sections cited, and those that an answer from the outline links to. */
function sectionsOf(answer: Answer): string[] {
  const linked =
    [...answer.text.matchAll(/\]\((?:[^)]*)\)/gu)].length > 0
      ? [...answer.text.matchAll(/(?<![\d.])\d{1,2}\.\d{1,2}(?![\d.])/gu)].map(([id]) => id)
      : [];
  return [...answer.citations.slice(0, 1).map(({ documentId }) => documentId), ...linked];
}
