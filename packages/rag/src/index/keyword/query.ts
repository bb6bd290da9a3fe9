import type { Language } from "../../language/detect-language.ts";
import { isQuestionWord, questionTermWeight } from "../../language/question-words.ts";
import { extractTerms, type TermField } from "../../language/terms.ts";

/** A term as the index holds it. */
export interface FieldTerm {
  readonly field: TermField;
  readonly term: string;
}

/** One way in which a query term can occur: all of `terms` in an entry, counted by the rarest of them. */
export interface QueryMember {
  readonly terms: readonly FieldTerm[];
  readonly weight: number;
  /** As for a group. */
  readonly support?: boolean;
}

/**
 * What is scored as one BM25 term: term frequency and document frequency are pooled over the members, tf = Σ w·tf and
 * df = Σ w·df. A question in the language of the corpus has one member per group; a translated one has one per
 * translation (the probabilistic structured queries of Darwish & Oard, SIGIR 2003).
 */
export interface QueryGroup {
  /** Whose length norm and weight apply. */
  readonly field: TermField;
  /** The question's own term, for display and for answers. */
  readonly term: string;
  /** How often the question says it × what a question word counts. */
  readonly weight: number;
  /** Only asks: who, 什么. */
  readonly question: boolean;
  /** An alternative spelling (gpt4 for GPT-4): left out where the corpus has it nowhere. */
  readonly optional: boolean;
  /** Helps to rank, but says nothing of how much of the question an entry covers. */
  readonly support?: boolean;
  readonly members: readonly QueryMember[];
}

/** What a translator may ask of the corpus it translates for. */
export interface CorpusTerms {
  /** Live entries of the target language that have the term. */
  documentFrequency(term: FieldTerm): number;
}

/** Turns a question into groups of terms of another language. */
export interface QueryTranslator {
  /** Loads what translating needs; an index waits for it before the first search that translates. */
  prepare?(options?: { readonly signal?: AbortSignal }): Promise<void>;
  translate(question: string, from: Language, to: Language, corpus: CorpusTerms): readonly QueryGroup[];
}

/** Beyond this a pasted page adds time and no precision. */
const longestQuestion = 4000;

/** A question as groups of one term each, repeats counted. */
export function queryGroups(question: string): QueryGroup[] {
  const groups = new Map<string, QueryGroup>();
  for (const { field, term, joined } of extractTerms(question.slice(0, longestQuestion))) {
    const key = `${field} ${term}`;
    const known = groups.get(key);
    const optional = joined === true && known?.optional !== false;
    groups.set(key, {
      field,
      term,
      weight: (known?.weight ?? 0) + questionTermWeight(field, term),
      question: isQuestionWord(field, term),
      optional,
      members: [{ terms: [{ field, term }], weight: 1 }],
    });
  }
  return [...groups.values()];
}
