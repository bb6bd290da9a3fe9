import { type ParsedDocument, parseMarkdown } from "@zixue/rag";
import { evidenceFinder } from "./evidence.ts";
import {
  type Concept,
  frontMatterEnd,
  parseFrontMatter,
  type QuestionKind,
  type Source,
} from "./front-matter.ts";
import type { Problem } from "./problem.ts";

/** What `outline.yaml` says of a section, whether or not it is written. */
export interface SectionOutline {
  /** `"1.3"`. */
  readonly id: string;
  readonly title: string;
  /** Relative to the course folder: `01-intro/03-what-is-large.md`. */
  readonly file: string;
  /** Ids of the sections to read before. */
  readonly requires: readonly string[];
  readonly part: number;
  readonly chapter: number;
  /** Where the site shows it; a block's address is `url + "#" + anchor`. */
  readonly url: string;
}

/** One thing that a full answer says, with the passage that says it. */
export interface Point {
  readonly say: string;
  /** As the author wrote it. */
  readonly evidence: string;
  /** Verbatim from the block; `null` when the evidence is not in the body. */
  readonly quote: string | null;
  readonly blockId: string | null;
}

/** A reader's question with the rubric that an answer is graded by. */
export interface Question {
  /** `"q1"`, unique in its section. */
  readonly id: string;
  readonly ask: string;
  readonly kind: QuestionKind;
  readonly variants: readonly string[];
  /** From vague to nearly there. */
  readonly hints: readonly string[];
  readonly points: readonly Point[];
}

/** A section that is in the outline only. */
export interface PlannedSection extends SectionOutline {
  readonly written: false;
}

/** A section with its text. */
export interface WrittenSection extends SectionOutline {
  readonly written: true;
  readonly summary?: string;
  readonly asOf?: string;
  /** Reading time. */
  readonly minutes: number;
  readonly concepts: readonly Concept[];
  readonly techniques: readonly string[];
  readonly questions: readonly Question[];
  /** Folders relative to the repository root. */
  readonly practice: readonly string[];
  readonly sources: readonly Source[];
  /** The body. Offsets count in the file itself: the front matter is blanked, not cut. */
  readonly document: ParsedDocument;
  /** Line in the file of a node of the front matter, e.g. `["questions", 0, "points", 1]`. */
  readonly lineOf: (path: readonly PropertyKey[]) => number;
}

export type Section = PlannedSection | WrittenSection;

export interface ParsedSection {
  /** Absent when the front matter is broken. */
  readonly section?: WrittenSection;
  readonly problems: readonly Problem[];
}

/**
 * Reads a section file: front matter, body, and the block that each point's evidence stands in.
 *
 * @param content The whole file.
 */
export function parseSection(outline: SectionOutline, content: string): ParsedSection {
  const { frontMatter, problems, lineOf, bodyStart } = parseFrontMatter(content, outline.file);
  if (frontMatter === undefined) return { problems };

  const { id, part, chapter, url } = outline;
  const document = parseMarkdown({
    id,
    title: frontMatter.title,
    content: withoutFrontMatter(content, bodyStart),
    url,
    metadata: { part, chapter, section: id },
  });
  const find = evidenceFinder(document.blocks);
  const questions = frontMatter.questions.map((question) => ({
    ...question,
    points: question.points.map((point) => {
      const match = find(point.evidence)[0];
      return { ...point, quote: match?.quote ?? null, blockId: match?.blockId ?? null };
    }),
  }));
  const { summary, asOf, minutes, concepts, techniques, practice, sources, requires } = frontMatter;
  const section: WrittenSection = {
    ...outline,
    title: frontMatter.title,
    requires,
    written: true,
    ...(summary === undefined ? {} : { summary }),
    ...(asOf === undefined ? {} : { asOf }),
    minutes,
    concepts,
    techniques,
    questions,
    practice,
    sources,
    document,
    lineOf,
  };
  const misplaced: Problem[] =
    frontMatter.id === id
      ? []
      : [
          {
            file: outline.file,
            line: lineOf(["id"]),
            severity: "error",
            rule: "id",
            message: `id is "${frontMatter.id}", but outline.yaml gives this file to "${id}": correct one of the two`,
          },
        ];
  return { section, problems: misplaced };
}

/** A parsed section without what its file gives again. */
export type StoredSection = Omit<WrittenSection, "lineOf" | "document"> & {
  readonly document: Omit<ParsedDocument, "content">;
};

/** A section from what was stored of it and the file that it was parsed from. */
export function restoreSection(
  stored: StoredSection,
  outline: SectionOutline,
  content: string,
): WrittenSection {
  // Only a lint or an error asks for lines; then the front matter is read once more.
  let parsed: ReturnType<typeof parseFrontMatter> | undefined;
  return {
    ...stored,
    document: { ...stored.document, content: withoutFrontMatter(content) },
    lineOf: (path) => {
      parsed ??= parseFrontMatter(content, outline.file);
      return parsed.lineOf(path);
    },
  };
}

/** The file with its front matter blanked: offsets and lines stay, and no question or evidence can be quoted as text. */
function withoutFrontMatter(content: string, bodyStart = frontMatterEnd(content)): string {
  return content.slice(0, bodyStart).replace(/[^\r\n]/g, " ") + content.slice(bodyStart);
}

/** Line of the file, from 1, at an offset of the section's document. */
export function lineAt(document: Pick<ParsedDocument, "content">, offset: number): number {
  let line = 1;
  for (
    let at = document.content.indexOf("\n");
    at >= 0 && at < offset;
    at = document.content.indexOf("\n", at + 1)
  )
    line++;
  return line;
}
