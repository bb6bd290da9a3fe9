/** `error` breaks a promise of the course and fails the lint; `warning` is for the author to look at. */
export type Severity = "error" | "warning";

/** Something that is wrong in a file of the course. */
export interface Problem {
  /** Relative to the course folder, with forward slashes. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly severity: Severity;
  /** The rule that found it, e.g. `evidence` or `front-matter`. */
  readonly rule: string;
  /** What is wrong and what to do about it. */
  readonly message: string;
}

/** One line for a terminal, in the form editors make clickable. `base` is put in front of the file. */
export function formatProblem(problem: Problem, base = ""): string {
  return `${base}${problem.file}:${problem.line}: ${problem.severity} [${problem.rule}] ${problem.message}`;
}

/** By file, then line; errors before warnings on the same line. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  return [...problems].sort(
    (a, b) =>
      compare(a.file, b.file) ||
      a.line - b.line ||
      compare(a.severity, b.severity) ||
      compare(a.rule, b.rule),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
