/**
 * How many questions off the topic are answered, and how many of learners' own wordings are declined, by the offline
 * course bot: `npx tsx benchmarks/unseen-questions.ts [--misses] [--defaults] [--bank off]`. The data share words with the course
 * (模型, 注意力, 训练, token) or are colloquial, short, English or mistyped. Rules and thresholds may be tried on the
 * first half only (even places); the second says what they are worth.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { knowledgeOf } from "@zixue/course";
import { coursePaths, openCourse } from "@zixue/course-bot";
import { type Answer, checkThresholds, createRagPipeline, DEFAULT_THRESHOLDS } from "@zixue/rag";

const { values } = parseArgs({
  options: {
    misses: { type: "boolean", default: false },
    defaults: { type: "boolean", default: false },
    thresholds: { type: "string" },
    bank: { type: "string", default: "on" },
  },
});
const { onTopic, offTopic } = JSON.parse(
  readFileSync(path.join(import.meta.dirname, "data/unseen-questions.json"), "utf8"),
) as { onTopic: { question: string; section: string }[]; offTopic: string[] };
const dataFolder = mkdtempSync(path.join(tmpdir(), "zixue-unseen-"));
const opened = await openCourse({ ...coursePaths(), dataFolder });
try {
  const pipeline = await createRagPipeline({
    index: opened.pipeline.index,
    knowledge: knowledgeOf(opened.course),
    useQuestionBank: values.bank === "on",
    ...(values.thresholds === undefined
      ? {}
      : { thresholds: checkThresholds(JSON.parse(values.thresholds)) }),
    ...(values.defaults ? { thresholds: DEFAULT_THRESHOLDS } : {}),
  });
  const all = [
    ...onTopic.map((one, place) => ({ ...one, group: "on the topic", half: place % 2 })),
    ...offTopic.map((question, place) => ({
      question,
      section: undefined,
      group: "off the topic",
      half: place % 2,
    })),
  ];
  const results: ((typeof all)[number] & { outcome: Answer["outcome"]; cited: string | undefined })[] = [];
  for (const one of all) {
    for await (const event of pipeline.answer(one.question))
      if (event.type === "done")
        results.push({
          ...one,
          outcome: event.answer.outcome,
          cited: event.answer.citations[0]?.documentId,
        });
  }
  for (const group of ["on the topic", "off the topic"])
    for (const half of [0, 1]) {
      const members = results.filter((result) => result.group === group && result.half === half);
      const count = (outcome: string) => members.filter((result) => result.outcome === outcome).length;
      const placed = members.filter(({ section, cited }) => section !== undefined && section === cited);
      console.log(
        `${group}, ${half === 0 ? "first half " : "second half"}: ${members.length} questions, answered ${count("answered")}, ` +
          `partial ${count("partial")}, declined ${count("refused")}${group === "on the topic" ? `, from the expected section ${placed.length}` : ""}`,
      );
      if (values.misses)
        for (const { question, outcome, cited, section } of members)
          if ((outcome === "refused") === (section !== undefined) || (!section && outcome === "partial"))
            console.log(`  ${outcome} ${cited ?? ""} ${question}`);
    }
} finally {
  await opened.close();
  rmSync(dataFolder, { recursive: true, force: true });
}
