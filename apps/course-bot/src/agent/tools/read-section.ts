import { type StructuredTool, tool } from "@langchain/core/tools";
import { countTokens } from "@zixue/models/tokens";
import { z } from "zod";
import { type CourseReader, citationOf, type Paragraph, type TutorCitation } from "../course-reader.ts";
import { fenceSuspicious } from "./fence-suspicious.ts";

export interface ReadArtifact {
  readonly section: string;
  readonly url: string;
  readonly citations: readonly TutorCitation[];
}

/** Tokens that one reading may put into the thread; the rest is read with `from`. */
const BUDGET = 3_000;

/** Reads a section of the course, paragraph by paragraph with their numbers. */
export function readSection(reader: CourseReader): StructuredTool {
  return tool(
    async ({ section: id, from = 1 }): Promise<[string, ReadArtifact | undefined]> => {
      const outlined = reader.course.sections.find((candidate) => candidate.id === id);
      if (outlined === undefined) return [`课程没有 ${id} 这一节。目录：\n${reader.outline}`, undefined];
      const paragraphs = reader.paragraphs(id);
      if (paragraphs === undefined)
        return [`${id} ${outlined.title} 还没有写，只在目录里。This section is not written yet.`, undefined];
      if (from > paragraphs.length)
        return [
          `${id} 只有 ${paragraphs.length} 段。It has only ${paragraphs.length} paragraphs.`,
          undefined,
        ];
      const shown = fitting(paragraphs.slice(from - 1));
      const end = from + shown.length - 1;
      const head = `${id} ${outlined.title}，第 ${from}–${end} 段，共 ${paragraphs.length} 段`;
      const more = end < paragraphs.length ? `后面还有：read_section 从 ${end + 1} 读起。` : "";
      const text = withHeadings(shown);
      const artifact = {
        section: id,
        url: outlined.url,
        citations: shown.map((paragraph) => citationOf(paragraph)),
      };
      return [[head, text, more].filter((part) => part !== "").join("\n\n"), artifact];
    },
    {
      name: "read_section",
      metadata: { effect: "read" },
      description:
        "按节号读课程原文，逐段带编号；一次读不完时用 from 接着读。Reads a section of the course by its id, with numbered paragraphs; go on with `from`.",
      schema: z.object({
        section: z.string().max(20).describe('节号，如 "1.3"。Id of the section.'),
        from: z.int().min(1).optional().describe("从第几段读起，默认 1。First paragraph, default 1."),
      }),
      responseFormat: "content_and_artifact",
    },
  );
}

/** As many as the budget takes, and one at least. */
function fitting(paragraphs: readonly Paragraph[]): readonly Paragraph[] {
  let left = BUDGET;
  const count = paragraphs.findIndex(({ block }) => {
    left -= countTokens(block.text) + 8;
    return left < 0;
  });
  return count < 0 ? paragraphs : paragraphs.slice(0, Math.max(1, count));
}

/** Each heading once, above its paragraphs. */
function withHeadings(paragraphs: readonly Paragraph[]): string {
  let before = "";
  return paragraphs
    .map(({ marker, block }) => {
      const place = block.headingPath.join(" › ");
      const heading = place === before || place === "" ? "" : `## ${place}\n`;
      before = place;
      return `${heading}${fenceSuspicious(`[${marker}] ${block.text}`, marker)}`;
    })
    .join("\n\n");
}
