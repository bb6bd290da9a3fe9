import { RagError } from "../../errors.ts";
import { type LoadOptions, loadSnapshot } from "./load-snapshot.ts";
import { EMPTY_MANIFEST, type Manifest, readManifest } from "./manifest.ts";
import { Snapshot } from "./snapshot.ts";

export interface OpenOptions extends LoadOptions {
  readonly onUnusable: "fail" | "rebuild" | undefined;
}

/**
 * The last committed state, or where that cannot be used and `onUnusable` says so, an empty one.
 *
 * @throws RagError as `loadSnapshot`
 */
export async function openSnapshot(options: OpenOptions): Promise<Snapshot> {
  try {
    return await loadSnapshot(options);
  } catch (error) {
    if (options.readOnly || options.onUnusable !== "rebuild" || !isUnusable(error)) throw error;
    return new Snapshot(await emptyButFitted(options.folder, error), [], options.translator);
  }
}

/**
 * What a rebuild begins with. What was fitted by questions outlives the files; a similarity does not outlive the
 * embeddings that it was measured with.
 */
async function emptyButFitted(folder: string, error: unknown): Promise<Manifest> {
  const thresholds = (await readManifest(folder).catch(() => undefined))?.thresholds;
  if (thresholds === undefined) return EMPTY_MANIFEST;
  const otherEmbeddings = error instanceof RagError && error.code === "index-incompatible";
  return {
    ...EMPTY_MANIFEST,
    thresholds: otherEmbeddings ? { ...thresholds, similarity: null } : thresholds,
  };
}

function isUnusable(error: unknown): boolean {
  return error instanceof RagError && (error.code === "index-corrupt" || error.code === "index-incompatible");
}
