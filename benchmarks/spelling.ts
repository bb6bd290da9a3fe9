/**
 * Measures what becomes of mistyped glossary terms of the course, and of questions with no slip in them:
 * `npx tsx benchmarks/spelling.ts [--misses] [--json]`.
 */
import { parseArgs } from "node:util";
import { measureCourseSpelling, type SlipRate } from "./mistyped-terms.ts";

const { values } = parseArgs({
  options: { misses: { type: "boolean", default: false }, json: { type: "boolean", default: false } },
});
const report = await measureCourseSpelling();
if (values.json) console.log(JSON.stringify(report, null, 2));
else {
  print("Latin words, one slip", report.latin);
  print("Chinese terms, a homophone", report.homophone);
  print("Chinese terms, another character", report.wrongCharacter);
  console.log(`questions without a slip that were changed: ${report.changed.length} of ${report.sound}`);
  if (values.misses) console.log(report.changed.map((line) => `  ${line}`).join("\n"));
}

function print(what: string, { slips, mended, missed }: SlipRate): void {
  console.log(`${what}: ${mended} of ${slips} mended (${((100 * mended) / slips).toFixed(1)} %)`);
  if (values.misses) console.log(missed.map((line) => `  ${line}`).join("\n"));
}
