import { isHan } from "./character-class.ts";
import { isQuestionWord } from "./question-words.ts";
import { extractTerms } from "./terms.ts";

/** What the keyword side tells apart. Languages other than these two go by their script: spaced ones count as `en`. */
export type Language = "zh" | "en";

/**
 * Chinese when Han characters are at least as many as other words, so that 「LoRA 的 rank 怎么选」 is Chinese;
 * a Chinese question word decides where an English title makes up most of a question.
 *
 * @example detectLanguage("Attention Is All You Need 讲了什么") // "zh"
 */
export function detectLanguage(text: string): Language {
  let han = 0;
  let words = 0;
  let asks = false;
  for (const { field, term, joined } of extractTerms(text)) {
    if (field === "char" && isHan(term.codePointAt(0)!)) han++;
    if (field === "word" && !joined && !/^[\d.]+$/.test(term)) words++;
    if (field === "bigram" && isQuestionWord(field, term)) asks = true;
  }
  return asks ? "zh" : languageOf(han, words);
}

/** The same decision from counts of Han characters and of words that are no numbers. */
export function languageOf(han: number, words: number): Language {
  return han > 0 && han >= words ? "zh" : "en";
}
