import { simplify } from "@zixue/lexicon";
import { normalize } from "../language/normalize.ts";
import { splitSentences } from "../language/sentences.ts";
import { shareHeld } from "../retrieve/acquaintance.ts";
import { surfaceForms } from "../retrieve/glossary.ts";
import type { Retrieval } from "../retrieve/retrieval.ts";
import { termSet } from "./candidates.ts";
import type { RefusalReason } from "./events.ts";
import { definitionStrength, evidenceFits, numbersIn } from "./evidence.ts";
import type { GlossaryTerm } from "./knowledge.ts";
import type { QuestionShape } from "./question-type.ts";
import { names, sideForms, subjectForms } from "./reading-score.ts";
import { DEFAULT_THRESHOLDS, type SufficiencyThresholds } from "./thresholds.ts";
import { hasNegation, swapsOpposite } from "./verify-claim.ts";

export type Sufficiency =
  | { readonly outcome: "covered" }
  | { readonly outcome: "partial"; readonly doubts: readonly Doubt[] }
  | { readonly outcome: "refused"; readonly reason: RefusalReason };

/** Why a text that was found is not taken for an answer. */
export type Doubt =
  | "low-coverage"
  | "words-missing"
  | "subject-missing"
  | "evidence-missing"
  | "definition-missing"
  | "side-missing"
  | "name-missing"
  | "number-missing"
  | "negation-missing"
  | "opposite";

/**
 * How familiar the documents are with a question, 0–1: the coverage of its best passage, less what words cost that the
 * documents never use, and words that are nothing of the field. Fitted by `npx tsx benchmarks/fit-sufficiency.ts`.
 */
export function familiarity(
  retrieval: Pick<Retrieval, "coverage" | "acquaintance" | "translated">,
  thresholds: SufficiencyThresholds = DEFAULT_THRESHOLDS,
): number {
  const { coverage, acquaintance, translated } = retrieval;
  const { unknown, field, fieldIsKnown } = acquaintance;
  // A translated question has its own words nowhere; glossary and names are what it can share with the field.
  const known = translated ? 1 : 1 - thresholds.unknownWords * unknown;
  const foreign = translated ? thresholds.foreignTranslated : thresholds.foreignWords;
  return coverage * known * (1 - foreign * (fieldIsKnown ? 1 - field : USUALLY_FOREIGN));
}

/** Without a glossary nobody can tell; what would be usual for questions that are answered. */
const USUALLY_FOREIGN = 0.2;

/**
 * Is the question about these documents at all? Judged before anything is composed, from how much of the best possible
 * keyword score the best passage reached, the glossary, the question bank and, with embeddings, vector similarity.
 */
export function judgeTopic(
  retrieval: Retrieval,
  thresholds: SufficiencyThresholds = DEFAULT_THRESHOLDS,
): { readonly refused: RefusalReason | null } {
  const refusal = { refused: retrieval.understood.terms.length > 0 ? "not-covered" : "off-topic" } as const;
  if (retrieval.passages.length === 0) return refusal;
  if (retrieval.bank !== null && retrieval.bank.similarity >= thresholds.bank) return { refused: null };
  if (thresholds.similarity !== null && (retrieval.similarity ?? -1) >= thresholds.similarity)
    return { refused: null };
  if (
    topicScore(retrieval, thresholds) < thresholds[topicGate(retrieval)] ||
    mentionedInPassing(retrieval, thresholds)
  )
    return refusal;
  return { refused: null };
}

/** The threshold that a question is declined under, by how it reached the text. */
export function topicGate({
  translated,
  acquaintance,
}: Retrieval): "refuse" | "refuseTranslated" | "refuseTranslatedInField" {
  if (!translated) return "refuse";
  return acquaintance.fieldIsKnown ? "refuseTranslatedInField" : "refuseTranslated";
}

/** The threshold from which a question may be answered. */
export function answerGate({ translated }: Retrieval): "answer" | "answerTranslated" {
  return translated ? "answerTranslated" : "answer";
}

/** Familiarity as the gates are compared with it: a question that names a term of the field gets by with less. */
export function topicScore(retrieval: Retrieval, thresholds: SufficiencyThresholds): number {
  const score = familiarity(retrieval, thresholds);
  return score === 0 ? 0 : score / leniency(retrieval, thresholds);
}

/** A question that names a term of the field is about it, however little else is familiar. */
function leniency({ understood, acquaintance }: Retrieval, { namedTerm }: SufficiencyThresholds): number {
  const { words, field, together } = acquaintance;
  const allNamesKnown = words.length > 0 && words.every(({ name }) => name) && field === 1 && together === 1;
  return understood.terms.length > 0 || allNamesKnown ? namedTerm : 1;
}

/** Each word is used somewhere, but none is a word of the field and no passage speaks of them together. */
export function mentionedInPassing(retrieval: Retrieval, thresholds: SufficiencyThresholds): boolean {
  const { words, field, together, fieldIsKnown } = retrieval.acquaintance;
  return (
    fieldIsKnown &&
    !retrieval.translated &&
    retrieval.understood.terms.length === 0 &&
    words.length > 1 &&
    field < FOREIGN &&
    together < thresholds.together
  );
}

/** Less of a question than this in the field is chance: a common word in some heading. */
const FOREIGN = 0.15;

/** What an answer would show, as sufficiency looks at it. */
export interface ShownText {
  readonly text: string;
  /** Headings and titles of the passages shown. */
  readonly context: string;
  /** The whole passages that the shown text is taken from. */
  readonly passages: readonly string[];
}

/**
 * Decides whether what would be shown answers the question: covered, partial (right topic, answer not found: show the
 * nearest text without a claim) or refused.
 *
 * @example judgeSufficiency(retrieval, shape, { text: "涌现能力是指…", context: "大语言模型，大在哪？", passages })
 */
export function judgeSufficiency(
  retrieval: Retrieval,
  shape: QuestionShape,
  shown: ShownText,
  thresholds: SufficiencyThresholds = DEFAULT_THRESHOLDS,
): Sufficiency {
  const { refused } = judgeTopic(retrieval, thresholds);
  if (refused !== null) return { outcome: "refused", reason: refused };
  if (retrieval.bank !== null && retrieval.bank.similarity >= thresholds.bank) return { outcome: "covered" };
  const doubts = doubtsAbout(retrieval, shape, shown, thresholds);
  return doubts.length === 0 ? { outcome: "covered" } : { outcome: "partial", doubts };
}

function doubtsAbout(
  retrieval: Retrieval,
  shape: QuestionShape,
  shown: ShownText,
  thresholds: SufficiencyThresholds,
): Doubt[] {
  const { question, terms } = retrieval.understood;
  const doubts: Doubt[] = [];
  const all = `${shown.context}\n${shown.text}`;
  if (topicScore(retrieval, thresholds) < thresholds[answerGate(retrieval)]) doubts.push("low-coverage");
  if (!retrieval.translated && !holdsEnough(retrieval, shape, shown, thresholds))
    doubts.push("words-missing");
  if (terms.length > 0 && !names(all, subjectForms({ shape, terms }))) doubts.push("subject-missing");
  // Evidence is looked for in the language of the shown text; a translated question has its own words nowhere in it.
  if (!evidenceFits(simplify(shown.text), shape, termSet(question))) doubts.push("evidence-missing");
  if (asksForDefinition(shape, terms) && !defines(shown.text, subjectForms({ shape, terms })))
    doubts.push("definition-missing");
  if (
    shape.sides !== null &&
    !retrieval.translated &&
    !shape.sides.every((side) => mentions(all, sideForms(side, terms)))
  )
    doubts.push("side-missing");
  if (!retrieval.translated) {
    if (numbersIn(question).some((number) => number.length > 1 && !numbersIn(all).includes(number)))
      doubts.push("number-missing");
    if (
      [...codeNames(question), ...latinNames(retrieval)].some(
        (name) => !names(shown.passages.join("\n"), [name]),
      )
    )
      doubts.push("name-missing");
    // A why-question takes its negation for granted: 为什么不改变输出分布？
    if (shape.type !== "why" && hasNegation(statement(question)) && !hasNegation(shown.text))
      doubts.push("negation-missing");
    if (swapsOpposite(question, all)) doubts.push("opposite");
  }
  return doubts;
}

/**
 * Do the passages shown hold enough of the question's words? 「苹果公司股价？」, a bare name, is one thing: its words must
 * stand together in one passage, or they are words of other things.
 */
function holdsEnough(
  retrieval: Retrieval,
  shape: QuestionShape,
  shown: ShownText,
  thresholds: SufficiencyThresholds,
): boolean {
  const { acquaintance, understood } = retrieval;
  const { words } = acquaintance;
  if (words.length === 0) return true;
  const known = glossaryNames(understood.terms);
  const held = (text: string) => shareHeld(words, termSet(`${text}\n${known}`));
  if (understood.terms.length === 0 && isBareName(understood.question, shape))
    return Math.max(...shown.passages.map(held)) >= thresholds.together;
  const least = understood.terms.length > 0 ? thresholds.shownOfTerm : thresholds.shown;
  return held(shown.passages.join("\n")) >= least;
}

function isBareName(question: string, { type, subject }: QuestionShape): boolean {
  return type === "definition" && normalize(question).replace(/[?？!！。.\s]+$/u, "") === normalize(subject);
}

/** Every name of the terms that the question names: the text may use another. */
function glossaryNames(terms: readonly GlossaryTerm[]): string {
  return terms.flatMap(surfaceForms).join("\n");
}

/** 什么是 X, where X is one thing: a term of the field, or a name in Latin letters. It is held to a defining sentence. */
function asksForDefinition(shape: QuestionShape, terms: readonly GlossaryTerm[]): boolean {
  const [term] = terms;
  if (shape.type !== "definition") return false;
  const subject = normalize(shape.subject);
  if (term === undefined) return /^[a-z][a-z0-9-]*(?: [a-z][a-z0-9-]*)?$/u.test(subject);
  return surfaceForms(term).some(
    (form) => Math.abs(normalize(form).length - subject.length) <= 2 && subject.includes(normalize(form)),
  );
}

/** A sentence that defines the subject, or that begins with it and goes on to say what it does. */
function defines(text: string, forms: readonly string[]): boolean {
  return splitSentences(simplify(text)).some((sentence) => {
    const opening = normalize(sentence.text).replace(/^[\s*「“"]*(?:the |an? )?/u, "");
    return forms.some(
      (form) => opening.startsWith(normalize(form)) || definitionStrength(sentence.text, form) > 0,
    );
  });
}

/** Names with a number or in capitals, as they are written: GPT-4, BM25, RLHF. Those stand for exactly one thing. */
function codeNames(question: string): string[] {
  const words = question.normalize("NFKC").match(/[A-Za-z][A-Za-z0-9]*(?:[-.][A-Za-z0-9]+)*/gu) ?? [];
  return words.filter((word) => /\d/u.test(word) || /^[A-Z]{2,}s?$/u.test(word));
}

/** Words in Latin letters of a Chinese question: terms and names, which a text on them keeps or has in the glossary. */
function latinNames({ understood }: Retrieval): string[] {
  if (understood.language !== "zh") return [];
  const glossary = normalize(glossaryNames(understood.terms));
  return (understood.question.match(/[A-Za-z]{4,}/gu) ?? []).filter(
    (word) => !glossary.includes(normalize(word)),
  );
}

/** True when one of the forms, or most of its two-character terms, stand in the text. */
function mentions(text: string, forms: readonly string[]): boolean {
  if (names(text, forms)) return true;
  const held = termSet(text);
  return forms.some((form) => {
    const wanted = [...termSet(form)].filter((key) => !key.startsWith("char:"));
    return wanted.length > 0 && wanted.filter((key) => held.has(key)).length >= wanted.length / 2;
  });
}

/** The question without the negations that only ask (是不是, 能不能, 有没有, isn't it). */
function statement(question: string): string {
  return normalize(question).replace(/(.)不\1|有没有|没有吗|isn't|aren't|doesn't|don't/gu, "");
}
