import { createHash, randomBytes } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { RagError } from "../../errors.ts";

/** A file that the manifest vouches for. */
export interface FileEntry {
  readonly name: string;
  readonly bytes: number;
  /** SHA-256 of the content, hex. */
  readonly sha256: string;
}

/** Hashed in one go: about a millisecond. */
const SLICE = 1024 * 1024;

/**
 * Writes a file that was not there before and waits until it is on the disk. On failure nothing is left behind.
 *
 * @throws RagError `index-write-failed`, with the system's reason and what to do.
 */
export async function writeNewFile(
  folder: string,
  name: string,
  parts: readonly Uint8Array[],
): Promise<FileEntry> {
  const file = path.join(folder, name);
  const hash = createHash("sha256");
  let bytes = 0;
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, "wx");
    for (const part of parts) {
      for (let at = 0; at < part.length; at += SLICE) {
        const slice = part.subarray(at, at + SLICE);
        hash.update(slice);
        await writeFully(handle, slice);
        bytes += slice.length;
      }
    }
    await handle.sync();
    await handle.close();
    return { name, bytes, sha256: hash.digest("hex") };
  } catch (error) {
    await handle?.close().catch(() => undefined);
    await rm(file, { force: true }).catch(() => undefined);
    throw writeFailed(folder, name, error);
  }
}

/** Replaces `name` in one step: a reader sees the old content or the new one, never a mixture. */
export async function replaceFile(folder: string, name: string, content: Uint8Array): Promise<void> {
  const temporary = temporaryName(name);
  await writeNewFile(folder, temporary, [content]);
  try {
    await rename(path.join(folder, temporary), path.join(folder, name));
  } catch (error) {
    await rm(path.join(folder, temporary), { force: true }).catch(() => undefined);
    throw writeFailed(folder, name, error);
  }
  await syncFolder(folder);
}

/** Makes a rename or a new name in the folder survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(folder, "r");
    await handle.sync();
  } catch {
    // Windows and some network file systems cannot sync a folder; they order renames themselves.
  } finally {
    await handle?.close().catch(() => undefined);
  }
}

/** Reads a whole file from an open handle and hashes it: a slice is hashed while the next one is being read. */
export async function readWithHash(handle: FileHandle): Promise<{ content: Buffer; sha256: string }> {
  const { size } = await handle.stat();
  const content = Buffer.allocUnsafeSlow(size);
  const hash = createHash("sha256");
  const readSlice = (at: number) => handle.read(content, at, Math.min(SLICE, size - at), at);
  let at = 0;
  let reading = size > 0 ? readSlice(0) : undefined;
  while (reading !== undefined) {
    const { bytesRead } = await reading;
    const start = at;
    at += bytesRead;
    reading = bytesRead > 0 && at < size ? readSlice(at) : undefined;
    hash.update(content.subarray(start, at));
  }
  return { content: at === size ? content : content.subarray(0, at), sha256: hash.digest("hex") };
}

/** Makes a file that other code wrote durable, and says what is in it. */
export async function sealFile(folder: string, name: string, temporary: string): Promise<FileEntry> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path.join(folder, temporary), "r+");
    await handle.sync();
    const entry = { name, ...(await hashFile(handle)) };
    await handle.close();
    await rename(path.join(folder, temporary), path.join(folder, name));
    return entry;
  } catch (error) {
    await handle?.close().catch(() => undefined);
    throw writeFailed(folder, name, error);
  }
}

/** Size and SHA-256 of a file that is too large to be kept in memory for it. */
export async function hashFile(handle: FileHandle): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash("sha256");
  const slice = Buffer.allocUnsafeSlow(SLICE);
  let bytes = 0;
  for (;;) {
    const { bytesRead } = await handle.read(slice, 0, SLICE, bytes);
    if (bytesRead === 0) return { bytes, sha256: hash.digest("hex") };
    hash.update(slice.subarray(0, bytesRead));
    bytes += bytesRead;
  }
}

/** A name that no other process has, recognised as temporary by `isTemporary`. */
export function temporaryName(name: string): string {
  return `${name}.${randomBytes(6).toString("hex")}.tmp`;
}

export function isTemporary(name: string): boolean {
  return name.endsWith(".tmp");
}

/** What a failed write means, in words: full disk, no permission, or else. */
export function writeFailed(folder: string, name: string, cause: unknown): RagError {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? "unknown error";
  const remedy =
    code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG"
      ? "The disk is full: free some space and run it again"
      : code === "EACCES" || code === "EPERM" || code === "EROFS"
        ? "The folder cannot be written: allow writing, or open the index with readOnly: true"
        : code === "ENOTDIR"
          ? "The path is a file: choose a folder"
          : "Check the disk and run it again";
  return new RagError(
    "index-write-failed",
    `The index in ${folder} could not write ${name} (${code}). ${remedy}; the last committed state is intact.`,
    { cause, details: { folder, file: name, reason: code } },
  );
}

async function writeFully(handle: FileHandle, slice: Uint8Array): Promise<void> {
  let at = 0;
  while (at < slice.length) at += (await handle.write(slice, at, slice.length - at)).bytesWritten;
}
