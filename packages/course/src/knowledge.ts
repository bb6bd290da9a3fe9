import type { Knowledge, OutlineEntry } from "@zixue/rag";
import { type Course, type Part, writtenSections } from "./course.ts";

/**
 * What the authors know beyond the text, for retrieval and answers: the glossary, and the questions with the blocks
 * that answer them. Points whose evidence is not in the text are left out, and concepts that a section defines and
 * the glossary lacks are not added: the lint reports both.
 */
export function knowledgeOf(course: Course): Knowledge {
  return {
    glossary: course.glossary.map((entry) => ({
      zh: entry.zh,
      ...(entry.en === undefined ? {} : { en: entry.en }),
      aliases: entry.aliases,
      definition: entry.definition,
      documentId: entry.section,
    })),
    questions: writtenSections(course).flatMap((section) =>
      section.questions.map((question) => ({
        id: `${section.id}/${question.id}`,
        documentId: section.id,
        ask: question.ask,
        variants: question.variants,
        points: question.points.flatMap(({ say, blockId, quote }) =>
          blockId === null || quote === null ? [] : [{ say, blockId, quote }],
        ),
      })),
    ),
    outline: course.parts.map(outlineOf),
  };
}

/** A part with its chapters and sections; a part of one chapter of the same name is that chapter. */
function outlineOf(part: Part): OutlineEntry {
  const chapters = part.chapters.map(
    ({ number, title, sections }): OutlineEntry => ({
      kind: "chapter",
      number: String(number),
      title,
      children: sections.map((section) => ({
        kind: "section",
        number: section.id,
        title: section.title,
        documentId: section.id,
        ...(section.written ? { summary: section.summary } : {}),
      })),
    }),
  );
  const [only] = chapters;
  if (chapters.length === 1 && only !== undefined && only.title === part.title) return only;
  return { kind: "part", number: String(part.number), title: part.title, children: chapters };
}
