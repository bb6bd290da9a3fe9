import type { Translation } from "@zixue/lexicon";
import type { CorpusTerms, FieldTerm, QueryMember } from "../../index/keyword/query.ts";

/** What the bigrams of a word count that stands nowhere as a whole. */
const partWeight = 0.3;

/**
 * How Chinese translations can occur in the index: a character by itself, a longer word by all its bigrams together,
 * and a word of three or more characters that stands nowhere by each of its bigrams at 0.3, which only supports the
 * others. Translations that can stand nowhere are left out.
 */
export function chineseMembers(translations: Iterable<Translation>, corpus: CorpusTerms): QueryMember[] {
  const members = new Map<string, QueryMember>();
  const add = (terms: readonly FieldTerm[], weight: number, support: boolean): void => {
    const key = terms.map(({ term }) => term).join(" ");
    if (weight > (members.get(key)?.weight ?? 0)) members.set(key, { terms, weight, support });
  };
  for (const { text, weight } of translations) {
    const terms = chineseTerms(text);
    const present = terms.filter((term) => corpus.documentFrequency(term) > 0);
    if (present.length === terms.length) add(terms, weight, false);
    else if (terms.length >= 2) for (const term of present) add([term], weight * partWeight, true);
  }
  return [...members.values()];
}

/** Terms that all stand where the word stands. */
function chineseTerms(word: string): FieldTerm[] {
  const characters = Array.from(word);
  if (characters.length < 2) return characters.map((term) => ({ field: "char", term }));
  return characters.slice(1).map((second, index) => ({ field: "bigram", term: characters[index]! + second }));
}
