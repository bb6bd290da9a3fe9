import { fileURLToPath } from "node:url";
import { loadCourse, writtenSections } from "@zixue/course";
import { type Chunk, type RetrievalDataset, splitDocument } from "@zixue/rag";
import { paraphrases } from "./paraphrases.ts";

const folder = fileURLToPath(new URL("../../../docs/course", import.meta.url));
/** Finished sections, so that the figures of the chapter can be measured again. */
const ids: readonly string[] = ["0.1", "1.3", "11.1"];

export interface Material {
  readonly chunks: readonly Chunk[];
  /** Texts that say what the course's terms mean: the axes of the vectors. */
  readonly concepts: readonly string[];
  /** Every wording of the course's questions; relevant are the chunks that hold a piece of the evidence. */
  readonly questions: RetrievalDataset;
  /** Questions in other words than the text's. */
  readonly paraphrased: RetrievalDataset;
}

export async function readMaterial(): Promise<Material> {
  const course = await loadCourse(folder);
  const sections = writtenSections(course).filter(({ id }) => ids.includes(id));
  const chunks = sections.flatMap(({ document }) => splitDocument(document));
  const concepts = course.glossary
    .filter(({ section }) => ids.includes(section))
    .map(({ zh, en, aliases, definition }) => [zh, en ?? "", ...aliases, definition].join(" "));
  const asked = sections.flatMap(({ questions }) =>
    questions.flatMap(({ ask, variants, points }) => {
      const evidence = points.flatMap(({ quote }) => (quote === null ? [] : [quote]));
      return [ask, ...variants].map((text) => ({ text, evidence }));
    }),
  );
  return {
    chunks,
    concepts,
    questions: datasetOf(chunks, asked),
    paraphrased: datasetOf(chunks, paraphrases),
  };
}

function datasetOf(
  chunks: readonly Chunk[],
  asked: readonly { readonly text: string; readonly evidence: readonly string[] }[],
): RetrievalDataset {
  const compact = (text: string) => text.replace(/\s+/gu, "");
  const holders = (quote: string) => chunks.filter(({ text }) => compact(text).includes(compact(quote)));
  return {
    corpus: chunks.map(({ id, title, text }) => ({ id, title, text })),
    queries: asked.map(({ text }, i) => ({ id: String(i), text })),
    qrels: new Map(
      asked.map(({ evidence }, i) => [
        String(i),
        new Map(evidence.flatMap((quote) => holders(quote).map(({ id }) => [id, 1] as const))),
      ]),
    ),
  };
}
