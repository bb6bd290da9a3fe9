import { CourseError } from "./errors.ts";
import type { GlossaryEntry } from "./glossary.ts";
import type { Problem } from "./problem.ts";
import type { Section, WrittenSection } from "./section.ts";

export interface Chapter {
  readonly number: number;
  readonly title: string;
  /** `01-intro`. */
  readonly folder: string;
  readonly part: number;
  readonly sections: readonly Section[];
}

export interface Part {
  readonly number: number;
  readonly title: string;
  readonly chapters: readonly Chapter[];
}

/** The course in memory: everything the site, the bot, the terminal client and the lint work from. */
export interface Course {
  readonly title: string;
  /** Absolute path of the folder that it was read from. */
  readonly folder: string;
  readonly parts: readonly Part[];
  /** Every section of the outline, in reading order. */
  readonly sections: readonly Section[];
  readonly glossary: readonly GlossaryEntry[];
  /** What is wrong in single files. A section that is named here by `front-matter` counts as not written. */
  readonly problems: readonly Problem[];
}

/** The sections that have a text, in reading order. */
export function writtenSections(course: Course): WrittenSection[] {
  return course.sections.filter((section) => section.written);
}

/**
 * A section by its id.
 *
 * @throws CourseError `unknown-section`, listing the ids there are.
 */
export function sectionOf(course: Course, id: string): Section {
  const section = course.sections.find((candidate) => candidate.id === id);
  if (section !== undefined) return section;
  const ids = course.sections.map((candidate) => candidate.id).join(", ");
  throw new CourseError("unknown-section", `There is no section "${id}". The course has ${ids}.`, {
    details: { id },
  });
}
