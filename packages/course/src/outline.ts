import { z } from "zod";
import { CourseError } from "./errors.ts";
import { formatProblem } from "./problem.ts";
import { checkYaml } from "./yaml-source.ts";

/** `"1.3"`: chapter 1, section 3. */
export const sectionIdSchema = z
  .string({ error: 'must be a section id in quotes, such as "1.3"' })
  .regex(/^\d{1,2}\.\d{1,2}$/, 'must be a section id in quotes, such as "1.3"');

const sectionSchema = z.strictObject({
  id: sectionIdSchema,
  title: z.string().trim().min(1),
  file: z
    .string()
    .regex(
      /^\d\d-[a-z0-9-]+\/\d\d-[a-z0-9.-]+\.md$/,
      "must be <NN-chapter>/<NN-section>.md in lower case, such as 01-intro/03-what-is-large.md",
    ),
  requires: z.array(sectionIdSchema).default([]),
});

const chapterSchema = z.strictObject({
  number: z.int().min(0),
  title: z.string().trim().min(1),
  folder: z.string().regex(/^\d\d-[a-z0-9-]+$/, "must be <NN-chapter> in lower case, such as 01-intro"),
  sections: z.array(sectionSchema).min(1),
});

const partSchema = z.strictObject({
  number: z.int().min(0),
  title: z.string().trim().min(1),
  chapters: z.array(chapterSchema).min(1),
});

const outlineSchema = z.strictObject({ title: z.string().trim().min(1), parts: z.array(partSchema).min(1) });

/** The course as `outline.yaml` fixes it: every section, written or not. */
export type Outline = z.infer<typeof outlineSchema>;

export interface ParsedOutline {
  readonly outline: Outline;
  /** Line of a section in `outline.yaml`. */
  readonly lineOf: (sectionId: string) => number;
}

/**
 * Reads `outline.yaml`.
 *
 * @throws CourseError `outline-invalid`, naming every faulty line: without an outline there is no course.
 */
export function parseOutline(text: string, file = "outline.yaml"): ParsedOutline {
  const { value, problems, lineOf } = checkYaml(outlineSchema, { file, text, rule: "outline" });
  if (value === undefined) {
    throw new CourseError(
      "outline-invalid",
      `The outline of the course cannot be used:\n${problems.map((problem) => formatProblem(problem)).join("\n")}`,
      { details: { problems } },
    );
  }
  const lines = new Map<string, number>();
  value.parts.forEach((part, p) => {
    part.chapters.forEach((chapter, c) => {
      chapter.sections.forEach((section, s) => {
        lines.set(section.id, lineOf(["parts", p, "chapters", c, "sections", s, "id"]));
      });
    });
  });
  return { outline: value, lineOf: (sectionId) => lines.get(sectionId) ?? 1 };
}
