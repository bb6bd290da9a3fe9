import { z } from "zod";
import { sectionIdSchema } from "./outline.ts";
import type { Problem } from "./problem.ts";
import { checkYaml } from "./yaml-source.ts";

const text = z.string().trim().min(1, "must not be empty");

const conceptSchema = z.strictObject({
  term: text,
  en: text.optional(),
  aliases: z.array(text).default([]),
});

const pointSchema = z.strictObject({ say: text, evidence: text });

const questionSchema = z.strictObject({
  id: z.string().regex(/^q\d+$/, "must be q and a number, such as q1"),
  ask: text,
  kind: z.enum(["what", "why", "how", "compare", "judge"]),
  variants: z.array(text).default([]),
  hints: z.array(text).default([]),
  points: z.array(pointSchema).default([]),
});

const sourceSchema = z
  .strictObject({
    title: text,
    authors: text.optional(),
    year: z.int().min(1600).max(2200).optional(),
    /** `arXiv:2206.07682`, `doi:10.…`, `isbn:…`, or an address. */
    id: text.optional(),
    url: z.url({ protocol: /^https?$/ }).optional(),
    note: text.optional(),
  })
  .refine(
    (source) => source.id !== undefined || source.url !== undefined,
    "needs an id (arXiv:…, doi:…, isbn:…) or a url",
  );

const frontMatterSchema = z.strictObject({
  id: sectionIdSchema,
  title: text,
  summary: text.optional(),
  /** The date up to which what the section says holds: `2025-06` or `2025-06-30`. */
  asOf: z
    .string({ error: 'must be a date in quotes, such as "2025-06"' })
    .regex(/^\d{4}-\d\d(-\d\d)?$/, 'must be a date in quotes, such as "2025-06"')
    .optional(),
  requires: z.array(sectionIdSchema).default([]),
  minutes: z.int().min(1).max(600),
  concepts: z.array(conceptSchema).min(1, "needs at least one core concept"),
  techniques: z.array(text).default([]),
  questions: z.array(questionSchema).min(1, "needs at least one question"),
  practice: z.array(text).default([]),
  sources: z.array(sourceSchema).default([]),
});

/** A concept that the section defines. */
export type Concept = z.infer<typeof conceptSchema>;
/** A paper, report or page that the section rests on. */
export type Source = z.infer<typeof sourceSchema>;
/** What a question asks for: decides how it is answered and graded. */
export type QuestionKind = z.infer<typeof questionSchema>["kind"];
/** The front matter of a section file, checked. */
export type FrontMatter = z.infer<typeof frontMatterSchema>;

export interface ParsedFrontMatter {
  /** Absent when there is a problem. */
  readonly frontMatter?: FrontMatter;
  readonly problems: readonly Problem[];
  /** Line in the file of a node of the front matter. */
  readonly lineOf: (path: readonly PropertyKey[]) => number;
  /** Offset in the file at which the body begins, in UTF-16 code units. */
  readonly bodyStart: number;
}

/** Reads the YAML between the `---` lines at the top of a section file. */
export function parseFrontMatter(content: string, file: string): ParsedFrontMatter {
  const match = matchFrontMatter(content);
  if (match === null) {
    const message =
      "has no front matter: begin the file with a line ---, the YAML of the section, and a line ---";
    return {
      problems: [{ file, line: 1, severity: "error", rule: "front-matter", message }],
      lineOf: () => 1,
      bodyStart: 0,
    };
  }
  const { value, problems, lineOf } = checkYaml(frontMatterSchema, {
    file,
    text: match[1] ?? "",
    firstLine: 2,
    rule: "front-matter",
  });
  return {
    ...(value === undefined ? {} : { frontMatter: value }),
    problems,
    lineOf,
    bodyStart: match[0].length,
  };
}

/** Offset at which the body begins; 0 for a file without front matter. */
export function frontMatterEnd(content: string): number {
  return matchFrontMatter(content)?.[0].length ?? 0;
}

function matchFrontMatter(content: string): RegExpExecArray | null {
  const match = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)(?:\r?\n)?^---[ \t]*(?:\r?\n|$)/m.exec(content);
  return match?.index === 0 ? match : null;
}
