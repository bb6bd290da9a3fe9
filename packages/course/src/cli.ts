#!/usr/bin/env node
import { relative } from "node:path";
import { parseArgs } from "node:util";
import { CourseError } from "./errors.ts";
import { lintCourse } from "./lint/lint-course.ts";
import { formatProblem } from "./problem.ts";
import { syncSnippets } from "./snippets.ts";

const USAGE = `Usage:
  zixue-course lint <folder> [--only 1.3,2.1] [--root <repository>] [--strict] [--json]
      Checks the course. Exit code 1 when there is an error (with --strict, a warning too).
  zixue-course snippets <folder> [--check] [--root <repository>]
      Copies code from the files that fences name (file=path#region). With --check only compares: exit code 1 when
      a snippet differs from its file.`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        root: { type: "string" },
        only: { type: "string" },
        strict: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        check: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const [command, folder] = positionals;
    if (values.help) return print(USAGE, 0);
    const root = values.root === undefined ? {} : { root: values.root };
    if (command === "lint" && folder !== undefined) return await lint(folder, values, root);
    if (command === "snippets" && folder !== undefined) return await snippets(folder, values.check, root);
    return fail(USAGE);
  } catch (error) {
    if (error instanceof CourseError) return fail(error.message);
    if (error instanceof TypeError && "code" in error) return fail(`${error.message}\n${USAGE}`);
    throw error;
  }
}

async function lint(
  folder: string,
  options: { only?: string | undefined; strict: boolean; json: boolean },
  root: { root?: string },
): Promise<number> {
  const report = await lintCourse(folder, root);
  const only = options.only?.split(",").map((id) => id.trim());
  const files =
    only &&
    new Set(
      report.course.sections
        .filter(({ id }) => only.includes(id))
        .flatMap(({ id, file }) => [file, `facts/${id}.yaml`]),
    );
  const unknown = only?.filter((id) => !report.course.sections.some((section) => section.id === id)) ?? [];
  if (unknown.length > 0) return fail(`--only: there is no section ${unknown.join(", ")} in the outline.`);

  const problems =
    files === undefined ? report.problems : report.problems.filter(({ file }) => files.has(file));
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const failed = errors > 0 || (options.strict && problems.length > 0);
  if (options.json) return print(JSON.stringify(problems, null, 2), failed ? 1 : 0);

  const base = relative(process.cwd(), report.course.folder).replaceAll("\\", "/");
  for (const problem of problems) console.log(formatProblem(problem, base === "" ? "" : `${base}/`));
  const written = report.course.sections.filter((section) => section.written).length;
  const count = `${written} of ${report.course.sections.length} sections written`;
  console.log(`${count}; ${errors} errors, ${problems.length - errors} warnings.`);
  return failed ? 1 : 0;
}

async function snippets(folder: string, check: boolean, root: { root?: string }): Promise<number> {
  const report = await syncSnippets(folder, { check, ...root });
  for (const problem of report.problems) console.log(formatProblem(problem, `${folder}/`));
  for (const { file, line, source, diff } of report.changed) {
    console.log(`${folder}/${file}:${line}: ${check ? "differs from" : "updated from"} ${source}`);
    if (check) console.log(diff);
  }
  console.log(
    `${report.snippets} snippets, ${report.changed.length} ${check ? "differ" : "updated"}, ${report.problems.length} unresolved.`,
  );
  if (check && report.changed.length > 0)
    console.log("Run the command without --check to copy the files' text in.");
  return report.problems.length > 0 || (check && report.changed.length > 0) ? 1 : 0;
}

function print(text: string, code: number): number {
  console.log(text);
  return code;
}

function fail(text: string): number {
  console.error(text);
  return 2;
}
