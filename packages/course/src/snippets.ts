import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { CourseError } from "./errors.ts";
import { lineDiff } from "./line-diff.ts";
import { lineOfNode, markdownTree, nodesOf } from "./markdown-tree.ts";
import type { Problem } from "./problem.ts";
import { regionOf } from "./source-region.ts";

export interface SnippetOptions {
  /** Root of the repository, which `file=` is relative to; default two levels above the folder. */
  readonly root?: string;
  /** Only compare; write nothing. */
  readonly check?: boolean;
}

export interface SnippetReport {
  /** Code fences with a `file=`. */
  readonly snippets: number;
  /** Files that differ from their sources (`check`) or were written. */
  readonly changed: readonly {
    readonly file: string;
    readonly line: number;
    readonly source: string;
    readonly diff: string;
  }[];
  /** Snippets whose source cannot be used. */
  readonly problems: readonly Problem[];
}

/**
 * Keeps code in chapters equal to files that run. A fence such as
 * ```` ```ts file=examples/labs/scaling-law/fit.ts#fit ```` gets the text of that file, or of the region `fit` in it
 * (`// #region fit` … `// #endregion`). A file whose snippets cannot all be resolved is left as it is.
 *
 * @throws CourseError `folder-not-found`, `file-unwritable`
 * @example const { changed } = await syncSnippets("docs/course", { check: true });
 */
export async function syncSnippets(folder: string, options: SnippetOptions = {}): Promise<SnippetReport> {
  const root = resolve(options.root ?? resolve(folder, "../.."));
  const report = {
    snippets: 0,
    changed: [] as SnippetReport["changed"][number][],
    problems: [] as Problem[],
  };
  for (const file of await markdownFiles(folder)) {
    const path = join(folder, file);
    const content = await readFile(path, "utf8");
    const result = await replaceSnippets(content, file, root);
    report.snippets += result.snippets;
    report.changed.push(...result.changed);
    report.problems.push(...result.problems);
    if (options.check === true || result.problems.length > 0 || result.content === content) continue;
    try {
      await writeFile(path, result.content);
    } catch (cause) {
      throw new CourseError("file-unwritable", `${path} cannot be written. Check its permissions.`, {
        cause,
        details: { path },
      });
    }
  }
  return report;
}

interface Replaced extends SnippetReport {
  readonly content: string;
}

async function replaceSnippets(content: string, file: string, root: string): Promise<Replaced> {
  const changed: SnippetReport["changed"][number][] = [];
  const problems: Problem[] = [];
  const newline = content.includes("\r\n") ? "\r\n" : "\n";
  let snippets = 0;
  let text = content;
  // From the end, so that earlier offsets stay right.
  for (const fence of nodesOf(markdownTree(content), "code").reverse()) {
    const source = /(?:^|\s)file=(\S+)/.exec(fence.meta ?? "")?.[1];
    const start = fence.position?.start.offset;
    const end = fence.position?.end.offset;
    if (source === undefined || start === undefined || end === undefined) continue;
    snippets++;
    const found = await sourceText(source, root);
    if ("error" in found) {
      problems.push({
        file,
        line: lineOfNode(fence),
        severity: "error",
        rule: "snippets",
        message: found.error,
      });
      continue;
    }
    if (found.text === fence.value.replaceAll("\r\n", "\n")) continue;
    changed.unshift({ file, line: lineOfNode(fence), source, diff: lineDiff(fence.value, found.text) });
    text =
      text.slice(0, start) +
      fenced(content, start, end, found.text).replaceAll("\n", newline) +
      text.slice(end);
  }
  return { snippets, changed, problems, content: text };
}

async function sourceText(source: string, root: string): Promise<{ text: string } | { error: string }> {
  const [name = "", region] = source.split("#");
  const path = resolve(root, name);
  const inside = relative(root, path);
  if (inside.startsWith("..") || inside === "")
    return { error: `${source}: file= names a file in the repository` };
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch {
    return { error: `${source}: there is no file ${name} in the repository` };
  }
  const result = region === undefined ? text : regionOf(text, region);
  if (result === null) {
    return {
      error: `${source}: ${name} has no region ${region}: mark it with // #region ${region} and // #endregion`,
    };
  }
  return { text: result.replaceAll("\r\n", "\n").replace(/\s+$/, "") };
}

/** The fence with a new text, in the indentation it stands in, long enough for backticks in the text. */
function fenced(content: string, start: number, end: number, text: string): string {
  const opening = content.slice(start, end).split(/\r?\n/, 1)[0] as string;
  const [, mark = "```", info = ""] = /^(`{3,}|~{3,})(.*)$/.exec(opening) ?? [];
  const longest = Math.max(
    0,
    ...[...text.matchAll(mark.startsWith("~") ? /~{3,}/g : /`{3,}/g)].map(([run]) => run.length),
  );
  const fence = (mark[0] as string).repeat(Math.max(mark.length, longest + 1));
  const before = content.slice(content.lastIndexOf("\n", start - 1) + 1, start);
  const indent = before.replace(/[^>\s]/g, " ");
  const lines = [...text.split("\n"), fence].map((line) => (line === "" ? indent.trimEnd() : indent + line));
  return [fence + info, ...lines].join("\n");
}

async function markdownFiles(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true, recursive: true });
    return entries
      .filter((entry) => entry.isFile() && entry.name.endsWith(".md"))
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
      .sort();
  } catch (cause) {
    throw new CourseError(
      "folder-not-found",
      `The folder ${folder} cannot be read. Give the folder of the course.`,
      { cause, details: { folder } },
    );
  }
}
