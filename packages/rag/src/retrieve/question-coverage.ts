import type { SearchResult } from "../index/chunk-index.ts";
import { extractTerms } from "../language/terms.ts";
import type { ContentWord } from "./content-words.ts";
import type { NamedTerm } from "./glossary.ts";

/**
 * How much of a question its best passage covers. The search for a glossary term's other names counts where the question
 * has a name that the documents never use, or is of another language than they are. Elsewhere it would take the term
 * for the whole question: 「冥想能训练注意力吗？」 is not about attention in a neural network.
 */
export function questionCoverage(
  keyword: Pick<SearchResult, "coverage">,
  glossary: Pick<SearchResult, "coverage"> | null,
  named: readonly NamedTerm[],
  words: readonly ContentWord[],
  translated: boolean,
): number {
  if (glossary === null || glossary.coverage <= keyword.coverage) return keyword.coverage;
  const byAnotherName = named.some(({ text }) => {
    const keys = new Set(extractTerms(text).map(({ field, term }) => `${field}:${term}`));
    return words.some(({ absent, keys: of }) => absent && of.every((key) => keys.has(key)));
  });
  return translated || byAnotherName ? glossary.coverage : keyword.coverage;
}
