import type { GlossaryTerm } from "../../answer/knowledge.ts";
import type { CorpusTerms, QueryGroup, QueryMember } from "../../index/keyword/query.ts";
import { namedTerms, surfaceForms } from "../../retrieve/glossary.ts";
import type { Language } from "../detect-language.ts";
import { analyze, extractTerms } from "../terms.ts";

/** A term of several words counts as much as its words would, up to this many. */
const mostWords = 3;

/**
 * The glossary's terms in a question as terms of the other language: each by its names there, all words of a name
 * together. `rest` is the question with blanks in place of those terms: what is left to the dictionary.
 */
export function glossaryGroups(
  question: string,
  glossary: readonly GlossaryTerm[],
  to: Language,
  corpus: CorpusTerms,
): { readonly groups: QueryGroup[]; readonly rest: string } {
  const groups: QueryGroup[] = [];
  let rest = question;
  for (const { term, text, start, end } of namedTerms(question, glossary)) {
    const members = surfaceForms(term).flatMap((form) => membersOf(form, to, corpus));
    if (members.length === 0) continue;
    const words = extractTerms(text).filter(({ field, joined }) => field !== "char" && !joined).length;
    const weight = Math.min(mostWords, Math.max(1, to === "zh" ? words : words / 2));
    const field = to === "zh" ? "bigram" : "word";
    groups.push({ field, term: text, weight, question: false, optional: false, members });
    rest = rest.slice(0, start) + " ".repeat(end - start) + rest.slice(end);
  }
  return { groups, rest };
}

/** A name as one member, when it may stand in text of the language and the corpus may have it. */
function membersOf(form: string, to: Language, corpus: CorpusTerms): QueryMember[] {
  const { char, bigram, word } = analyze(form);
  if (char.length > 0 && to === "en") return [];
  const han = bigram.length > 0 ? bigram : char;
  const terms = [
    ...han.map((term) => ({ field: bigram.length > 0 ? ("bigram" as const) : ("char" as const), term })),
    ...[...new Set(word)].map((term) => ({ field: "word" as const, term })),
  ];
  return terms.every((term) => corpus.documentFrequency(term) > 0) ? [{ terms, weight: 1 }] : [];
}
