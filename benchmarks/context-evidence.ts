/**
 * Measures how much of what the course's author names as evidence reaches the answer, with passages as they are found
 * and extended by their neighbours or section: `npx tsx benchmarks/context-evidence.ts [--limit N] [--json]`.
 * The question bank serves as judgement only; it is left out of retrieval.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { knowledgeOf } from "@zixue/course";
import { coursePaths, openCourse } from "@zixue/course-bot";
import { countTokens } from "@zixue/models";
import {
  answerExtractively,
  packContext,
  type Retrieval,
  type RetrievalSettings,
  retrieve,
} from "@zixue/rag";

interface Row {
  readonly passages: string;
  readonly budget: number;
  /** Share of the evidence blocks among the sources that a model is shown, and the sources' tokens. */
  readonly sources: number;
  readonly tokens: number;
  /** Share of the questions all of whose evidence is there. */
  readonly complete: number;
  /** Share of the evidence blocks that the answer without a model cites, choosing among these passages. */
  readonly cited: number;
}

const ways: Readonly<Record<string, Pick<RetrievalSettings, "limit" | "expand" | "expandBudget">>> = {
  "5 as found": {},
  "5 + neighbours": { expand: { neighbours: 1 } },
  "5 + section": { expand: "section" },
  "8 as found": { limit: 8 },
  "8 + neighbours": { limit: 8, expand: { neighbours: 1 } },
  "10 as found": { limit: 10 },
};

const { values } = parseArgs({
  options: { limit: { type: "string" }, json: { type: "boolean", default: false } },
});
const dataFolder = mkdtempSync(path.join(tmpdir(), "zixue-evidence-"));
const opened = await openCourse({ ...coursePaths(), dataFolder });
try {
  const knowledge = knowledgeOf(opened.course);
  const all = (knowledge.questions ?? []).filter(({ points }) => points.length > 0);
  const every = values.limit === undefined ? 1 : Math.max(1, Math.floor(all.length / Number(values.limit)));
  const asked = all.filter((_, place) => place % every === 0);
  const rows: Row[] = [];
  for (const budget of [1_500, 3_000])
    for (const [passages, settings] of Object.entries(ways)) {
      let [shown, cited, evidence, tokens, complete] = [0, 0, 0, 0, 0];
      for (const { ask, points } of asked) {
        const wanted = new Set(points.map(({ blockId }) => blockId));
        const found = await retrieve(ask, {
          index: opened.pipeline.index,
          knowledge,
          useQuestionBank: false,
          expandBudget: Math.round((budget * 2) / 3),
          ...settings,
        });
        const sources = packContext(found.context, { budget, countTokens });
        const held = count(
          wanted,
          sources.map(({ block }) => block.blockId),
        );
        const { citations } = await answerExtractively(amongContext(found), opened.pipeline.index, {
          glossary: knowledge.glossary ?? [],
        });
        evidence += wanted.size;
        shown += held;
        complete += held === wanted.size ? 1 : 0;
        cited += count(
          wanted,
          citations.map(({ blockId }) => blockId),
        );
        tokens += sources.reduce((sum, { text }) => sum + countTokens(text), 0);
      }
      rows.push({
        passages,
        budget,
        sources: shown / evidence,
        complete: complete / asked.length,
        tokens: Math.round(tokens / asked.length),
        cited: cited / evidence,
      });
    }
  if (values.json) console.log(JSON.stringify({ questions: asked.length, rows }, null, 2));
  else {
    console.log(`${asked.length} questions of the course's bank`);
    console.log("passages         budget  in sources  all of it  tokens  cited without a model");
    for (const row of rows)
      console.log(
        `${row.passages.padEnd(17)}${String(row.budget).padEnd(8)}${row.sources.toFixed(3).padEnd(12)}` +
          `${row.complete.toFixed(3).padEnd(11)}${String(row.tokens).padEnd(8)}${row.cited.toFixed(3)}`,
      );
  }
} finally {
  await opened.close();
  rmSync(dataFolder, { recursive: true, force: true });
}

/** The retrieval as if the extended passages had been found: what the answer without a model would choose from. */
function amongContext(found: Retrieval): Retrieval {
  return { ...found, chunks: found.context, scores: found.passages.map(({ score }) => score) };
}

function count(wanted: ReadonlySet<string>, held: readonly string[]): number {
  return new Set(held.filter((id) => wanted.has(id))).size;
}
