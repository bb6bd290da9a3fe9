import type { Chunk } from "../chunk/chunk.ts";
import type { QueryTerm } from "../index/chunk-index.ts";
import { isQuestionWord } from "../language/question-words.ts";
import { extractTerms } from "../language/terms.ts";
import { type Candidate, termSet } from "./candidates.ts";
import { fitsAnswerType } from "./evidence.ts";
import type { QuestionShape } from "./question-type.ts";

export interface ScoringInput {
  readonly question: string;
  readonly shape: QuestionShape;
  readonly terms: readonly QueryTerm[];
  /** Score of each passage, in the passages' order. */
  readonly passageScores: readonly number[];
}

export interface ScoredCandidate {
  readonly candidate: Candidate;
  readonly score: number;
  /** Share of the question's idf mass that stands in the sentence, 0–1. */
  readonly share: number;
}

/**
 * Scores each candidate as an answer: a weighted sum of how much of the question stands in it, in its neighbours and in
 * its headings, how its passage ranked, and whether it holds what is asked for (a date, a number, a definition).
 * The weights were fitted on Chinese and English reading-comprehension sets.
 */
export function scoreCandidates(candidates: readonly Candidate[], input: ScoringInput): ScoredCandidate[] {
  const terms = contentTerms(input.terms);
  const mass = terms.reduce((sum, term) => sum + term.value, 0) || 1;
  const local = localValues(terms, candidates);
  const localMass = [...local.values()].reduce((sum, value) => sum + value, 0) || 1;
  const near = termsNearQuestionWord(input.question);
  const nearTerms = terms.filter((term) => near.has(term.key));
  const nearMass = nearTerms.reduce((sum, term) => sum + term.value, 0);
  const questionTerms = termSet(input.question);
  const topScore = Math.max(...input.passageScores, 1e-9);
  const headings = new Map<Chunk, ReadonlySet<string>>();

  return candidates.map((candidate, position) => {
    let share = 0;
    let localShare = 0;
    let missingBefore = 0;
    let missingAfter = 0;
    let inHeading = 0;
    const before = sameChunk(candidates[position - 1], candidate);
    const after = sameChunk(candidates[position + 1], candidate);
    let heading = headings.get(candidate.chunk);
    if (heading === undefined) {
      heading = termSet([candidate.chunk.title, ...candidate.chunk.headingPath].join("\n"));
      headings.set(candidate.chunk, heading);
    }
    for (const { key, value } of terms) {
      if (candidate.terms.has(key)) {
        share += value;
        localShare += local.get(key) ?? 0;
        continue;
      }
      if (before?.terms.has(key)) missingBefore += value;
      if (after?.terms.has(key)) missingAfter += value;
      if (heading.has(key)) inHeading += value;
    }
    const nearShare = nearTerms.reduce(
      (sum, { key, value }) => sum + (candidate.terms.has(key) ? value : 0),
      0,
    );
    const score =
      0.3 * (share / mass) +
      0.6 * (localShare / localMass) +
      (nearMass > 0 ? 0.2 * (nearShare / nearMass) : 0) +
      0.4 * (missingBefore / mass) +
      0.2 * (missingAfter / mass) +
      0.3 * (inHeading / mass) +
      0.5 * ((input.passageScores[candidate.passage] ?? 0) / topScore) +
      0.1 / (candidate.passage + 1) +
      fitsAnswerType(candidate.folded, input.shape, questionTerms) +
      (candidate.first ? 0.03 : 0);
    return { candidate, score, share: share / mass };
  });
}

interface WeighedTerm {
  readonly key: string;
  readonly weight: number;
  readonly value: number;
}

/** The question's terms without its question words, each once. */
function contentTerms(terms: readonly QueryTerm[]): WeighedTerm[] {
  const kept = new Map<string, WeighedTerm>();
  for (const { field, term, weight, idf } of terms) {
    if (weight <= 0 || isQuestionWord(field, term)) continue;
    const key = `${field}:${term}`;
    const before = kept.get(key);
    if (before === undefined || before.weight < weight) kept.set(key, { key, weight, value: weight * idf });
  }
  return [...kept.values()];
}

/** Weight × idf with the candidate sentences as the collection: what tells these sentences apart. */
function localValues(terms: readonly WeighedTerm[], candidates: readonly Candidate[]): Map<string, number> {
  const values = new Map<string, number>();
  for (const { key, weight } of terms) {
    let n = 0;
    for (const candidate of candidates) if (candidate.terms.has(key)) n += 1;
    if (n > 0) values.set(key, weight * Math.log(1 + (candidates.length - n + 0.5) / (n + 0.5)));
  }
  return values;
}

const NEAR = 4;

/** Terms that stand within four characters of a question word: usually what the answer is a kind of. */
function termsNearQuestionWord(question: string): Set<string> {
  const terms = extractTerms(question);
  const asking = terms.filter(({ field, term }) => isQuestionWord(field, term));
  const near = new Set<string>();
  for (const { field, term, start, end } of terms)
    if (asking.some((word) => start - word.end <= NEAR && word.start - end <= NEAR))
      near.add(`${field}:${term}`);
  return near;
}

function sameChunk(neighbour: Candidate | undefined, candidate: Candidate): Candidate | undefined {
  return neighbour?.chunk === candidate.chunk ? neighbour : undefined;
}
