import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Course, writtenSections } from "../course.ts";
import { parseOutline } from "../outline.ts";
import { findCircle } from "../prerequisites.ts";
import type { Problem } from "../problem.ts";

/** Ids in order and unique, files where their chapter says, prerequisites that exist, come before, and form no circle. */
export async function outlineRules(course: Course): Promise<Problem[]> {
  const file = "outline.yaml";
  const { outline, lineOf } = parseOutline(await readFile(join(course.folder, file), "utf8"));
  const problems: Problem[] = [];
  const report = (id: string, rule: string, message: string) =>
    problems.push({ file, line: lineOf(id), severity: "error", rule, message });

  const chapters = outline.parts.flatMap((part) => part.chapters);
  const listed = chapters.flatMap((chapter) => chapter.sections.map((section) => ({ section, chapter })));
  const seen = new Set<string>();
  let before: string | undefined;
  for (const { section, chapter } of listed) {
    const { id } = section;
    if (seen.has(id)) report(id, "ids", `section ${id} is listed twice: an id belongs to one section`);
    else if (before !== undefined && position(before) >= position(id))
      report(id, "ids", `section ${id} comes after ${before}: list sections in the order of their ids`);
    if (!id.startsWith(`${chapter.number}.`))
      report(
        id,
        "ids",
        `section ${id} stands in chapter ${chapter.number}: its id must begin with ${chapter.number}.`,
      );
    if (!section.file.startsWith(`${chapter.folder}/`))
      report(id, "ids", `file ${section.file} must be in the chapter's folder ${chapter.folder}/`);
    seen.add(id);
    before = id;
  }
  const circle = findCircle(listed.map(({ section }) => section));
  if (circle !== null)
    report(circle[0] as string, "requires", `prerequisites form a circle: ${circle.join(" → ")}`);
  for (const { section } of listed) {
    for (const id of section.requires)
      if (!seen.has(id)) report(section.id, "requires", `requires "${id}", which the outline does not have`);
  }

  const titles = new Map(listed.map(({ section }) => [section.id, section.title]));
  const planned = new Map(listed.map(({ section }) => [section.id, section.requires]));
  for (const section of writtenSections(course)) {
    const at = (
      path: readonly PropertyKey[],
      rule: string,
      message: string,
      severity: Problem["severity"] = "error",
    ) => problems.push({ file: section.file, line: section.lineOf(path), severity, rule, message });
    const title = titles.get(section.id);
    if (title !== section.title)
      at(
        ["title"],
        "title",
        `title is "${section.title}", but the outline says "${title}": titles are fixed`,
      );
    section.requires.forEach((id, index) => {
      if (!seen.has(id))
        at(["requires", index], "requires", `requires "${id}", which the outline does not have`);
      else if (position(id) >= position(section.id))
        at(
          ["requires", index],
          "requires",
          `requires ${id}, which a reader comes to later: a prerequisite stands before its section`,
        );
    });
    const expected = planned.get(section.id) ?? [];
    if ([...expected].sort().join() !== [...section.requires].sort().join()) {
      at(
        ["requires"],
        "requires",
        `requires [${section.requires.join(", ")}], but the outline says [${expected.join(", ")}]: make them the same`,
        "warning",
      );
    }
  }
  const written = findCircle(course.sections);
  if (written !== null && circle === null) {
    const section = writtenSections(course).find(({ id }) => written.includes(id));
    problems.push({
      file: section?.file ?? file,
      line: section?.lineOf(["requires"]) ?? 1,
      severity: "error",
      rule: "requires",
      message: `prerequisites form a circle: ${written.join(" → ")}`,
    });
  }
  return problems;
}

/** A number that orders ids: 1.10 comes after 1.9. */
function position(id: string): number {
  const [chapter = 0, section = 0] = id.split(".").map(Number);
  return chapter * 1000 + section;
}
