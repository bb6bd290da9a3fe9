import type { Candidate } from "./candidates.ts";
import { aspectCue, isDated } from "./evidence.ts";
import type { QuestionShape } from "./question-type.ts";
import { readingLength } from "./reading-length.ts";
import { names } from "./reading-score.ts";
import type { ScoredCandidate } from "./score-candidates.ts";

export interface SelectionLimits {
  /** Most sentences picked by score; default 3. */
  readonly sentences: number;
  /** How far below the best a further pick may lie; default 0.27. */
  readonly margin: number;
  /** Most sentences that follow the best one of a how-question; default 4. */
  readonly following: number;
  /** Characters (a Latin letter counts a third) after which nothing more is picked. */
  readonly length: number;
}

export const DEFAULT_LIMITS: SelectionLimits = { sentences: 3, margin: 0.27, following: 4, length: 190 };

/** Picks the sentences to show, in reading order: passages by rank, and within a passage as they stand there. */
export function selectCandidates(
  scored: readonly ScoredCandidate[],
  shape: QuestionShape,
  sides: readonly (readonly string[])[],
  limits: SelectionLimits = DEFAULT_LIMITS,
): Candidate[] {
  const ranked = [...scored].sort((a, b) => b.score - a.score);
  const best = ranked[0];
  if (best === undefined) return [];
  const picked = new Set<Candidate>([best.candidate]);
  // A lead-in with its list is the whole of a how-to or an enumeration.
  if (best.candidate.announces === "list" && (shape.type === "how" || shape.type === "list"))
    return [best.candidate];
  if (
    best.candidate.kind === "sentence" &&
    best.candidate.announces === null &&
    goesOn(best.candidate, shape)
  ) {
    follow(best.candidate, scored, picked, limits);
  } else {
    if (shape.type === "compare") bothSides(ranked, sides, picked);
    let length = [...picked].reduce((sum, candidate) => sum + readingLength(candidate.text), 0);
    const kind = fittingKind(best.candidate, shape);
    for (const { candidate, score } of ranked) {
      if (picked.size >= limits.sentences || score < best.score - limits.margin) break;
      if (picked.has(candidate) || candidate.signpost || repeats(candidate, picked)) continue;
      if (!kind(candidate)) continue;
      if (length + readingLength(candidate.text) > limits.length) continue;
      picked.add(candidate);
      length += readingLength(candidate.text);
    }
  }
  return SINGLE_FACT.has(shape.type) ? bestFirst(picked, best.candidate) : inReadingOrder(picked);
}

/** One sentence answers these; where it stands in the documents matters less than that it is read first. */
const SINGLE_FACT: ReadonlySet<string> = new Set(["definition", "count", "when", "who", "where"]);

function bestFirst(picked: Iterable<Candidate>, best: Candidate): Candidate[] {
  const ordered = inReadingOrder(picked);
  return [
    ...ordered.filter(({ passage }) => passage === best.passage),
    ...ordered.filter(({ passage }) => passage !== best.passage),
  ];
}

/** Where the best sentence speaks of the side that is asked for, one that does not adds nothing. */
function fittingKind(best: Candidate, { type, aspect }: QuestionShape): (candidate: Candidate) => boolean {
  const test = aspect !== null ? (text: string) => aspectCue(text, aspect) : type === "when" ? isDated : null;
  if (test === null || !test(best.folded)) return () => true;
  return ({ folded, block }) => test(folded) || block === best.block;
}

/** How-to's run on behind the best sentence, and so does what a short topic sentence opens (「嵌入也有短处。」). */
function goesOn({ text }: Candidate, { type, aspect }: QuestionShape): boolean {
  return type === "how" || (aspect !== null && readingLength(text) <= TOPIC_SENTENCE);
}

const TOPIC_SENTENCE = 22;

export function inReadingOrder(candidates: Iterable<Candidate>): Candidate[] {
  return [...candidates].sort((a, b) => a.passage - b.passage || a.index - b.index);
}

/** The sentences behind the best one, as long as they stay with it. */
function follow(
  best: Candidate,
  scored: readonly ScoredCandidate[],
  picked: Set<Candidate>,
  limits: SelectionLimits,
): void {
  const later = scored
    .map(({ candidate }) => candidate)
    .filter(
      (candidate) => candidate.chunk === best.chunk && candidate.index > best.index && !candidate.signpost,
    )
    .sort((a, b) => a.index - b.index)
    .slice(0, limits.following);
  let length = readingLength(best.text);
  for (const candidate of later) {
    length += readingLength(candidate.text);
    if (length > limits.length * 1.3) break;
    picked.add(candidate);
  }
}

/** A comparison needs a sentence about each side, where none speaks of both. */
function bothSides(
  ranked: readonly ScoredCandidate[],
  sides: readonly (readonly string[])[],
  picked: Set<Candidate>,
): void {
  for (const side of sides) {
    if ([...picked].some((candidate) => names(candidate.text, side))) continue;
    const other = ranked.find(({ candidate }) => names(candidate.text, side) && !candidate.signpost);
    if (other !== undefined) picked.add(other.candidate);
  }
}

function repeats(candidate: Candidate, picked: ReadonlySet<Candidate>): boolean {
  return [...picked].some((other) => other.text === candidate.text || other.text.includes(candidate.text));
}
