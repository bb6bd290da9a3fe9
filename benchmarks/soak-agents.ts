/**
 * Kills processes of agents with tools at random moments, over each durable store that is there, and checks that each
 * comes to the same end with nothing done twice unseen: `npm run soak -- agents [--kills 50] [--seeds 5] [--first 1]`.
 */
import { parseArgs } from "node:util";
import { crashRun } from "../packages/agent/tests/crash-run.ts";
import { findPostgres, startPostgres } from "../tests/postgres-server.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "50" },
    seeds: { type: "string", default: "5" },
    first: { type: "string", default: "1" },
  },
});
const kills = Number(values.kills);
const seeds = Number(values.seeds);
const first = Number(values.first);
if (![kills, seeds, first].every((value) => Number.isInteger(value) && value > 0)) {
  console.error("Usage: npm run soak -- agents [--kills 50] [--seeds 5] [--first 1]");
  process.exit(1);
}

const bin = findPostgres();
const server = bin === undefined ? undefined : await startPostgres(bin);
let failures = 0;
try {
  await soak("PGlite", {});
  if (server) await soak("PostgreSQL", { url: server.url });
  else console.log("PostgreSQL: skipped, its server is not installed (Debian: postgresql).");
} finally {
  server?.stop();
}
process.exitCode = failures === 0 ? 0 : 1;

async function soak(name: string, place: { readonly url?: string }): Promise<void> {
  const perSeed = Math.ceil(kills / seeds);
  let killed = 0;
  let inTools = 0;
  let failed = 0;
  for (let seed = first; seed < first + seeds; seed++) {
    try {
      const outcome = await crashRun(seed, { kills: perSeed, threads: 3, lines: 3 * perSeed, ...place });
      killed += outcome.kills;
      inTools += outcome.mayHaveRun;
      process.stdout.write(".");
    } catch (error) {
      failed++;
      console.error(`\n${error instanceof Error ? error.message : String(error)}`);
    }
  }
  failures += failed;
  console.log(
    `\n${name}: ${killed} kills, each of three runs at once; ${inTools} calls were cut off in their tool; ${failed} failures.`,
  );
}
