import { fileURLToPath } from "node:url";
import { loadCourse, type WrittenSection, writtenSections } from "@zixue/course";

const folder = fileURLToPath(new URL("../../../docs/course", import.meta.url));

/** A wording of a reader's question with the passages of the course that answer it, verbatim. */
export interface Asked {
  readonly text: string;
  readonly evidence: readonly string[];
}

/** Sections of the course by id, and every wording of their questions. */
export async function readMaterial(ids: readonly string[]): Promise<{
  sections: readonly WrittenSection[];
  questions: readonly Asked[];
}> {
  const sections = writtenSections(await loadCourse(folder)).filter(({ id }) => ids.includes(id));
  const questions = sections.flatMap((section) =>
    section.questions.flatMap(({ ask, variants, points }) => {
      const evidence = points.flatMap(({ quote }) => (quote === null ? [] : [quote]));
      return [ask, ...variants].map((text) => ({ text, evidence }));
    }),
  );
  return { sections, questions };
}

/** Text without white space, so that line breaks do not decide whether a sentence is whole. */
export function compact(text: string): string {
  return text.replace(/\s+/gu, "");
}
