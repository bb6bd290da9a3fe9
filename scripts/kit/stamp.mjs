// A step is done again only when what it reads has changed. The stamp is a hash over paths, sizes and contents.
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

const SKIP = new Set(["node_modules", "dist", ".git", ".kit", ".zixue", "cache"]);

/** Hash over all files under `paths` (files or folders, relative to `root`) and any `extra` strings. */
export function hashOf(root, paths, extra = []) {
  const hash = createHash("sha256");
  for (const text of extra) hash.update(`${text}\0`);
  for (const file of paths.flatMap((item) => filesUnder(path.join(root, item))).sort()) {
    hash.update(`${path.relative(root, file)}\0`);
    hash.update(fs.readFileSync(file));
  }
  return hash.digest("hex");
}

/** Runs `work` unless the stamp says that the same inputs were already worked through and `output` still stands. */
export async function unlessDone(root, name, hash, output, work) {
  const stamp = path.join(root, ".kit", `${name}.stamp`);
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, "utf8") === hash && fs.existsSync(output)) return false;
  await work();
  fs.mkdirSync(path.dirname(stamp), { recursive: true });
  fs.writeFileSync(stamp, hash);
  return true;
}

function filesUnder(item) {
  const stat = fs.statSync(item, { throwIfNoEntry: false });
  if (!stat) return [];
  if (stat.isFile()) return [item];
  return fs
    .readdirSync(item, { withFileTypes: true })
    .filter((entry) => !SKIP.has(entry.name))
    .flatMap((entry) =>
      entry.isDirectory() || entry.isFile() ? filesUnder(path.join(item, entry.name)) : [],
    );
}
