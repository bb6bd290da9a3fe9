import { type Lexicon, type Translation, wordForm } from "@zixue/lexicon";
import type { CorpusTerms, QueryGroup, QueryMember } from "../../index/keyword/query.ts";
import { isFunctionWord, isQuestionWord } from "../question-words.ts";
import { extractTerms, type Term } from "../terms.ts";
import { chineseMembers } from "./chinese-members.ts";
import { americanStems, regularStem } from "./english-forms.ts";
import { nearestStems } from "./near-stems.ts";

/** The word itself, which a Chinese text may use: in the word field, whose weight is 3 times that of bigrams. */
const ownWeight = { function: 0.1, word: 0.2, number: 0.5 };
const phraseWeight = 1;
const longestPhrase = 4;
/** The characters of the translations, for synonyms that the dictionary lacks. */
const characterWeight = 0.5;
const mostCharacters = 6;
/** An irregular form may be a word of its own: found, left. */
const irregularWeight = 0.5;
const nearWeight = 0.7;
const mostTransliterated = 12;
/** Share of the ways to write a name from which a pair of characters counts fully. */
const certainShare = 0.4;

/**
 * An English question as terms of Chinese text: per word its translations, their characters, and the word itself; per
 * phrase of two to four words that the dictionary knows whole, its translations; for a name that it does not know, the
 * pairs of characters that it may be transliterated with.
 */
export function englishToChinese(question: string, lexicon: Lexicon, corpus: CorpusTerms): QueryGroup[] {
  const words = extractTerms(question).filter(({ field }) => field === "word");
  const own = new Map(words.map((word) => [word, ownGroup(word)]));
  const groups: QueryGroup[] = [];
  const parts = words.filter(({ joined }) => !joined);
  for (const word of parts) {
    const { term, start, end } = word;
    if (isEmpty(term) || /^[\d.,]+$/.test(term)) continue;
    const written = wordForm(question.slice(start, end));
    const translations = translationsOf(term, written, lexicon);
    const members = chineseMembers(translations, corpus);
    if (members.length > 0) groups.push(group("bigram", term, 1, members));
    else {
      const support = said(term, corpus);
      if (support) own.set(word, { ...ownGroup(word), support: false });
      groups.push({ ...group("bigram", term, 1, transliterated(written, lexicon, corpus)), support });
    }
    const characters = characterMembers(translations, corpus);
    if (characters.length > 0)
      groups.push({ ...group("char", term, characterWeight, characters), support: true });
  }
  return [...own.values(), ...groups, ...phraseGroups(parts, lexicon, corpus)];
}

function ownGroup({ term }: Term): QueryGroup {
  const kind = isEmpty(term) ? "function" : /\d/.test(term) ? "number" : "word";
  return {
    ...group("word", term, ownWeight[kind], [{ terms: [{ field: "word", term }], weight: 1 }]),
    question: kind === "function",
    optional: true,
    support: kind !== "number",
  };
}

/** Does Chinese text use the English word, as it does with names and abbreviations? */
function said(term: string, corpus: CorpusTerms): boolean {
  return corpus.documentFrequency({ field: "word", term }) > 0;
}

function translationsOf(stem: string, written: string, lexicon: Lexicon): Translation[] {
  const regular = regularStem(stem);
  const found = [
    ...lexicon.toChinese(stem, written),
    ...(regular === undefined ? [] : scaled(lexicon.toChinese(regular), irregularWeight)),
  ];
  if (found.length > 0) return found;
  const american = americanStems(stem).flatMap((variant) => lexicon.toChinese(variant));
  if (american.length > 0) return american;
  return nearestStems(lexicon, stem).flatMap((near) => scaled(lexicon.toChinese(near), nearWeight));
}

function scaled(translations: readonly Translation[], factor: number): Translation[] {
  return translations.map(({ text, weight }) => ({ text, weight: weight * factor }));
}

/** The characters that most translations share, heaviest first. */
function characterMembers(translations: readonly Translation[], corpus: CorpusTerms): QueryMember[] {
  const sums = new Map<string, number>();
  for (const { text, weight } of translations) {
    const characters = Array.from(text);
    for (const character of characters)
      sums.set(character, (sums.get(character) ?? 0) + weight / characters.length);
  }
  const sorted = [...sums]
    .filter(([term]) => corpus.documentFrequency({ field: "char", term }) > 0)
    .sort((one, other) => other[1] - one[1])
    .slice(0, mostCharacters);
  const top = sorted[0]?.[1] ?? 1;
  return sorted.map(([term, sum]) => {
    const share = sum / top;
    // To the power of 1.5, in operations that every engine rounds alike.
    return { terms: [{ field: "char", term }], weight: share * Math.sqrt(share) };
  });
}

function transliterated(name: string, lexicon: Lexicon, corpus: CorpusTerms): QueryMember[] {
  if (!/^[a-z]{3,24}$/.test(name)) return [];
  const pairs = lexicon
    .transliterate(name)
    .filter(({ text }) => corpus.documentFrequency({ field: "bigram", term: text }) > 0)
    .slice(0, mostTransliterated);
  const top = Math.max(certainShare, pairs[0]?.weight ?? 0);
  return pairs.map(({ text, weight }) => ({
    terms: [{ field: "bigram", term: text }],
    weight: weight / top,
  }));
}

function phraseGroups(parts: readonly Term[], lexicon: Lexicon, corpus: CorpusTerms): QueryGroup[] {
  const groups: QueryGroup[] = [];
  for (let start = 0; start < parts.length; start++) {
    for (let length = 2; length <= longestPhrase && start + length <= parts.length; length++) {
      const stems = parts.slice(start, start + length).map(({ term }) => term);
      const whole = lexicon.phraseToChinese(stems).map((text) => ({ text, weight: 1 }));
      const members = chineseMembers(whole, corpus);
      if (members.length > 0) groups.push(group("bigram", stems.join(" "), phraseWeight, members));
    }
  }
  return groups;
}

function group(
  field: QueryGroup["field"],
  term: string,
  weight: number,
  members: readonly QueryMember[],
): QueryGroup {
  return { field, term, weight, question: false, optional: false, members };
}

function isEmpty(term: string): boolean {
  return isFunctionWord("word", term) || isQuestionWord("word", term);
}
