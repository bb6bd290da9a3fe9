import type { Course } from "./course.ts";
import { sectionOf } from "./course.ts";
import type { Section } from "./section.ts";

/**
 * Everything to read before a section, direct and indirect, in reading order. The section itself is not in it.
 *
 * @throws CourseError `unknown-section`
 */
export function prerequisitesOf(course: Course, id: string): Section[] {
  const requires = requiresOf(course.sections);
  const needed = new Set<string>();
  const open = [...sectionOf(course, id).requires];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (needed.has(next) || next === id) continue;
    needed.add(next);
    open.push(...(requires.get(next) ?? []));
  }
  return course.sections.filter((section) => needed.has(section.id));
}

/** The sections that name this one as a prerequisite, in reading order. */
export function dependentsOf(course: Course, id: string): Section[] {
  return course.sections.filter((section) => section.requires.includes(id));
}

/** Sections whose prerequisites go round, as `["2.1", "3.1", "2.1"]`; `null` when there is no circle. */
export function findCircle(sections: readonly Pick<Section, "id" | "requires">[]): string[] | null {
  const requires = requiresOf(sections);
  const done = new Set<string>();
  for (const { id } of sections) {
    const path: string[] = [];
    const circle = walk(id, path);
    if (circle !== null) return circle;
  }
  return null;

  function walk(id: string, path: string[]): string[] | null {
    const at = path.indexOf(id);
    if (at >= 0) return [...path.slice(at), id];
    if (done.has(id)) return null;
    path.push(id);
    for (const next of requires.get(id) ?? []) {
      const circle = walk(next, path);
      if (circle !== null) return circle;
    }
    path.pop();
    done.add(id);
    return null;
  }
}

function requiresOf(sections: readonly Pick<Section, "id" | "requires">[]): Map<string, readonly string[]> {
  return new Map(sections.map((section) => [section.id, section.requires]));
}
