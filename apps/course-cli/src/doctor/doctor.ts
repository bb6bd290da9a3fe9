import { loadCourse, writtenSections } from "@zixue/course";
import { type CoursePaths, inspectIndex } from "@zixue/course-bot/open-course";
import type { DoctorMessages, Language } from "../messages.ts";
import type { Terminal } from "../terminal.ts";
import type { CheckResult } from "./check.ts";
import { checkHnsw, checkNode, checkPnpm, checkSite } from "./environment.ts";
import { checkModels } from "./models.ts";

/**
 * `zixue doctor`: looks at everything the course needs and prints each finding with what to do about it.
 *
 * @returns the exit code: 1 when there is a real problem, 0 when only optional parts are missing.
 */
export async function doctor(
  paths: CoursePaths,
  text: DoctorMessages,
  language: Language,
  env: Readonly<Record<string, string | undefined>>,
  terminal: Terminal,
): Promise<number> {
  // Side by side, since each waits for something else; printed in this order.
  const checks: (CheckResult | Promise<CheckResult | CheckResult[]>)[] = [
    checkNode(text),
    checkPnpm(text, paths.root),
    checkHnsw(text, paths.root),
    checkCourse(text, paths),
    checkIndex(text, paths, env),
    checkSite(text, paths.siteFolder),
    checkModels(text, language, env),
  ];
  let problems = 0;
  for (const check of checks) {
    for (const result of [await check].flat()) {
      if (result.status === "problem") problems++;
      terminal.out(lines(result, terminal));
    }
  }
  terminal.out(`\n${text.summary(problems)}\n`);
  return problems === 0 ? 0 : 1;
}

async function checkCourse(text: DoctorMessages, paths: CoursePaths): Promise<CheckResult> {
  const { name, found, remedy } = text.course;
  try {
    const course = await loadCourse(paths.courseFolder);
    const written = writtenSections(course).length;
    const detail = found(written, course.sections.length, course.problems.length);
    return course.problems.length === 0
      ? { name, status: "ok", detail }
      : { name, status: "missing", detail, remedy };
  } catch (error) {
    return { name, status: "problem", detail: (error as Error).message };
  }
}

async function checkIndex(
  text: DoctorMessages,
  paths: CoursePaths,
  env: Readonly<Record<string, string | undefined>>,
): Promise<CheckResult> {
  const { name, state, stale, staleRemedy, none, noneRemedy, broken, brokenRemedy } = text.index;
  const found = await inspectIndex(paths, env).catch((error: unknown) => ({
    broken: (error as Error).message,
  }));
  if (found === undefined) return { name, status: "missing", detail: none, remedy: noneRemedy };
  if ("broken" in found)
    return { name, status: "missing", detail: broken(found.broken), remedy: brokenRemedy };
  const { documents, chunks, revision, vectorSearch } = found.stats;
  const detail = state(documents, chunks, revision, vectorSearch);
  if (found.stale === 0) return { name, status: "ok", detail };
  return { name, status: "missing", detail: `${detail}\n${stale(found.stale)}`, remedy: staleRemedy };
}

function lines({ name, status, detail, remedy }: CheckResult, { style }: Terminal): string {
  const mark = status === "ok" ? style.good("✓") : style[status === "missing" ? "dim" : "bad"]("✗");
  const indented = detail.replaceAll("\n", "\n    ");
  return `${mark} ${style.bold(name)}  ${indented}\n${remedy === undefined ? "" : `    → ${remedy}\n`}`;
}
