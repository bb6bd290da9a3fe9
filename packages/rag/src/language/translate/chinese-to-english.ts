import type { Lexicon } from "@zixue/lexicon";
import type { CorpusTerms, QueryGroup, QueryMember } from "../../index/keyword/query.ts";
import { normalize } from "../normalize.ts";
import { isQuestionWord } from "../question-words.ts";
import { extractTerms } from "../terms.ts";

/** A word within a longer one: its meaning is mostly in the longer one's translation. */
const nestedWeight = 0.5;
/** A character that is part of no word. */
const characterWeight = 0.5;
/** Characters that carry grammar: a headword of nothing else is left out. */
const grammar = new Set(
  "的了是在和与或及而但被把将由对于为以从到就都也还又则其之所着过地得吗呢吧啊谁哪什么几何怎有个这那些种",
);

/**
 * A Chinese question as terms of English text: every dictionary word in it (those within longer ones at 0.5, single
 * characters only where no word is) by its translations, and its Latin words and numbers as they are. Without a
 * segmenter: where two readings overlap, both are asked for, and the corpus decides.
 */
export function chineseToEnglish(question: string, lexicon: Lexicon, corpus: CorpusTerms): QueryGroup[] {
  const groups: QueryGroup[] = extractTerms(question)
    .filter(({ field }) => field === "word")
    .map(({ field, term }) => ({
      ...group(term, 1, [{ terms: [{ field, term }], weight: 1 }]),
      optional: true,
    }));
  for (const run of normalize(question).match(/\p{Script=Han}+/gu) ?? []) {
    for (const { text, weight } of wordsOf(run, lexicon)) {
      if (isGrammar(text)) continue;
      groups.push({ ...group(text, weight, englishMembers(text, lexicon, corpus)), support: weight < 1 });
    }
  }
  return groups;
}

function wordsOf(run: string, lexicon: Lexicon): { text: string; weight: number }[] {
  const found = lexicon
    .headwordsIn(run)
    .map(({ headword, start }) => ({ text: headword, start, end: start + headword.length }));
  const covered = new Uint8Array(run.length);
  const words = found.map(({ text, start, end }) => {
    covered.fill(1, start, end);
    const nested = found.some(
      (other) => other.start <= start && other.end >= end && other.text.length > text.length,
    );
    return { text, weight: nested ? nestedWeight : 1 };
  });
  let position = 0;
  for (const character of run) {
    if (covered[position] === 0) words.push({ text: character, weight: characterWeight });
    position += character.length;
  }
  return words;
}

function englishMembers(headword: string, lexicon: Lexicon, corpus: CorpusTerms): QueryMember[] {
  return lexicon.toEnglish(headword).flatMap(({ text, weight }): QueryMember[] => {
    const term = { field: "word", term: text } as const;
    return corpus.documentFrequency(term) > 0 ? [{ terms: [term], weight }] : [];
  });
}

function isGrammar(headword: string): boolean {
  return isQuestionWord("bigram", headword) || Array.from(headword).every((one) => grammar.has(one));
}

function group(term: string, weight: number, members: readonly QueryMember[]): QueryGroup {
  return { field: "word", term, weight, question: false, optional: false, members };
}
