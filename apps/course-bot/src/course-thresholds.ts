import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkThresholds, RagError, type SufficiencyThresholds } from "@zixue/rag";

/**
 * What was fitted to the course's questions (`npx tsx benchmarks/fit-course.ts --write`), from `thresholds.json` in its
 * folder; `undefined` where there is none, as in a course of one's own.
 *
 * @throws RagError `invalid-input` naming the file when it is damaged
 */
export async function courseThresholds(courseFolder: string): Promise<SufficiencyThresholds | undefined> {
  const file = join(courseFolder, "thresholds.json");
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw damaged(file, cause);
  }
  try {
    return checkThresholds(JSON.parse(text));
  } catch (cause) {
    throw damaged(file, cause);
  }
}

function damaged(file: string, cause: unknown): RagError {
  return new RagError(
    "invalid-input",
    `${file} cannot be used: ${(cause as Error).message} Fit the course again, or delete the file to go by the defaults.`,
    { cause, details: { file } },
  );
}
