import { createHash, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AgentError } from "../../errors.ts";

const HEARTBEAT_MS = 10_000;
/** Processes of other machines (or containers) cannot be asked; their locks count for as long as they are touched. */
const FOREIGN_LEASE_MS = 60_000;
const LOCK_NAME = /^open-(?<host>[0-9a-f]{8})-(?<pid>\d+)-(?<started>\d+)-[0-9a-f-]{36}\.lock$/;

/** The sole right to a folder, which PGlite needs and does not take itself. */
export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Takes a folder, making it if need be. Each process puts down a file of its own and then looks for others', so of two
 * that come together at most one goes on. What a dead process left is cleared away.
 *
 * @throws AgentError `store-busy` when another process, or this one, has the folder
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  await mkdir(folder, { recursive: true });
  const name = `open-${HOST}-${process.pid}-${startOf(process.pid)}-${randomUUID()}.lock`;
  const file = path.join(folder, name);
  for (let attempt = 1; ; attempt++) {
    await writeFile(file, "", { flag: "wx" });
    const holder = await findHolder(folder, name);
    if (holder === undefined) break;
    await rm(file, { force: true });
    if (attempt === 4) throw busy(folder, holder);
    await sleep(20 + Math.random() * 80);
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => {});
  }, HEARTBEAT_MS).unref();
  return {
    async release() {
      clearInterval(heartbeat);
      await rm(file, { force: true });
    },
  };
}

const HOST = createHash("sha256").update(hostname()).digest("hex").slice(0, 8);

async function findHolder(folder: string, ownName: string): Promise<string | undefined> {
  for (const name of await readdir(folder)) {
    const groups = LOCK_NAME.exec(name)?.groups as { host: string; pid: string; started: string } | undefined;
    if (!groups || name === ownName) continue;
    const file = path.join(folder, name);
    if (await isHeld(file, groups)) return name;
    await rm(file, { force: true });
  }
  return undefined;
}

async function isHeld(
  file: string,
  { host, pid, started }: { host: string; pid: string; started: string },
): Promise<boolean> {
  if (host !== HOST) {
    const touched = await stat(file).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
    return Date.now() - touched < FOREIGN_LEASE_MS;
  }
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  // Another process may have the number by now, as in a container that was started again.
  const now = startOf(Number(pid));
  return now === "0" || started === "0" || now === started;
}

/** When a process started, in ticks since boot; `"0"` where the system does not say. */
function startOf(pid: number): string {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The command stands in brackets and may hold spaces and brackets itself.
    const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
    return fields[19] ?? "0";
  } catch {
    return "0";
  }
}

function busy(folder: string, lockFile: string): AgentError {
  const pid = Number(LOCK_NAME.exec(lockFile)?.groups?.pid);
  const who = pid === process.pid ? "this process" : `process ${pid}`;
  const remedy =
    pid === process.pid
      ? "Open it once and share the store."
      : `Stop that process, give this one a folder of its own, or set DATABASE_URL to a PostgreSQL, which many processes may use. If no such process is alive, delete ${lockFile}.`;
  return new AgentError(
    "store-busy",
    `The state store in ${folder} is open in ${who} already, and a PGlite folder serves one process at a time. ${remedy}`,
    { details: { folder, pid, lockFile: path.join(folder, lockFile) } },
  );
}
