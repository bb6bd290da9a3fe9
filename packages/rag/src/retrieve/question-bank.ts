import type { BankQuestion, GlossaryTerm } from "../answer/knowledge.ts";
import { questionShape, splitQuestion } from "../answer/question-type.ts";
import { isFunctionWord, isQuestionWord } from "../language/question-words.ts";
import { extractTerms } from "../language/terms.ts";
import { resolveFollowUp } from "./follow-up.ts";
import { type NamedTerm, namedTerms } from "./glossary.ts";
import type { BankMatch } from "./retrieval.ts";

export interface MatchOptions {
  readonly glossary?: readonly GlossaryTerm[];
  /** A wording to leave out: for measuring how well a question is answered by its other wordings. */
  readonly withoutWording?: string;
  /** Only questions for which this is true. */
  readonly accept?: (question: BankQuestion) => boolean;
  /** Least similarity; default 0.5. */
  readonly least?: number;
}

interface Wording {
  readonly question: BankQuestion;
  readonly text: string;
  readonly terms: ReadonlyMap<string, number>;
  readonly type: string;
  readonly named: ReadonlySet<GlossaryTerm>;
}

interface Bank {
  readonly wordings: readonly Wording[];
  /** Weight of all terms of each wording. */
  readonly totals: readonly number[];
  /** Where each term occurs: places in `wordings`. */
  readonly postings: ReadonlyMap<string, readonly number[]>;
  readonly idf: (key: string) => number;
}

const banks = new WeakMap<readonly BankQuestion[], Bank>();

/**
 * The question of the bank that asks the same, by the overlap of content terms weighted by their rarity in the bank.
 * Another kind of question (什么是 against 为什么) or another term of the glossary counts against a match.
 */
export function matchQuestionBank(
  question: string,
  bank: readonly BankQuestion[],
  options: MatchOptions = {},
): BankMatch | null {
  const glossary = options.glossary ?? [];
  const { wordings, totals, postings, idf } = analysedBank(bank, glossary);
  const asked = wordingOf(question, glossary);
  // Dice: what the two share, twice, over all that both have.
  const shared = new Map<number, number>();
  let total = 0;
  for (const [key, weight] of asked.terms) {
    const value = weight * idf(key);
    total += value;
    for (const place of postings.get(key) ?? []) shared.set(place, (shared.get(place) ?? 0) + 2 * value);
  }
  let best: BankMatch | null = null;
  for (const [place, value] of shared) {
    const wording = wordings[place]!;
    if (wording.text === options.withoutWording || options.accept?.(wording.question) === false) continue;
    let similarity = value / (total + (totals[place] ?? 0));
    if (similarity < 0.98) {
      if (asked.type !== wording.type) similarity *= 0.85;
      if (asked.named.size + wording.named.size > 0 && !sameSet(asked.named, wording.named))
        similarity *= sharesOne(asked.named, wording.named) ? 0.85 : 0.6;
    }
    if (best === null || similarity > best.similarity)
      best = { question: wording.question, wording: wording.text, similarity: Math.min(1, similarity) };
  }
  return best !== null && best.similarity >= (options.least ?? 0.5) ? best : null;
}

function analysedBank(bank: readonly BankQuestion[], glossary: readonly GlossaryTerm[]): Bank {
  const known = banks.get(bank);
  if (known !== undefined) return known;
  const wordings = bank.flatMap((question) =>
    [question.ask, ...question.variants].flatMap((text) =>
      [text, ...partsOf(text, glossary)].map((part) => ({ question, text, ...wordingOf(part, glossary) })),
    ),
  );
  const postings = new Map<string, number[]>();
  wordings.forEach(({ terms }, place) => {
    for (const key of terms.keys()) {
      const places = postings.get(key);
      if (places === undefined) postings.set(key, [place]);
      else places.push(place);
    }
  });
  const count = wordings.length;
  const idf = (key: string) => Math.log(1 + (count + 1) / ((postings.get(key)?.length ?? 0) + 0.5));
  const totals = wordings.map(({ terms }) => {
    let sum = 0;
    for (const [key, weight] of terms) sum += weight * idf(key);
    return sum;
  });
  const analysed = { wordings, totals, postings, idf };
  banks.set(bank, analysed);
  return analysed;
}

/** 「HNSW 是什么？为什么快？」 is also asked as 「HNSW 为什么快？」. */
function partsOf(text: string, glossary: readonly GlossaryTerm[]): string[] {
  const parts = splitQuestion(text);
  if (parts.length < 2) return [];
  const asked: { role: "user"; content: string }[] = [];
  for (const part of parts)
    asked.push({ role: "user", content: resolveFollowUp(part, asked, glossary).question });
  return asked.map(({ content }) => content);
}

function wordingOf(text: string, glossary: readonly GlossaryTerm[]): Omit<Wording, "question" | "text"> {
  const shape = questionShape(text);
  // What is asked for counts as a word of its own: 区别, 差别 and 哪里不一样 are the same question.
  const terms = new Map<string, number>([[`asks:${shape.type}`, 1]]);
  if (shape.aspect !== null) terms.set(`aspect:${shape.aspect}`, 1);
  const named = namedTerms(text, glossary);
  for (const [key, weight] of contentTerms(text, glossary)) terms.set(key, weight);
  return { terms, type: shape.type, named: new Set(named.map((hit) => hit.term)) };
}

/** Terms of a question without those that only ask, each with its weight; glossary terms under one name. */
export function contentTerms(text: string, glossary: readonly GlossaryTerm[]): Map<string, number> {
  const terms = new Map<string, number>();
  for (const { field, term } of extractTerms(canonical(text, namedTerms(text, glossary)))) {
    if (isQuestionWord(field, term) || isFunctionWord(field, term)) continue;
    // Two-character terms say most; single characters only smooth over word order.
    terms.set(`${field}:${term}`, field === "char" ? 0.4 : field === "word" ? 2 : 1);
  }
  return terms;
}

/** The text with every glossary term under its Chinese name, so that RAG and 检索增强生成 are one. */
function canonical(text: string, named: readonly NamedTerm[]): string {
  let result = "";
  let from = 0;
  for (const { term, start, end } of named) {
    result += `${text.slice(from, start)}${term.zh}`;
    from = end;
  }
  return result + text.slice(from);
}

function sameSet(a: ReadonlySet<unknown>, b: ReadonlySet<unknown>): boolean {
  return a.size === b.size && [...a].every((item) => b.has(item));
}

function sharesOne(a: ReadonlySet<unknown>, b: ReadonlySet<unknown>): boolean {
  return [...a].some((item) => b.has(item));
}
