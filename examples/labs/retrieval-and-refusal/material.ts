import { fileURLToPath } from "node:url";
import { loadCourse, writtenSections } from "@zixue/course";
import { type Chunk, type ChunkIndex, MemoryIndex, type RetrievalDataset, splitDocument } from "@zixue/rag";

const folder = fileURLToPath(new URL("../../../docs/course", import.meta.url));
/** Finished sections, so that the figures of the chapter can be measured again. */
const ids: readonly string[] = ["0.1", "1.3", "11.1"];

// #region dataset
/** 课程自带的题库就是评测集：每种问法是一个查询，装着要点证据的块就是相关文档。 */
export async function courseDataset(): Promise<{ index: ChunkIndex; dataset: RetrievalDataset }> {
  const sections = writtenSections(await loadCourse(folder)).filter(({ id }) => ids.includes(id));
  const index = new MemoryIndex();
  const split = sections.map(({ id, document }) => ({
    id,
    hash: document.hash,
    chunks: splitDocument(document),
  }));
  await index.apply({ put: split.map(({ id, hash, chunks }) => ({ documentId: id, hash, chunks })) });

  const chunks = split.flatMap((section) => section.chunks);
  const queries: { id: string; text: string }[] = [];
  const qrels = new Map<string, Map<string, number>>();
  for (const { id: section, questions } of sections) {
    for (const { id, ask, variants, points } of questions) {
      const relevant = new Map<string, number>();
      for (const { quote } of points)
        for (const chunk of chunks) if (quote !== null && holds(chunk, quote)) relevant.set(chunk.id, 1);
      [ask, ...variants].forEach((text, wording) => {
        const query = `${section}/${id}/${wording}`;
        queries.push({ id: query, text });
        qrels.set(query, relevant);
      });
    }
  }
  const corpus = chunks.map(({ id, title, text }) => ({ id, title, text }));
  return { index, dataset: { corpus, queries, qrels } };
}
// #endregion dataset

function holds({ text }: Chunk, quote: string): boolean {
  const compact = (value: string) => value.replace(/\s+/gu, "");
  return compact(text).includes(compact(quote));
}
