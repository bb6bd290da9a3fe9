import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { LocalIndex } from "../src/index/local-index.ts";
import { contentAt, contentOf, type FolderScript, runScript } from "./folder-script.ts";
import { randomNumbers } from "./vectors.ts";

export interface CrashOutcome {
  readonly seed: number;
  /** Revision that the killed process said it had committed, and the one that the folder opened at. */
  readonly announced: number;
  readonly opened: number;
  readonly kills: number;
}

const SCRIPT = fileURLToPath(new URL("folder-script.ts", import.meta.url));

/**
 * Kills a writing process at random moments, checks after each kill that the folder opens as a committed state with
 * exactly the content of that revision, and lets the last run finish.
 *
 * @throws Error that says what was wrong, with the seed.
 */
export async function crashRun(
  seed: number,
  options: { kills: number; revisions: number },
): Promise<CrashOutcome> {
  const folder = mkdtempSync(path.join(tmpdir(), "zixue-crash-"));
  const index = path.join(folder, "index");
  const log = path.join(folder, "log");
  const script: FolderScript = { seed, revisions: options.revisions };
  const random = randomNumbers(seed);
  let announced = 0;
  let opened = 0;
  try {
    for (let kill = 0; kill < options.kills; kill++) {
      await runAndKill(index, log, script, Math.floor(random() * 250));
      announced = Math.max(0, ...readLog(log).map(Number).filter(Number.isInteger));
      opened = await verify(index, script, announced);
    }
    await runScript(index, script, () => undefined);
    opened = await verify(index, script, script.revisions);
    const strays = readdirSync(index).filter((name) => name.endsWith(".tmp") || name.endsWith(".lock"));
    if (strays.length > 0) throw new Error(`seed ${seed}: ${strays.join(", ")} left behind`);
    return { seed, announced, opened, kills: options.kills };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runAndKill(index: string, log: string, script: FolderScript, delay: number): Promise<void> {
  const starts = readLog(log).filter((line) => line === "started").length;
  const child = spawn(
    process.execPath,
    ["--import", "tsx", SCRIPT, index, log, String(script.seed), String(script.revisions)],
    { cwd: path.dirname(SCRIPT), stdio: ["ignore", "ignore", "pipe"] },
  );
  let stderr = "";
  child.stderr.on("data", (data) => {
    stderr += String(data);
  });
  const ended = once(child, "exit");
  let hasEnded = false;
  ended.then(() => {
    hasEnded = true;
  });
  while (!hasEnded && readLog(log).filter((line) => line === "started").length === starts) await sleep(5);
  await sleep(delay);
  child.kill("SIGKILL");
  const [code] = await ended;
  if (code !== null && code !== 0)
    throw new Error(`the writing process failed before it was killed: ${stderr}`);
}

async function verify(folder: string, script: FolderScript, announced: number): Promise<number> {
  if (!existsSync(path.join(folder, "manifest.json"))) {
    if (announced > 0)
      throw new Error(`seed ${script.seed}: revision ${announced} was committed and the folder is empty`);
    return 0;
  }
  const index = await LocalIndex.open({ folder, readOnly: true });
  const { revision } = await index.stats();
  const content = await contentOf(index);
  await index.close();
  if (revision < announced)
    throw new Error(`seed ${script.seed}: revision ${announced} was lost, ${revision} opened`);
  if (!isDeepStrictEqual(content, contentInOrder(contentAt(script, revision), content))) {
    throw new Error(`seed ${script.seed}: the content is not that of revision ${revision}`);
  }
  return revision;
}

/** The expected content in the order of the other, when both have the same documents. */
function contentInOrder(
  expected: Map<string, string[]>,
  other: Map<string, string[]>,
): Map<string, string[]> {
  if (expected.size !== other.size) return expected;
  return new Map([...other.keys()].map((id) => [id, expected.get(id) ?? []]));
}

function readLog(log: string): string[] {
  return existsSync(log) ? readFileSync(log, "utf8").split("\n").filter(Boolean) : [];
}
