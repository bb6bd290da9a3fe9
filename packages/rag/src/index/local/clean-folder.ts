import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { MANIFEST, type Manifest } from "./manifest.ts";

/** Names that only an index gives: other files in the folder are never touched. */
const OWN =
  /^(segment-[0-9a-f]{16}\.zxs|graph-[0-9a-f]{16}\.(hnsw|keys)|manifest\.json)(\.[0-9a-f]{12}\.tmp)?$/;

/**
 * Deletes files that the manifest does not name: replaced ones, and what a killed writer left. Only the writer may
 * call it. A file that cannot be deleted now is tried again after the next commit.
 */
export async function cleanFolder(folder: string, manifest: Manifest): Promise<void> {
  const used = new Set([MANIFEST, ...manifest.segments.map(({ name }) => name)]);
  if (manifest.graph !== undefined) used.add(manifest.graph.file.name).add(manifest.graph.keys.name);
  const names = await readdir(folder).catch(() => []);
  await Promise.all(
    names
      .filter((name) => OWN.test(name) && !used.has(name))
      .map((name) => rm(path.join(folder, name), { force: true }).catch(() => undefined)),
  );
}
