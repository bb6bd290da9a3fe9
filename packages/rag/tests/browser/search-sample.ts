import type { Lexicon } from "@zixue/lexicon";
import { LexiconTranslator, MemoryIndex } from "../../src/browser.ts";
import { testDocument } from "../chunk-index.contract.ts";

export interface SampleSearch {
  readonly question: string;
  readonly coverage: number;
  readonly translated: boolean;
  /** Chunk ids and scores, to the last bit. */
  readonly keyword: readonly (readonly [string, number])[];
  readonly vector: readonly (readonly [string, number])[];
}

const subjects = [
  ["注意力机制", "查询、键和值", "语言模型", "1706"],
  ["梯度下降", "学习率", "參數更新", "0.001"],
  ["检索增强生成", "向量数据库", "重排序", "2020"],
  ["Attention", "queries, keys and values", "language models", "8"],
  ["Gradient descent", "the learning rate", "parameters", "3.14"],
  ["Retrieval-augmented generation", "vector databases", "reranking", "GPT-4"],
] as const;

const questions = [
  "什么是注意力机制？",
  "學習率如何影響參數更新",
  "检索增强生成是哪一年提出的？",
  "How does gradient descent change the learning rate?",
  "What is attention in a language model?",
  "gpt4 reranking",
  "transfomer",
  "😀 ﬁﬂ 한글 𠮷",
];

/**
 * Searches a small bilingual index in every way there is: three fields, sentences, a misspelling, translation both ways,
 * the vector scan, and the index as read back from its bytes.
 */
export async function searchSample(lexicon: () => Promise<Lexicon>): Promise<SampleSearch[]> {
  const built = new MemoryIndex();
  await built.apply({
    put: subjects.flatMap(([name, part, field, number], place) =>
      [0, 1, 2].map((variant) =>
        testDocument(`${place}.${variant}`, [passage(name, part, field, number, variant)], {
          vectors: [vectorOf(place * 3 + variant)],
        }),
      ),
    ),
  });
  const index = MemoryIndex.fromBytes(built.toBytes(), { translator: new LexiconTranslator({ lexicon }) });
  const found: SampleSearch[] = [];
  for (const [place, question] of questions.entries()) {
    const vector = Float32Array.from(vectorOf(place * 2.5));
    const {
      keyword,
      vector: near,
      coverage,
      translated,
    } = await index.search({ text: question, vector, limit: 20 });
    found.push({
      question,
      coverage,
      translated,
      keyword: keyword.map(({ chunk, score }) => [chunk.id, score] as const),
      vector: near.map(({ chunk, score }) => [chunk.id, score] as const),
    });
  }
  return found;
}

function passage(name: string, part: string, field: string, number: string, variant: number): string {
  const han = /\p{Script=Han}/u.test(name);
  const sentences = han
    ? [
        `${name}用到${part}。`,
        `在${field}中，它出现于${number}年前后！`,
        `${part}与${field}的关系见下文；不再展开。`,
      ]
    : [
        `${name} uses ${part}.`,
        `In ${field}, it was tried ${number} times!`,
        `How ${part} relate to ${field} follows.`,
      ];
  return [...sentences.slice(variant), ...sentences.slice(0, variant), sentences[variant]].join(
    han ? "" : " ",
  );
}

/** A direction made of integer arithmetic alone, the same everywhere. */
function vectorOf(seed: number): number[] {
  let state = Math.floor(seed * 2) + 1;
  return Array.from({ length: 64 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
}
