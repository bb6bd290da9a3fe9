import type { Course, Section, WrittenSection } from "@zixue/course";
import { blockAnchor } from "@zixue/rag";
import type { RequestHandler } from "express";
import { BotError } from "../errors.ts";
import { messagesFor } from "../http/language.ts";

/** `GET /api/chapters`: the outline with what is written. */
export function chaptersRoute(course: Course): RequestHandler {
  const outline = {
    title: course.title,
    parts: course.parts.map((part) => ({
      number: part.number,
      title: part.title,
      chapters: part.chapters.map((chapter) => ({
        number: chapter.number,
        title: chapter.title,
        sections: chapter.sections.map(summaryOf),
      })),
    })),
  };
  return (_request, response) => {
    response.json(outline);
  };
}

/** `GET /api/chapters/:id`: a section with its blocks and questions. Rubrics, evidence and hints stay in the server. */
export function chapterRoute(course: Course): RequestHandler {
  const byId = new Map(course.sections.map((section) => [section.id, section]));
  return (request, response) => {
    const id = String(request.params.id);
    const section = byId.get(id);
    if (section === undefined) {
      throw new BotError("not-found", messagesFor(request).unknownSection(id.slice(0, 60)), { status: 404 });
    }
    response.json(section.written ? { ...summaryOf(section), ...contentOf(section) } : summaryOf(section));
  };
}

function summaryOf(section: Section) {
  const { id, title, part, chapter, requires, written } = section;
  const base = { id, title, part, chapter, requires, written };
  if (!section.written) return base;
  const { minutes, concepts, techniques, summary, asOf, url } = section;
  return { ...base, url, minutes, concepts, techniques, ...(summary && { summary }), ...(asOf && { asOf }) };
}

function contentOf(section: WrittenSection) {
  const { practice, sources, questions, document } = section;
  return {
    practice,
    sources,
    questions: questions.map(({ id, ask, kind }) => ({ id, ask, kind })),
    blocks: document.blocks.map(({ id, kind, headingPath, text, language, depth }) => ({
      id,
      anchor: blockAnchor(id),
      kind,
      headingPath,
      text,
      ...(language === undefined ? {} : { language }),
      ...(depth === undefined ? {} : { depth }),
    })),
  };
}
