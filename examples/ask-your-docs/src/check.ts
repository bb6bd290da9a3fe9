/** Asks the questions of check-questions.json. Exits non-zero when one is not answered as that file says. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { resolveModels } from "@zixue/models";
import type { Answer } from "@zixue/rag";
import { z } from "zod";
import { openLibrary } from "./library.ts";
import { readSettings } from "./settings.ts";

/** `file` must be cited and `says` must stand in the answer; `file: null` must be declined. */
const questionsSchema = z.array(
  z.object({ question: z.string(), file: z.string().nullable(), says: z.string().optional() }),
);

const { folder, dataFolder, words } = readSettings(process.argv.slice(2));
const file = path.resolve(import.meta.dirname, "../check-questions.json");
const questions = questionsSchema.parse(JSON.parse(readFileSync(file, "utf8")));
const library = await openLibrary({ folder, dataFolder, models: await resolveModels() });
let failures = 0;
try {
  for (const { error } of (await library.refresh()).failed) console.error(words.unreadable(error.message));
  for (const expected of questions) {
    const problem = problemOf(await answerOf(expected.question), expected);
    if (problem !== undefined) failures++;
    console.log(
      `${problem === undefined ? "✓" : "✗"} ${expected.question}${problem ? `\n  ${problem}` : ""}`,
    );
  }
} finally {
  await library.close();
}
console.log(words.check.result(questions.length - failures, failures));
process.exitCode = failures === 0 ? 0 : 1;

async function answerOf(question: string): Promise<Answer> {
  for await (const event of library.pipeline.answer(question)) if (event.type === "done") return event.answer;
  throw new Error(`No answer came for "${question}".`);
}

function problemOf(answer: Answer, expected: z.infer<typeof questionsSchema>[number]): string | undefined {
  const said = `${answer.outcome}: ${answer.text.replace(/\s+/g, " ")}`;
  if (expected.file === null)
    return answer.outcome === "refused" ? undefined : `${words.check.declined} · ${said}`;
  const cited = answer.citations.some(({ documentId }) => documentId === expected.file);
  const right = answer.text.includes(expected.says ?? "");
  return cited && right && answer.outcome === "answered"
    ? undefined
    : `${words.check.cites(expected.file)}${expected.says ? `「${expected.says}」` : ""} · ${said}`;
}
