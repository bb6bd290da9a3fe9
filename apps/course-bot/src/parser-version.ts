import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);

/** Changes with the code that turns a section's file into blocks, so that what older code parsed is not used. */
export async function parserVersion(): Promise<string> {
  const folders = [join(packageFolder("@zixue/rag"), "document"), packageFolder("@zixue/course")];
  const hash = createHash("sha256");
  for (const folder of folders) {
    for (const file of (await readdir(folder)).filter((name) => /\.[jt]s$/.test(name)).sort()) {
      hash.update(file).update(await readFile(join(folder, file)));
    }
  }
  return hash.digest("hex");
}

/** Folder of a package's modules. */
function packageFolder(name: string): string {
  return dirname(require.resolve(name));
}
