import {
  type AnalyzedText,
  analyze,
  type Chunk,
  isFunctionWord,
  isQuestionWord,
  MemoryIndex,
} from "@zixue/rag";

type Field = keyof AnalyzedText;

// #region fields
/** @zixue/rag 的关键词一侧：单字、两字组、英文词三个字段各有自己的长度，按权重相加；疑问词打折。 */
const weights: Readonly<Record<Field, number>> = { char: 1.2, bigram: 1, word: 3 };
const k1 = 0.9;
const b = 0.75;

export function scoresByFields(documents: readonly string[], query: string): number[] {
  const analyzed = documents.map(analyze);
  const asked = analyze(query);
  return analyzed.map((document) => {
    let score = 0;
    for (const field of ["char", "bigram", "word"] as const) {
      const mean = analyzed.reduce((sum, other) => sum + other[field].length, 0) / documents.length || 1;
      for (const term of asked[field]) {
        const having = analyzed.filter((other) => other[field].includes(term)).length;
        const idf = Math.log(1 + (documents.length - having + 0.5) / (having + 0.5));
        const tf = document[field].filter((other) => other === term).length;
        const norm = 1 - b + (b * document[field].length) / mean;
        score += (weights[field] * emphasis(field, term) * idf * tf * (k1 + 1)) / (tf + k1 * norm);
      }
    }
    return score;
  });
}

/** 「什么」「怎样」几乎每个问题都有，对找文档没有帮助，按一半计。 */
function emphasis(field: Field, term: string): number {
  if (isFunctionWord(field, term)) return 0.3;
  return isQuestionWord(field, term) ? (field === "word" ? 0.3 : 0.5) : 1;
}
// #endregion fields

/** Scores of the same documents by MemoryIndex, 0 for those it does not return. */
export async function scoresByMemoryIndex(documents: readonly string[], query: string): Promise<number[]> {
  const index = new MemoryIndex();
  await index.apply({
    put: documents.map((text, document) => ({
      documentId: String(document),
      hash: text,
      chunks: [chunkOf(String(document), text)],
    })),
  });
  const { keyword } = await index.search({ text: query, limit: documents.length });
  const scores = documents.map(() => 0);
  for (const { chunk, score } of keyword) scores[Number(chunk.documentId)] = score;
  await index.close();
  return scores;
}

function chunkOf(documentId: string, text: string): Chunk {
  return {
    id: `${documentId}@0`,
    documentId,
    title: "",
    headingPath: [],
    blockIds: [],
    text,
    start: 0,
    end: text.length,
    ordinal: 0,
    tokens: 0,
    metadata: {},
  };
}
