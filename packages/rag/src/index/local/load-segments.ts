import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import path from "node:path";
import { throwIfAborted } from "../../abort.ts";
import { type FileEntry, readWithHash } from "./files.ts";
import { corrupt } from "./manifest.ts";
import { Segment, type SegmentHeader } from "./segment.ts";
import { decodeSegmentFile } from "./segment-file.ts";

/** A file of the manifest is not there: a writer has just merged it away, or the folder is damaged. */
export class MissingFile extends Error {
  readonly file: string;

  constructor(file: string) {
    super(`${file} is missing`);
    this.file = file;
  }
}

/**
 * Reads and verifies segments. All files are opened before the first is read: an open file stays whole although a
 * writer deletes it meanwhile.
 *
 * @param known Segments that are in memory already, by file name.
 * @throws MissingFile, or RagError `index-corrupt` for a file whose checksum, size or structure is wrong.
 */
export async function loadSegments(
  folder: string,
  entries: readonly FileEntry[],
  known: ReadonlyMap<string, Segment>,
  signal: AbortSignal | undefined,
): Promise<Segment[]> {
  const handles = new Map<string, FileHandle>();
  try {
    for (const { name } of entries) {
      if (!known.has(name)) handles.set(name, await openFile(folder, name));
    }
    const segments: Segment[] = [];
    for (const entry of entries) {
      throwIfAborted(signal, "The caller cancelled opening the index.");
      const handle = handles.get(entry.name);
      segments.push(
        handle === undefined ? (known.get(entry.name) as Segment) : await loadSegment(folder, entry, handle),
      );
    }
    return segments;
  } finally {
    await Promise.all([...handles.values()].map((handle) => handle.close()));
  }
}

async function loadSegment(folder: string, entry: FileEntry, handle: FileHandle): Promise<Segment> {
  const { content, sha256 } = await readWithHash(handle).catch((cause: unknown) => {
    throw corrupt(folder, entry.name, `it cannot be read (${(cause as NodeJS.ErrnoException).code})`, cause);
  });
  if (content.length !== entry.bytes) {
    throw corrupt(folder, entry.name, `it has ${content.length} bytes instead of ${entry.bytes}`);
  }
  if (sha256 !== entry.sha256) throw corrupt(folder, entry.name, "its checksum does not match");
  try {
    const { header, sections } = decodeSegmentFile<SegmentHeader>(content);
    return new Segment(header, sections);
  } catch (cause) {
    throw corrupt(folder, entry.name, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

async function openFile(folder: string, name: string): Promise<FileHandle> {
  try {
    return await open(path.join(folder, name), "r");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new MissingFile(name);
    throw corrupt(folder, name, `it cannot be opened (${code})`, cause);
  }
}
