import { type Course, writtenSections } from "../course.ts";
import type { Problem } from "../problem.ts";

/** Terms are unique, belong to a section there is, and every core concept of a section is among them. */
export function glossaryRules(course: Course): Problem[] {
  const file = "glossary.yaml";
  const problems: Problem[] = [];
  const ids = new Set(course.sections.map((section) => section.id));
  const names = new Map<string, string>();
  for (const entry of course.glossary) {
    const report = (message: string) =>
      problems.push({ file, line: entry.line, severity: "error", rule: "glossary", message });
    if (!ids.has(entry.section)) report(`${entry.zh}: section "${entry.section}" is not in the outline`);
    const own = new Set([entry.zh, entry.en, ...entry.aliases].filter((name) => name !== undefined).map(key));
    for (const name of own) {
      const owner = names.get(name);
      if (owner !== undefined)
        report(`"${name}" names both ${owner} and ${entry.zh}: a name belongs to one term`);
      else names.set(name, entry.zh);
    }
    for (const wrong of entry.avoid) {
      if (own.has(key(wrong)) && [entry.zh, entry.en, ...entry.aliases].includes(wrong)) {
        report(`${entry.zh}: "${wrong}" is both a name and to be avoided`);
      }
    }
  }
  for (const section of writtenSections(course)) {
    section.concepts.forEach((concept, index) => {
      if (names.has(key(concept.term))) return;
      const message = `the concept ${concept.term} is not in glossary.yaml: add it with its definition`;
      problems.push({
        file: section.file,
        line: section.lineOf(["concepts", index]),
        severity: "error",
        rule: "glossary",
        message,
      });
    });
  }
  return problems;
}

function key(name: string): string {
  return name.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim();
}
