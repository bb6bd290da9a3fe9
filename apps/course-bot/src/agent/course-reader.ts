import type { Course, WrittenSection } from "@zixue/course";
import type { Block } from "@zixue/rag";
import { blockUrl } from "@zixue/rag";

/** A paragraph, list, table, code block or formula of a section, with the number that a reply cites it by. */
export interface Paragraph {
  /** `"1.3-4"`: section 1.3, its fourth paragraph. */
  readonly marker: string;
  readonly section: WrittenSection;
  readonly block: Block;
}

/** Where a sentence of the tutor's reply comes from. */
export interface TutorCitation {
  /** Stands in the text as `[1.3-4]`. */
  readonly marker: string;
  readonly documentId: string;
  /** `""` when the course has no such paragraph: the model made the number up. */
  readonly blockId: string;
  readonly headingPath: readonly string[];
  /** Verbatim from the block. */
  readonly quote: string;
  readonly url?: string;
  /** The block is there, and the numbers, names and negation of the sentence that cites it occur in it. */
  readonly supported: boolean;
}

/** The course by section and paragraph: both stay the same over searches, so a number means one thing in a thread. */
export interface CourseReader {
  readonly course: Course;
  readonly outline: string;
  /** Of a written section, in reading order; headings are no paragraphs. `undefined` for any other id. */
  paragraphs(sectionId: string): readonly Paragraph[] | undefined;
  paragraph(marker: string): Paragraph | undefined;
  ofBlock(blockId: string): Paragraph | undefined;
}

export function createCourseReader(course: Course): CourseReader {
  const bySection = new Map<string, readonly Paragraph[]>();
  const byMarker = new Map<string, Paragraph>();
  const byBlock = new Map<string, Paragraph>();
  for (const section of course.sections) {
    if (!section.written) continue;
    const paragraphs = section.document.blocks
      .filter((block) => block.kind !== "heading" && block.text.trim() !== "")
      .map((block, index) => ({ marker: `${section.id}-${index + 1}`, section, block }));
    bySection.set(section.id, paragraphs);
    for (const paragraph of paragraphs) {
      byMarker.set(paragraph.marker, paragraph);
      byBlock.set(paragraph.block.id, paragraph);
    }
  }
  return {
    course,
    outline: outlineOf(course),
    paragraphs: (sectionId) => bySection.get(sectionId),
    paragraph: (marker) => byMarker.get(marker),
    ofBlock: (blockId) => byBlock.get(blockId),
  };
}

/** A paragraph as the model reads it: number, place, text. */
export function paragraphText({ marker, section, block }: Paragraph, text = block.text): string {
  const place = [`${section.id} ${section.title}`, ...block.headingPath].join(" › ");
  return `[${marker}] ${place}\n${text}`;
}

export function citationOf({ marker, section, block }: Paragraph, quote?: string): TutorCitation {
  return {
    marker,
    documentId: section.id,
    blockId: block.id,
    headingPath: block.headingPath,
    quote: quote ?? openingOf(block.text),
    url: blockUrl(section.url, block.id),
    supported: true,
  };
}

/** The first 160 characters, whole ones. */
function openingOf(text: string): string {
  return [...text].slice(0, 160).join("");
}

function outlineOf(course: Course): string {
  const lines = course.parts.flatMap((part) =>
    part.chapters.map((chapter) => {
      const sections = chapter.sections.map(
        ({ id, title, written }) => `${id} ${title}${written ? "" : "（未写）"}`,
      );
      return `第 ${chapter.number} 章 ${chapter.title}：${sections.join("；")}`;
    }),
  );
  return lines.join("\n");
}
