/**
 * Prints what the offline course bot answers to a list of learner questions, compactly, to be judged by eye:
 * `npx tsx benchmarks/judge-answers.ts --data benchmarks/data/learner-answers-first.json [--only <text>] [--bank off]`.
 * A list is an array of `{ q, h? }`: the question and the questions before it.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { knowledgeOf } from "@zixue/course";
import { coursePaths, openCourse } from "@zixue/course-bot";
import { type Answer, createRagPipeline, type HistoryMessage } from "@zixue/rag";

interface ListedQuestion {
  readonly q: string;
  readonly h?: readonly string[];
}

const { values } = parseArgs({
  options: {
    data: { type: "string", default: path.join(import.meta.dirname, "data/learner-answers-first.json") },
    only: { type: "string" },
    bank: { type: "string", default: "on" },
  },
});
const listed = JSON.parse(readFileSync(values.data, "utf8")) as ListedQuestion[];
const dataFolder = mkdtempSync(path.join(tmpdir(), "zixue-judge-"));
const opened = await openCourse({ ...coursePaths(), dataFolder });
const outcomes = new Map<Answer["outcome"], number>();
const times: number[] = [];
try {
  const pipeline =
    values.bank === "on"
      ? opened.pipeline
      : await createRagPipeline({
          index: opened.pipeline.index,
          knowledge: knowledgeOf(opened.course),
          useQuestionBank: false,
        });
  const ask = async (question: string, history: readonly HistoryMessage[]): Promise<Answer> => {
    for await (const event of pipeline.answer(question, { history }))
      if (event.type === "done") return event.answer;
    throw new Error(`no answer to ${question}`);
  };
  for (const [place, { q, h = [] }] of listed.entries()) {
    if (values.only !== undefined && !q.includes(values.only)) continue;
    const history: HistoryMessage[] = [];
    for (const before of h)
      history.push(
        { role: "user", content: before },
        { role: "assistant", content: (await ask(before, history)).text },
      );
    const start = performance.now();
    const answer = await ask(q, history);
    times.push(performance.now() - start);
    outcomes.set(answer.outcome, (outcomes.get(answer.outcome) ?? 0) + 1);
    const cited = [...new Set(answer.citations.map(({ documentId }) => documentId))].join(" ");
    const unsupported = answer.citations.filter(({ supported }) => !supported).length;
    console.log(
      `${place + 1}. ${[...h, q].join(" → ")}  [${answer.outcome}; ${cited || "–"}` +
        `${unsupported > 0 ? `; ${unsupported} UNSUPPORTED` : ""}]\n` +
        answer.text.replace(/\n+/gu, "\n").replace(/^/gmu, "    "),
    );
  }
  times.sort((a, b) => a - b);
  console.log(
    `\n${[...outcomes].map(([outcome, count]) => `${outcome} ${count}`).join(", ")}; ` +
      `p50 ${(times[Math.floor(times.length / 2)] ?? 0).toFixed(1)} ms`,
  );
} finally {
  await opened.close();
  rmSync(dataFolder, { recursive: true, force: true });
}
