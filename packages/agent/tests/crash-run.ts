import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type CrashSettings, fileOf, linesOf, threadsOf } from "./crash-script.ts";

export interface CrashOutcome {
  readonly kills: number;
  /** How often a life was told that a call may have run: kills that came in the midst of a tool. */
  readonly mayHaveRun: number;
}

/**
 * Kills a process whose agents write lines at random moments, starts it again each time, and checks that they come to the
 * same end as if it had lived through: every line once, though only the journal and the files know what was written.
 *
 * @throws Error that says what was wrong, with the seed
 */
export async function crashRun(
  seed: number,
  options: {
    readonly kills: number;
    readonly threads: number;
    readonly lines: number;
    readonly url?: string;
  },
): Promise<CrashOutcome> {
  const folder = mkdtempSync(path.join(tmpdir(), "zixue-agent-crash-"));
  const settings: CrashSettings = {
    location: options.url === undefined ? { folder: path.join(folder, "state") } : { url: options.url },
    schema: `crash_${seed}`,
    threads: options.threads,
    lines: options.lines,
    seed,
    folder,
    log: path.join(folder, "log"),
  };
  const said = (what: string) => readLog(settings.log).filter((line) => line.startsWith(what)).length;
  try {
    let kills = 0;
    const all = options.threads * options.lines;
    while (kills < options.kills && said("said") < options.threads) {
      // The kills are spread over the whole run.
      const until = Math.ceil(((kills + 1) / (options.kills + 1)) * all);
      if (await killedLife(settings, until)) kills++;
    }
    const { ended, errors } = startLife(settings);
    const [code] = await ended;
    if (code !== 0) throw new Error(`seed ${seed}: the last life failed: ${errors()}`);
    const expected = Array.from({ length: options.lines }, (_, index) => index + 1);
    for (const thread of threadsOf(settings)) {
      const lines = linesOf(fileOf(settings, thread)).sort((a, b) => a - b);
      if (JSON.stringify(lines) !== JSON.stringify(expected)) {
        throw new Error(`seed ${seed}: ${thread} wrote ${lines.join(" ")} instead of each line once`);
      }
      const end = readLog(settings.log).findLast((line) => line.startsWith(`said ${thread} `));
      if (end !== `said ${thread} 写完了 ${options.lines} 行。`)
        throw new Error(`seed ${seed}: the end was: ${end}`);
    }
    return { kills, mayHaveRun: said("mayHaveRun") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Kills a life soon after the files have so many lines. False when the life ended before. */
async function killedLife(settings: CrashSettings, lines: number): Promise<boolean> {
  const begun = readLog(settings.log).filter((line) => line === "started").length;
  const { child, ended, errors } = startLife(settings);
  let hasEnded = false;
  void ended.then(() => {
    hasEnded = true;
  });
  const isThere = () =>
    readLog(settings.log).filter((line) => line === "started").length > begun &&
    threadsOf(settings).flatMap((thread) => linesOf(fileOf(settings, thread))).length >= lines;
  while (!hasEnded && !isThere()) await sleep(1);
  // Half of the kills come right after a tool wrote, when only the tool knows; the others at any time.
  await sleep(Math.random() < 0.5 ? 0 : Math.random() * 200);
  child.kill("SIGKILL");
  const [code] = await ended;
  if (code !== null && code !== 0) throw new Error(`seed ${settings.seed}: a life failed: ${errors()}`);
  return code === null;
}

function startLife(settings: CrashSettings) {
  const script = path.join(import.meta.dirname, "crash-script.ts");
  const child = spawn(process.execPath, ["--import", "tsx", script, JSON.stringify(settings)], {
    cwd: import.meta.dirname,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let errors = "";
  child.stderr.on("data", (data: Buffer) => {
    errors += String(data);
  });
  return { child, ended: once(child, "exit") as Promise<[number | null]>, errors: () => errors };
}

function readLog(log: string): string[] {
  return existsSync(log) ? readFileSync(log, "utf8").split("\n").filter(Boolean) : [];
}
