import { stem } from "@zixue/lexicon";
import type { TermField } from "./terms.ts";

const characters = new Set("什么哪怎谁吗呢吧几何");
const bigrams = new Set(
  (
    "什么 怎么 怎样 哪个 哪些 哪里 哪儿 哪种 哪位 哪年 哪一 是谁 谁是 为何 为什 如何 何时 何地 何人 何种 何为 " +
    "几个 几种 几年 几次 几何 多少 多大 多久 多长 多远 么样 么是 是什 有哪 么时 么叫 是否 是吗 能否 可否"
  ).split(" "),
);
const questionStems = new Set(
  "what who whom whose which when where why how".split(" ").map((word) => stem(word)),
);
const functionStems = new Set(
  (
    "a an the of in on at to for from by with about into as is are was were be been being am do does did has have had " +
    "can could will would shall should may might must it its this that these those there and or not but if than then so"
  )
    .split(" ")
    .map((word) => stem(word)),
);

/**
 * True when a term only asks: 什么, 多少, 怎, who, why. Terms as `analyze` gives them.
 *
 * @example isQuestionWord("bigram", "多少") // true
 */
export function isQuestionWord(field: TermField, term: string): boolean {
  if (field === "char") return characters.has(term);
  return field === "bigram" ? bigrams.has(term) : questionStems.has(term);
}

/** True for the English words that carry grammar rather than content. */
export function isFunctionWord(field: TermField, term: string): boolean {
  return field === "word" && functionStems.has(term);
}

/**
 * How much a term of a question counts in ranking: 0.5 for Chinese question words (they do occur in headings and
 * definitions), 0.3 for English question and function words, otherwise 1.
 */
export function questionTermWeight(field: TermField, term: string): number {
  if (isFunctionWord(field, term)) return 0.3;
  if (!isQuestionWord(field, term)) return 1;
  return field === "word" ? 0.3 : 0.5;
}
