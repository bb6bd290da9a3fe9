/**
 * Kills a process that writes to an index again and again, and checks after every kill that the folder opens as its
 * last committed state: `npm run soak -- [--seeds 100] [--kills 3] [--revisions 60] [--first 1]`.
 */
import { parseArgs } from "node:util";
import { crashRun } from "../packages/rag/tests/crash-run.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "100" },
    kills: { type: "string", default: "3" },
    revisions: { type: "string", default: "60" },
    first: { type: "string", default: "1" },
  },
});
const seeds = Number(values.seeds);
const kills = Number(values.kills);
const revisions = Number(values.revisions);
const first = Number(values.first);
if (![seeds, kills, revisions, first].every((value) => Number.isInteger(value) && value > 0)) {
  console.error("Usage: npm run soak -- [--seeds 100] [--kills 3] [--revisions 60] [--first 1]");
  process.exit(1);
}

let failures = 0;
let inTheMidst = 0;
for (let seed = first; seed < first + seeds; seed++) {
  try {
    const { announced } = await crashRun(seed, { kills, revisions });
    if (announced > 0 && announced < revisions) inTheMidst++;
    process.stdout.write(".");
  } catch (error) {
    failures++;
    console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  }
}
console.log(
  `\n${seeds} seeds × ${kills} kills: ${failures} failures; the last kill came in the midst of the work in ${inTheMidst} of them.`,
);
process.exitCode = failures === 0 ? 0 : 1;
