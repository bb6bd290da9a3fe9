import { resolve } from "node:path";
import { type Course, writtenSections } from "../course.ts";
import { type LoadCourseOptions, loadCourse } from "../load-course.ts";
import { type Problem, sortProblems } from "../problem.ts";
import { facts } from "./facts.ts";
import { figuresAndLinks } from "./figures-and-links.ts";
import { glossaryRules } from "./glossary.ts";
import { outlineRules } from "./outline.ts";
import { questionRules } from "./questions.ts";
import { sectionContext } from "./section-context.ts";
import { sourceRules } from "./sources.ts";
import { structureRules } from "./structure.ts";
import { termRules } from "./terms.ts";

export interface LintOptions extends LoadCourseOptions {
  /** Root of the repository, which practice folders are relative to; default two levels above the course folder. */
  readonly root?: string;
}

export interface LintReport {
  readonly course: Course;
  readonly problems: readonly Problem[];
  readonly errors: number;
  readonly warnings: number;
}

/**
 * Proves that the course keeps its rules: schema, ids and order, titles, evidence, rubrics, prerequisites, links,
 * figures, practice folders, sources, headings of techniques, terms, length, facts. Reads files and changes nothing.
 *
 * @throws CourseError when there is no usable outline.
 * @example
 * const report = await lintCourse("docs/course");
 * for (const problem of report.problems) console.log(formatProblem(problem, "docs/course/"));
 */
export async function lintCourse(folder: string, options: LintOptions = {}): Promise<LintReport> {
  const { root = resolve(folder, "../.."), ...loading } = options;
  const course = await loadCourse(folder, loading);
  const problems: Problem[] = [...course.problems, ...(await outlineRules(course)), ...glossaryRules(course)];
  for (const section of writtenSections(course)) {
    options.signal?.throwIfAborted();
    const context = await sectionContext(course, section, resolve(root));
    problems.push(
      ...questionRules(context),
      ...structureRules(context),
      ...sourceRules(context),
      ...termRules(context),
      ...(await figuresAndLinks(context)),
      ...(await facts(context)),
    );
  }
  const errors = problems.filter((problem) => problem.severity === "error").length;
  return { course, problems: sortProblems(problems), errors, warnings: problems.length - errors };
}
