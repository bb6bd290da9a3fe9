import type { Knowledge } from "@zixue/rag";
import { type Course, writtenSections } from "./course.ts";

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
  };
}
