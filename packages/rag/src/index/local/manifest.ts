import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { checkThresholds, type SufficiencyThresholds } from "../../answer/thresholds.ts";
import { RagError } from "../../errors.ts";
import { replaceFile } from "./files.ts";

export const MANIFEST = "manifest.json";

/** Raised when a file of this version could not be read by the one before. */
export const SCHEMA_VERSION = 1;

const fileEntry = z.object({
  name: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/),
  bytes: z.number().int().nonnegative(),
  sha256: z.string().length(64),
});

const manifestSchema = z.object({
  schema: z.literal(SCHEMA_VERSION),
  /** Increases by one with every committed change. */
  revision: z.number().int().nonnegative(),
  documents: z.number().int().nonnegative(),
  chunks: z.number().int().nonnegative(),
  /** Dimensions of the vectors; 0 when there are none. */
  dimensions: z.number().int().nonnegative(),
  fingerprint: z.record(z.string(), z.string()),
  /** Oldest first: a document in a later segment replaces the one in an earlier. */
  segments: z.array(fileEntry),
  /** The graph of nearest neighbours, once it has been built; it speeds up the search and can be built again. */
  graph: z
    .object({ file: fileEntry, keys: fileEntry, ef: z.number().int().positive(), recall: z.number() })
    .optional(),
  /** What was fitted to these documents; `checkThresholds` says what is accepted. */
  thresholds: z
    .custom<SufficiencyThresholds>((value) => value !== null && typeof value === "object")
    .optional(),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type GraphEntry = NonNullable<Manifest["graph"]>;

export const EMPTY_MANIFEST: Manifest = {
  schema: SCHEMA_VERSION,
  revision: 0,
  documents: 0,
  chunks: 0,
  dimensions: 0,
  fingerprint: {},
  segments: [],
};

/**
 * The committed state of a folder, or `undefined` when there is none yet.
 *
 * @throws RagError `index-corrupt` when the manifest is damaged, `index-incompatible` when another version wrote it.
 */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  let text: string;
  try {
    text = await readFile(path.join(folder, MANIFEST), "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new RagError(
      "index-corrupt",
      `The index in ${folder} has a manifest that cannot be read (${(cause as NodeJS.ErrnoException).code}). Check the folder's permissions.`,
      { cause, details: { folder } },
    );
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw corrupt(folder, MANIFEST, "it is no JSON", cause);
  }
  const { checksum, ...body } = (content ?? {}) as { checksum?: unknown; schema?: unknown };
  const { schema } = body;
  if (schema !== SCHEMA_VERSION) {
    throw new RagError(
      "index-incompatible",
      `The index in ${folder} has schema version ${String(schema)}, this program reads version ${SCHEMA_VERSION}. ` +
        "Delete the folder and ingest again.",
      { details: { folder, found: schema, expected: SCHEMA_VERSION } },
    );
  }
  if (checksum !== sha256(JSON.stringify(body)))
    throw corrupt(folder, MANIFEST, "its checksum does not match");
  const parsed = manifestSchema.safeParse(body);
  if (!parsed.success) throw corrupt(folder, MANIFEST, z.prettifyError(parsed.error));
  const { thresholds } = parsed.data;
  if (thresholds === undefined) return parsed.data;
  try {
    return { ...parsed.data, thresholds: checkThresholds(thresholds) };
  } catch (cause) {
    throw corrupt(folder, MANIFEST, (cause as Error).message, cause);
  }
}

/** The commit: after this the new state is what every later open sees. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const content = { ...manifest, checksum: sha256(JSON.stringify(manifest)) };
  await replaceFile(folder, MANIFEST, new TextEncoder().encode(JSON.stringify(content, null, 1)));
}

export function corrupt(folder: string, file: string, why: string, cause?: unknown): RagError {
  return new RagError(
    "index-corrupt",
    `The index in ${folder} is damaged: ${file}: ${why}. Delete the folder and ingest again, or open it with ` +
      'onUnusable: "rebuild"; the documents themselves are not affected.',
    { cause, details: { folder, file } },
  );
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
