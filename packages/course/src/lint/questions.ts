import { evidenceFinder } from "../evidence.ts";
import type { Problem } from "../problem.ts";
import type { SectionContext } from "./section-context.ts";

/** Numbers of questions, variants, hints and points; every evidence stands in the body exactly once. */
export function questionRules({ section, problem }: SectionContext): Problem[] {
  const problems: Problem[] = [];
  const { questions, document, lineOf } = section;
  const find = evidenceFinder(document.blocks);
  const report = (
    path: readonly PropertyKey[],
    rule: string,
    message: string,
    severity?: Problem["severity"],
  ) => problems.push(problem(lineOf(path), rule, message, severity));

  if (questions.length < 5) {
    report(
      ["questions"],
      "questions",
      `has ${questions.length} questions; a section should have 5–8`,
      "warning",
    );
  }
  if (questions.length > 8)
    report(["questions"], "questions", `has ${questions.length} questions; keep the best 5–8`);

  const ids = new Set<string>();
  const wordings = new Map<string, string>();
  questions.forEach((question, q) => {
    const at = (...path: PropertyKey[]) => ["questions", q, ...path];
    if (ids.has(question.id))
      report(at("id"), "questions", `question id ${question.id} is used twice in this section`);
    ids.add(question.id);
    for (const wording of [question.ask, ...question.variants]) {
      const owner = wordings.get(wording);
      if (owner !== undefined)
        report(at(), "questions", `"${wording}" is already a wording of ${owner}: reword one`);
      wordings.set(wording, question.id);
    }
    count(at("variants"), "variants", question.variants.length, 2, 3, `${question.id} has`);
    count(at("hints"), "hints", question.hints.length, 1, 3, `${question.id} has`);
    count(at("points"), "points", question.points.length, 2, 6, `${question.id} has`);
    question.points.forEach((point, p) => {
      const found = find(point.evidence);
      const path = at("points", p, "evidence");
      if (found.length === 0) {
        report(
          path,
          "evidence",
          `"${point.evidence}" is not in the body: copy it from one block of the text`,
        );
      } else if (found.length > 1) {
        report(
          path,
          "evidence",
          `"${point.evidence}" occurs ${found.length} times in the body: copy a longer piece that occurs once`,
        );
      }
    });
  });
  return problems;

  function count(
    path: PropertyKey[],
    what: string,
    is: number,
    least: number,
    most: number,
    subject: string,
  ): void {
    if (is < least || is > most)
      report(path, "questions", `${subject} ${is} ${what}; it needs ${least}–${most}`);
  }
}
