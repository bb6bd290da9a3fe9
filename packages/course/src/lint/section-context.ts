import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Root } from "mdast";
import type { Course } from "../course.ts";
import { markdownTree } from "../markdown-tree.ts";
import type { Problem, Severity } from "../problem.ts";
import type { WrittenSection } from "../section.ts";

/** What the rules for one section work from. */
export interface SectionContext {
  readonly course: Course;
  readonly section: WrittenSection;
  /** Absolute root of the repository. */
  readonly root: string;
  /** The file as it is, front matter included. */
  readonly content: string;
  readonly tree: Root;
  readonly problem: (line: number, rule: string, message: string, severity?: Severity) => Problem;
}

export async function sectionContext(
  course: Course,
  section: WrittenSection,
  root: string,
): Promise<SectionContext> {
  const content = await readFile(join(course.folder, section.file), "utf8");
  return {
    course,
    section,
    root,
    content,
    tree: markdownTree(content),
    problem: (line, rule, message, severity = "error") => ({
      file: section.file,
      line,
      severity,
      rule,
      message,
    }),
  };
}
