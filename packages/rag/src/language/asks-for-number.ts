import { normalize } from "./normalize.ts";

/** Questions that a date or a time answers, then those that an amount answers. */
const chinese =
  /哪一?年|几年|何时|什么时[候间]|哪.{0,3}(?:世纪|年代|日期|月)|年份|多少|几[个名位种次条岁座]|多[大高长久远深重快]|百分/;
const english =
  /\bwhen\b|\b(?:what|which) (?:year|date|century|day|month|decade|number|percent(?:age)?)\b|\bhow (?:many|much|long|old|far|large|big|tall|high|deep|heavy|fast|often)\b/;

/**
 * True when a number answers the question: a date, an amount, an age.
 *
 * @example asksForNumber("GPT-3 有多少參數?") // true
 * @example asksForNumber("Who invented the transistor?") // false
 */
export function asksForNumber(question: string): boolean {
  const text = normalize(question);
  return chinese.test(text) || english.test(text);
}
