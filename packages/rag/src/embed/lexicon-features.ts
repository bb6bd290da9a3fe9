import { type Lexicon, type Translation, wordForm } from "@zixue/lexicon";
import { normalize } from "../language/normalize.ts";
import { isQuestionWord, questionTermWeight } from "../language/question-words.ts";
import { extractTerms, type TermField } from "../language/terms.ts";
import type { FeatureRarity } from "./feature-rarity.ts";

/** What a feature counts by its field. */
const fieldWeights: Readonly<Record<TermField, number>> = { char: 0.8, bigram: 0.3, word: 1.5 };
/** What translations count beside the text's own terms. */
const translationWeight = 1.5;
const nestedWeight = 0.3;
const mostStems = 8;
const mostHeadwords = 12;

type Counts = Map<string, number>;

/**
 * A text as weighted terms of both languages, so that a text and its translation have features in common: its own
 * characters, bigrams and words, and those of their translations. Keys are `field term`.
 */
export function lexiconFeatures(text: string, lexicon: Lexicon, rarity: FeatureRarity): Counts {
  const own: Counts = new Map();
  const translated: Counts = new Map();
  for (const { field, term, joined, start, end } of extractTerms(text)) {
    const weight = questionTermWeight(field, term);
    add(own, field, term, weight);
    if (field !== "word" || joined || weight < 1) continue;
    addChinese(translated, lexicon.toChinese(term, wordForm(text.slice(start, end))).slice(0, mostHeadwords));
  }
  for (const run of normalize(text).match(/\p{Script=Han}+/gu) ?? []) addEnglish(translated, run, lexicon);
  const features: Counts = new Map();
  merge(features, own, 1, rarity);
  merge(features, translated, translationWeight, rarity);
  return features;
}

function addChinese(counts: Counts, translations: readonly Translation[]): void {
  const sum = weightOf(translations);
  for (const { text, weight } of translations) {
    const characters = Array.from(text);
    const share = weight / sum;
    for (const character of characters) add(counts, "char", character, share / characters.length);
    for (let index = 1; index < characters.length; index++)
      add(counts, "bigram", characters[index - 1]! + characters[index]!, share / (characters.length - 1));
  }
}

function addEnglish(counts: Counts, run: string, lexicon: Lexicon): void {
  let outerEnd = 0;
  // Longer words come first at each position, so that a word within another ends before it.
  for (const { headword, start } of lexicon.headwordsIn(run)) {
    const end = start + headword.length;
    const weight = end <= outerEnd ? nestedWeight : 1;
    outerEnd = Math.max(outerEnd, end);
    if (isQuestionWord("bigram", headword)) continue;
    const translations = lexicon.toEnglish(headword).slice(0, mostStems);
    const sum = weightOf(translations);
    for (const { text, weight: share } of translations) add(counts, "word", text, (weight * share) / sum);
  }
}

/** Counts are damped: the tenth time says less than the first. */
function merge(features: Counts, counts: Counts, factor: number, rarity: FeatureRarity): void {
  for (const [key, count] of counts) {
    const [field, term] = key.split(" ", 2) as [TermField, string];
    const weight = factor * fieldWeights[field] * count ** 0.7 * rarity.weight(field, term);
    features.set(key, (features.get(key) ?? 0) + weight);
  }
}

function add(counts: Counts, field: TermField, term: string, weight: number): void {
  const key = `${field} ${term}`;
  counts.set(key, (counts.get(key) ?? 0) + weight);
}

function weightOf(translations: readonly Translation[]): number {
  return translations.reduce((sum, { weight }) => sum + weight, 0);
}
