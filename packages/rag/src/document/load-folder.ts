import type { Dirent } from "node:fs";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import picomatch from "picomatch";
import { throwIfAborted } from "../abort.ts";
import { RagError } from "../errors.ts";
import type { ParsedDocument } from "./document.ts";
import { formatOf, parseFile } from "./parse-file.ts";

export interface LoadFolderOptions {
  /** Globs of paths relative to the folder, with forward slashes. Default: every readable format. */
  readonly include?: readonly string[];
  /** Globs of files and folders to leave out. */
  readonly exclude?: readonly string[];
  /** Larger files are reported, not read. Default 50 MB. */
  readonly maxBytes?: number;
  /** Also report files whose format cannot be read. Default false. */
  readonly reportUnsupported?: boolean;
  /** Encoding of text files without a BOM, where it is neither UTF-8 nor GB18030: `big5`, `shift_jis`, … */
  readonly encoding?: string;
  readonly signal?: AbortSignal;
}

/** A document of the folder, or the file that gave none and why. */
export type LoadedFile =
  | { readonly document: ParsedDocument; readonly failure?: never }
  | { readonly failure: { readonly path: string; readonly error: RagError }; readonly document?: never };

/**
 * Reads the .md, .markdown, .txt, .html, .htm, .pdf and .docx files of a folder and its subfolders, in the order of
 * their paths. A file that cannot be read is named with its error, and the rest go on. Dot files, `node_modules` and
 * symbolic links that lead back into a folder already read are skipped.
 *
 * A document's id is its path relative to the folder with forward slashes, so it is the same on every system.
 *
 * @throws RagError `invalid-input` when the folder is not there or is no folder; `aborted`.
 * @example
 * for await (const { document, failure } of loadFolder("./notes", { exclude: ["drafts/**"] })) {
 *   if (failure) console.warn(failure.error.message);
 *   else documents.push(document);
 * }
 */
export async function* loadFolder(
  folder: string,
  options: LoadFolderOptions = {},
): AsyncGenerator<LoadedFile> {
  const { maxBytes = 50_000_000, signal, encoding } = options;
  const aborted = `Reading the folder ${folder} was cancelled.`;
  throwIfAborted(signal, aborted);
  const root = resolve(folder);
  await requireFolder(root, folder);
  const included = picomatch(options.include === undefined ? "**" : [...options.include]);
  const excluded = picomatch([...(options.exclude ?? [])]);

  for await (const found of walk(root, "", new Set(), (path) => excluded(path), signal, aborted)) {
    throwIfAborted(signal, aborted);
    if ("error" in found) {
      yield { failure: found };
      continue;
    }
    const { path } = found;
    if (!included(path)) continue;
    if (formatOf(path) === undefined && options.reportUnsupported !== true) continue;
    try {
      const file = join(root, path);
      const { size } = await stat(file);
      if (size > maxBytes) {
        throw new RagError(
          "invalid-input",
          `${path} has ${size} bytes, more than the limit of ${maxBytes}. Raise maxBytes or split the file.`,
          { details: { file: path, size, maxBytes } },
        );
      }
      const bytes = await readFile(file, { signal });
      yield { document: await parseFile({ id: path, bytes, encoding, signal }) };
    } catch (cause) {
      throwIfAborted(signal, aborted);
      yield { failure: { path, error: asRagError(path, cause) } };
    }
  }
}

type Found = { readonly path: string } | { readonly path: string; readonly error: RagError };

async function* walk(
  root: string,
  below: string,
  seen: Set<string>,
  isExcluded: (path: string) => boolean,
  signal: AbortSignal | undefined,
  aborted: string,
): AsyncGenerator<Found> {
  throwIfAborted(signal, aborted);
  let entries: Dirent[];
  try {
    const real = await realpath(join(root, below));
    if (seen.has(real)) return;
    seen.add(real);
    entries = await readdir(real, { withFileTypes: true });
  } catch (cause) {
    yield { path: below, error: asRagError(below, cause) };
    return;
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (isExcluded(path)) continue;
    const kind = await kindOf(join(root, path), entry);
    if (kind === "folder") yield* walk(root, path, seen, isExcluded, signal, aborted);
    else if (kind === "file") yield { path };
  }
}

// A broken link is no document; a pipe or device would never end.
async function kindOf(path: string, entry: Dirent): Promise<"file" | "folder" | "other"> {
  if (!entry.isSymbolicLink()) return entry.isDirectory() ? "folder" : entry.isFile() ? "file" : "other";
  try {
    const target = await stat(path);
    return target.isDirectory() ? "folder" : target.isFile() ? "file" : "other";
  } catch {
    return "other";
  }
}

async function requireFolder(root: string, asGiven: string): Promise<void> {
  const found = await stat(root).catch(() => undefined);
  if (found?.isDirectory()) return;
  const problem = found === undefined ? "does not exist" : "is not a folder";
  throw new RagError(
    "invalid-input",
    `The folder ${asGiven} ${problem}. Give the path of a folder with documents.`,
    {
      details: { folder: asGiven },
    },
  );
}

function asRagError(path: string, cause: unknown): RagError {
  if (cause instanceof RagError) return cause;
  const { code = "", message = String(cause) } = cause as { code?: string; message?: string };
  const reason =
    code === "EACCES" || code === "EPERM" ? "may not be read: check its permissions" : `failed: ${message}`;
  return new RagError("invalid-document", `${path} ${reason}.`, { cause, details: { file: path } });
}
