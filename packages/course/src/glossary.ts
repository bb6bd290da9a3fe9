import { z } from "zod";
import { sectionIdSchema } from "./outline.ts";
import type { Problem } from "./problem.ts";
import { checkYaml } from "./yaml-source.ts";

const text = z.string().trim().min(1, "must not be empty");

const entrySchema = z.strictObject({
  zh: text,
  en: text.optional(),
  /** Other names that may be used: abbreviations, accepted translations. */
  aliases: z.array(text).default([]),
  /** Forms that the course does not write: misspellings, translations it decided against. */
  avoid: z.array(text).default([]),
  definition: text,
  section: sectionIdSchema,
});

const glossarySchema = z.union([z.array(entrySchema), z.strictObject({ terms: z.array(entrySchema) })]);

/** A core concept of the course with its one-sentence definition. */
export interface GlossaryEntry extends z.infer<typeof entrySchema> {
  /** Line in `glossary.yaml`. */
  readonly line: number;
}

export interface ParsedGlossary {
  readonly entries: readonly GlossaryEntry[];
  readonly problems: readonly Problem[];
}

/**
 * Reads `glossary.yaml`: a list of terms, at the top or under `terms:`. A faulty term is reported and left out; the
 * others stay.
 */
export function parseGlossary(source: string, file = "glossary.yaml"): ParsedGlossary {
  const loose = checkYaml(z.unknown(), { file, text: source, rule: "glossary" });
  if (loose.problems.length > 0) return { entries: [], problems: loose.problems };
  if (loose.value === null || loose.value === undefined) return { entries: [], problems: [] };

  const checked = checkYaml(glossarySchema, { file, text: source, rule: "glossary" });
  const atTop = Array.isArray(loose.value);
  const list = atTop ? loose.value : (loose.value as { terms?: unknown }).terms;
  if (!Array.isArray(list)) {
    const message = "must be a list of terms: - { zh, en, aliases, definition, section }";
    return { entries: [], problems: [{ file, line: 1, severity: "error", rule: "glossary", message }] };
  }

  const entries: GlossaryEntry[] = [];
  const problems: Problem[] = [];
  list.forEach((item, index) => {
    const path = atTop ? [index] : ["terms", index];
    const result = entrySchema.safeParse(item);
    if (result.success) {
      entries.push({ ...result.data, line: checked.lineOf(path) });
      return;
    }
    for (const issue of result.error.issues) {
      const where = issue.path.length > 0 ? `${issue.path.join(".")}: ` : "";
      problems.push({
        file,
        line: checked.lineOf([...path, ...issue.path]),
        severity: "error",
        rule: "glossary",
        message: `term ${index + 1}: ${where}${issue.message}`,
      });
    }
  });
  return { entries, problems };
}
