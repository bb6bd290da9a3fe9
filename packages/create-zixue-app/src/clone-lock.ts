import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { CreateError } from "./errors.ts";

/**
 * Runs `work` while no other process builds and packs in the same clone: a build empties the folders that packing reads.
 * Waits for the other one; the lock of a process that is gone counts for nothing.
 *
 * @throws CreateError `pack-failed` when the other is not done after `waitMs` (default five minutes)
 */
export function withCloneLock<T>(root: string, work: () => T, waitMs = 300_000): T {
  const file = path.join(root, ".kit", "pack.lock");
  mkdirSync(path.dirname(file), { recursive: true });
  const deadline = Date.now() + waitMs;
  while (!takeLock(file)) {
    if (Date.now() > deadline) {
      throw new CreateError(
        "pack-failed",
        `Another create-zixue-app is still packing in ${root}. Wait for it, or delete ${file} when there is none.`,
      );
    }
    sleep(200);
  }
  try {
    return work();
  } finally {
    rmSync(file, { force: true });
  }
}

function takeLock(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  if (isStale(file)) rmSync(file, { force: true });
  return false;
}

function isStale(file: string): boolean {
  try {
    const pid = Number(readFileSync(file, "utf8"));
    // Just made and not yet written to.
    if (pid === 0) return Date.now() - statSync(file).mtimeMs > 10_000;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    // The process is gone; EPERM would mean that it lives and is another user's.
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
