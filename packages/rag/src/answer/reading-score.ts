import { normalize } from "../language/normalize.ts";
import { surfaceForms } from "../retrieve/glossary.ts";
import { type Candidate, termSet } from "./candidates.ts";
import {
  aspectCue,
  definitionStrength,
  givesCause,
  hasContrast,
  isDated,
  ORIGIN,
  tellsMaker,
} from "./evidence.ts";
import type { GlossaryTerm } from "./knowledge.ts";
import type { QuestionShape } from "./question-type.ts";
import type { ScoredCandidate } from "./score-candidates.ts";

export interface ReadingInput {
  readonly question: string;
  readonly shape: QuestionShape;
  /** Glossary terms that the question names, longest first. */
  readonly terms: readonly GlossaryTerm[];
  readonly wantsFormula: boolean;
  readonly wantsCode: boolean;
}

/** Names that a question's subject goes by; the longest glossary term where there is one, else the bare question. */
export function subjectForms(input: Pick<ReadingInput, "shape" | "terms">): string[] {
  const [term] = input.terms;
  if (term !== undefined) return surfaceForms(term);
  return input.shape.subject === "" ? [] : [input.shape.subject];
}

/**
 * Moves the core scores towards what reads well as an answer: a definition first for 什么是, lists for 哪些, both names
 * for 区别; away from the wrong subject, signposts and mere comparisons. Questions in the text are dropped and their score
 * passes to what follows them.
 */
export function readingScores(scored: readonly ScoredCandidate[], input: ReadingInput): ScoredCandidate[] {
  const subjects = subjectForms(input);
  const sides = input.shape.sides?.map((side) => sideForms(side, input.terms)) ?? [];
  const asked = termSet(input.question);
  const adjusted: ScoredCandidate[] = [];
  let inherited = 0;
  scored.forEach((entry, position) => {
    const { candidate } = entry;
    const before = scored[position - 1]?.candidate;
    if (echoes(candidate.text, asked)) return;
    if (candidate.asks) {
      inherited = Math.max(inherited, entry.score);
      return;
    }
    let score = entry.score;
    if (inherited > 0 && before?.chunk === candidate.chunk) score = Math.max(score, inherited - 0.05);
    inherited = 0;
    score += typeBonus(candidate, input, subjects, sides);
    score += headingBonus(candidate, input);
    if (input.wantsFormula && candidate.announces === "formula") score += 0.4;
    if (input.wantsCode && candidate.announces === "code") score += 0.2;
    if (input.terms.length > 0 && !speaksOf(subjects, candidate, before)) score -= 0.3;
    for (const term of input.terms.slice(1, 3))
      if (speaksOf(surfaceForms(term), candidate, undefined)) score += 0.12;
    if (input.shape.type !== "compare" && comparesWith(candidate.folded, subjects)) score -= 0.2;
    if (candidate.signpost) score -= candidate.kind === "item" ? 1 : 0.4;
    if (candidate.kind === "row" && !opensWith(candidate, [...subjects, ...sides.flat()])) score -= 0.2;
    adjusted.push({ ...entry, score });
  });
  return adjusted;
}

/** Does the sentence, the one before it, or its heading name the subject? */
export function speaksOf(
  subjects: readonly string[],
  candidate: Candidate,
  before: Candidate | undefined,
): boolean {
  const { chunk } = candidate;
  const places = [
    candidate.text,
    before?.chunk === chunk ? before.text : "",
    ...chunk.headingPath,
    chunk.title,
  ];
  return places.some((place) => names(place, subjects));
}

export function names(text: string, forms: readonly string[]): boolean {
  const folded = normalize(text);
  return forms.some((form) => standsIn(folded, normalize(form)));
}

/** A name in Latin letters stands there as a word of its own: GraphRAG does not name RAG. */
function standsIn(folded: string, form: string): boolean {
  if (form === "") return false;
  for (let at = folded.indexOf(form); at >= 0; at = folded.indexOf(form, at + 1)) {
    const inWord = LATIN.test(form[0] ?? "") && LATIN.test(folded[at - 1] ?? "");
    if (!inWord) return true;
  }
  return false;
}

const LATIN = /[a-z]/u;

/** A side of a comparison by all its glossary names. */
export function sideForms(side: string, terms: readonly GlossaryTerm[]): string[] {
  const term = terms.find((entry) => names(side, surfaceForms(entry)));
  return term === undefined ? [side] : surfaceForms(term);
}

function typeBonus(
  candidate: Candidate,
  { shape, question, terms }: ReadingInput,
  subjects: readonly string[],
  sides: readonly string[][],
): number {
  const text = candidate.folded;
  const named = names(text, subjects);
  const asksOrigin = terms.length > 0 && ORIGIN.test(question);
  let bonus = 0;
  if (shape.aspect !== null && aspectCue(text, shape.aspect)) bonus += named ? 0.35 : 0.25;
  if (asksBeyondDefinition(shape) && subjects.some((subject) => definitionStrength(text, subject) === 1))
    bonus -= 0.35;
  switch (shape.type) {
    case "definition":
      bonus += 0.35 * Math.max(0, ...subjects.map((subject) => definitionStrength(text, subject)));
      break;
    case "who":
      if (asksOrigin && tellsMaker(text)) bonus += 0.25;
      break;
    case "when":
      if (asksOrigin && isDated(text)) bonus += 0.1;
      break;
    case "list":
      if (candidate.announces === "list") bonus += 0.4;
      if (candidate.kind === "item") bonus += 0.1;
      break;
    case "how":
      if (candidate.announces === "list") bonus += 0.45;
      break;
    case "why":
      if (givesCause(text)) bonus += named ? 0.35 : 0.15;
      break;
    case "compare":
    case "relation": {
      const both = sides.every((forms) => names(text, forms));
      if (sides.length === 2 && both) bonus += hasContrast(text) ? 0.4 : 0.3;
      break;
    }
  }
  return bonus;
}

/** A question that takes it for granted that the reader knows what the subject is: its definition answers nothing. */
function asksBeyondDefinition({ type, aspect }: QuestionShape): boolean {
  return aspect !== null || type === "why" || type === "how" || type === "list" || type === "count";
}

/** A table row is about what its first cell names. */
function opensWith(candidate: Candidate, forms: readonly string[]): boolean {
  return names(candidate.text.split(/(?<!\\)\|/u)[1] ?? "", forms);
}

/** A text that quotes the question, as an example of one, does not answer it. */
function echoes(text: string, question: ReadonlySet<string>): boolean {
  for (const [, quoted = ""] of text.matchAll(/[「“"『]([^」”"』]{4,60})[」”"』]/gu)) {
    const held = termSet(quoted);
    let shared = 0;
    for (const key of held) if (question.has(key)) shared += 1;
    if ((2 * shared) / (held.size + question.size) >= 0.8) return true;
  }
  return false;
}

export const SECTION_OF: Readonly<Record<string, RegExp>> = {
  definition: /^(?:what|是什么|定义|概念|含义)/iu,
  why: /^(?:why|为什么|动机|原因|背景)/iu,
  how: /^(?:how|怎么|怎样|如何)|步骤|流程|做法|实现$/iu,
};

function headingBonus(candidate: Candidate, { question, shape }: ReadingInput): number {
  const { headingPath } = candidate.chunk;
  const heading = headingPath[headingPath.length - 1];
  if (heading === undefined) return 0;
  let bonus = SECTION_OF[shape.type]?.test(heading) ? 0.15 : ofAnotherKind(heading, shape) ? -0.15 : 0;
  // A heading that nearly is the question: its section opens with the answer.
  if (candidate.first && likeness(heading, question) >= 0.7) bonus += 0.3;
  if (shape.aspect !== null && aspectCue(heading, shape.aspect)) bonus += 0.15;
  return bonus;
}

/** 「Why：…」 over a passage says that it is no how-to. */
function ofAnotherKind(heading: string, { type, aspect }: QuestionShape): boolean {
  const kind = /^(what|why|how)[：:]/iu.exec(heading)?.[1]?.toLowerCase();
  if (kind === undefined || aspect !== null) return false;
  const wanted = { definition: "what", why: "why", how: "how" }[type as string];
  return wanted !== undefined && wanted !== kind;
}

/** Share of characters that two short texts have in common, 0–1. */
function likeness(a: string, b: string): number {
  const left = new Set(normalize(a).match(/[\p{L}\p{N}]/gu) ?? []);
  const right = new Set(normalize(b).match(/[\p{L}\p{N}]/gu) ?? []);
  let shared = 0;
  for (const character of left) if (right.has(character)) shared += 1;
  return (2 * shared) / (left.size + right.size || 1);
}

/** 「与 GPT-3 相比，成本仅 1/3」 says nothing about GPT-3 itself. */
function comparesWith(text: string, subjects: readonly string[]): boolean {
  return subjects.some((subject) => {
    const at = text.indexOf(subject);
    if (at < 0 || text.indexOf(subject, at + 1) >= 0) return false;
    const before = text.slice(Math.max(0, at - 8), at);
    const after = text.slice(at + subject.length, at + subject.length + 8);
    return (
      (/(?:与|和|跟|同|相比于?|相对于?|不同于|比|compared (?:with|to)|unlike|than)\s*$/iu.test(before) &&
        /^\s*(?:相比|不同|相对|而言|更|[，,])/u.test(after)) ||
      /(?:不同于|相比于|unlike|compared (?:with|to))\s*$/iu.test(before)
    );
  });
}
