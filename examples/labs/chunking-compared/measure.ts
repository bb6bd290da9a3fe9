import type { WrittenSection } from "@zixue/course";
import { type Chunk, MemoryIndex, splitSentences } from "@zixue/rag";
import { type Asked, compact } from "./material.ts";
import type { Splitter } from "./splitters.ts";

export interface Measured {
  readonly chunks: number;
  /** Mean length of a chunk in characters. */
  readonly length: number;
  /** Sentences that stand whole in no chunk, and how many sentences there are. */
  readonly torn: number;
  readonly sentences: number;
  /** Characters in the index ÷ characters of the text. */
  readonly blowUp: number;
  /** By k: share of the evidence that stands whole in one of the first k chunks, averaged over the questions. */
  readonly recall: ReadonlyMap<number, number>;
}

export async function measure(
  sections: readonly WrittenSection[],
  questions: readonly Asked[],
  split: Splitter,
  ks: readonly number[],
): Promise<Measured> {
  const bySection = new Map(sections.map((section) => [section.id, split(section)]));
  const chunks = [...bySection.values()].flat();
  const characters = chunks.reduce((sum, { text }) => sum + compact(text).length, 0);
  const source = sections.flatMap(({ document }) => document.blocks);
  const whole = source.reduce((sum, { text }) => sum + compact(text).length, 0);
  const torn = sections.flatMap((section) => tornSentences(section, bySection.get(section.id)!));
  const sentences = sections.flatMap(sentencesOf).length;
  return {
    chunks: chunks.length,
    length: chunks.reduce((sum, { text }) => sum + text.length, 0) / chunks.length,
    torn: torn.length,
    sentences,
    blowUp: characters / whole,
    recall: await evidenceRecall(bySection, questions, ks),
  };
}

// #region torn
/** 被切断的句子：没有任何一块完整地装着它。 */
export function tornSentences(section: WrittenSection, chunks: readonly Chunk[]): string[] {
  const texts = chunks.map(({ text }) => compact(text));
  return sentencesOf(section).filter((sentence) => !texts.some((text) => text.includes(compact(sentence))));
}
// #endregion torn

/** Sentences of paragraphs, lists and quotations; code, tables and formulas have none. */
function sentencesOf({ document }: WrittenSection): string[] {
  return document.blocks
    .filter(({ kind }) => kind === "paragraph" || kind === "list" || kind === "quote")
    .flatMap(({ text }) => splitSentences(text).map((sentence) => sentence.text));
}

// #region recall
/** 证据召回率：一个问题的各条证据，有多大比例完整地出现在前 k 块的某一块里；再对问题求平均。 */
async function evidenceRecall(
  bySection: ReadonlyMap<string, readonly Chunk[]>,
  questions: readonly Asked[],
  ks: readonly number[],
): Promise<Map<number, number>> {
  const index = new MemoryIndex();
  await index.apply({
    put: [...bySection].map(([documentId, chunks]) => ({ documentId, hash: documentId, chunks })),
  });
  const sums = new Map(ks.map((k) => [k, 0]));
  for (const { text, evidence } of questions) {
    const { keyword } = await index.search({ text, limit: Math.max(...ks) });
    const found = keyword.map(({ chunk }) => compact(chunk.text));
    for (const k of ks) {
      const shown = evidence.filter((quote) => found.slice(0, k).some((hit) => hit.includes(compact(quote))));
      sums.set(k, sums.get(k)! + shown.length / evidence.length);
    }
  }
  await index.close();
  return new Map([...sums].map(([k, sum]) => [k, sum / questions.length]));
}
// #endregion recall
