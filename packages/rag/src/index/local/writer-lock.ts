import { createHash, randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { RagError } from "../../errors.ts";
import { writeFailed } from "./files.ts";

/** A lock from another machine counts as abandoned when its owner has not touched it for this long. */
const FOREIGN_LEASE_MS = 60_000;
const HEARTBEAT_MS = 10_000;
const PATTERN = /^writer-([0-9a-f]{8})-(\d+)-(\d+)-[0-9a-f]{12}\.lock$/;

/**
 * The right to write to a folder. Every contender creates a lock file of its own, named after its host, process and
 * start time, and then looks for others: since each creates before it looks, two can never both find the folder
 * free. The lock of a dead process is removed by the next contender.
 */
export class WriterLock {
  readonly #file: string;
  readonly #heartbeat: NodeJS.Timeout;

  private constructor(file: string) {
    this.#file = file;
    this.#heartbeat = setInterval(() => {
      const now = new Date();
      utimes(file, now, now).catch(() => undefined);
    }, HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  /**
   * Creates the folder when it is missing.
   *
   * @throws RagError `index-locked`, naming the process that holds the lock; `index-write-failed`.
   */
  static async acquire(folder: string): Promise<WriterLock> {
    await createFolder(folder);
    const name = `writer-${hostHash(hostname())}-${process.pid}-${startTime(process.pid)}-${randomBytes(6).toString("hex")}.lock`;
    const file = path.join(folder, name);
    for (let attempt = 0; ; attempt++) {
      try {
        await writeFile(file, JSON.stringify(thisOwner()), { flag: "wx" });
      } catch (error) {
        throw writeFailed(folder, name, error);
      }
      const other = await findLiveOwner(folder, name);
      if (other === undefined) return new WriterLock(file);
      await rm(file, { force: true });
      // Two that started together both step back; a random pause lets one of them through.
      if (attempt === 2) throw lockedError(folder, other);
      await sleep(20 + Math.random() * 60);
    }
  }

  async release(): Promise<void> {
    clearInterval(this.#heartbeat);
    await rm(this.#file, { force: true }).catch(() => undefined);
  }
}

/** Not `mkdir` with `recursive`: where a folder cannot have children, as under /proc, Node tries for ever. */
async function createFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return;
    const parent = path.dirname(folder);
    if (code !== "ENOENT" || existsSync(parent)) throw writeFailed(folder, "the folder", error);
    await createFolder(parent);
    await createFolder(folder);
  }
}

interface Owner {
  readonly file: string;
  readonly pid: number;
  readonly host: string;
  readonly since: string;
}

function thisOwner(): Omit<Owner, "file"> {
  return { pid: process.pid, host: hostname(), since: new Date().toISOString() };
}

async function findLiveOwner(folder: string, own: string): Promise<Owner | undefined> {
  let live: Owner | undefined;
  for (const name of await readdir(folder)) {
    const match = PATTERN.exec(name);
    if (match === null || name === own) continue;
    const file = path.join(folder, name);
    if (await isAlive(file, match[1] as string, Number(match[2]), match[3] as string))
      live = await readOwner(file, match);
    else await rm(file, { force: true });
  }
  return live;
}

async function isAlive(file: string, host: string, pid: number, started: string): Promise<boolean> {
  if (host !== hostHash(hostname())) {
    const touched = await stat(file).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
    return Date.now() - touched < FOREIGN_LEASE_MS;
  }
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  // The same number may have been given to a new process since.
  const now = startTime(pid);
  return now === "0" || started === "0" || now === started;
}

async function readOwner(file: string, match: RegExpExecArray): Promise<Owner> {
  try {
    return { ...(JSON.parse(await readFile(file, "utf8")) as Omit<Owner, "file">), file };
  } catch {
    // Created this moment, or gone again.
    return { file, pid: Number(match[2]), host: "this host", since: "just now" };
  }
}

function lockedError(folder: string, owner: Owner): RagError {
  const who = owner.pid === process.pid ? "this process itself" : `process ${owner.pid}`;
  return new RagError(
    "index-locked",
    `The index in ${folder} is being written by ${who} on ${owner.host} since ${owner.since}. Wait until it has finished, ` +
      `open it with readOnly: true, or, when that process is gone, delete ${path.basename(owner.file)}.`,
    { details: { folder, pid: owner.pid, host: owner.host, since: owner.since, lockFile: owner.file } },
  );
}

function hostHash(host: string): string {
  return createHash("sha256").update(host).digest("hex").slice(0, 8);
}

/** Clock ticks from boot to the start of a process, on Linux; `"0"` where that is not to be had. */
function startTime(pid: number): string {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The second field, the command, may hold spaces and brackets.
    return line.slice(line.lastIndexOf(")") + 2).split(" ")[19] ?? "0";
  } catch {
    return "0";
  }
}
