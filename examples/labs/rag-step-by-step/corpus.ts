import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SourceFile } from "./steps.ts";

/** The course's own chapters: the documents that this lab asks. */
export const courseFolder = fileURLToPath(new URL("../../../docs/course", import.meta.url));

/** Every section under a folder, with the id of its front matter. */
export async function readSections(folder: string): Promise<SourceFile[]> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".md")).sort();
  const files = await Promise.all(
    names.map(async (name) => ({ name, content: await readFile(join(folder, name), "utf8") })),
  );
  return files.flatMap(({ content }) => {
    const id = /^---\nid: "?([\d.]+)"?/.exec(content)?.[1];
    return id === undefined ? [] : [{ id, content }];
  });
}
