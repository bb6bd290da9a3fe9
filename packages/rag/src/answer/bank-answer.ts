import type { Chunk } from "../chunk/chunk.ts";
import { splitSentences } from "../language/sentences.ts";
import { surfaceForms } from "../retrieve/glossary.ts";
import type { BankMatch } from "../retrieve/retrieval.ts";
import { type BlockText, blocksOfChunk } from "./blocks-of-chunk.ts";
import { termSet } from "./candidates.ts";
import type { Citation } from "./events.ts";
import { aspectCue, definitionStrength, givesCause } from "./evidence.ts";
import type { BankQuestion, GlossaryTerm } from "./knowledge.ts";
import { listPieces, type Piece } from "./pieces.ts";
import { type QuestionShape, questionShape, splitQuestion } from "./question-type.ts";
import { readingLength } from "./reading-length.ts";
import { names, sideForms, subjectForms } from "./reading-score.ts";
import { citationFor, type RenderedAnswer } from "./render-answer.ts";
import { verifyClaim } from "./verify-claim.ts";

type Point = BankQuestion["points"][number];

/**
 * Answers a question of the author's bank from its points: each point with its verbatim evidence and a citation. A reader
 * who asks one thing of several, or only what something is, gets the points on that. A point whose quote is no longer in
 * the documents is left out, and a wording that its block does not bear out is not shown, only its quote.
 *
 * @param terms terms of the glossary that the question names
 * @returns null when no point is left, or none speaks of what is asked for
 */
export function bankAnswer(
  match: BankMatch,
  chunks: readonly Chunk[],
  question: string,
  terms: readonly GlossaryTerm[] = [],
): RenderedAnswer | null {
  const points = pointsFor(question, match.question, terms);
  if (points === null) return null;
  const citations: Citation[] = [];
  const lines: string[] = [];
  for (const { say, blockId, quote } of points) {
    const chunk = chunks.find((held) => held.blockIds.includes(blockId) && held.text.includes(quote));
    if (chunk === undefined) continue;
    const block = blocksOfChunk(chunk).find((held) => held.blockId === blockId && held.text.includes(quote));
    const text = block?.text ?? chunk.text;
    const evidence = wholeSentence(quote, text);
    const marker = citations.length + 1;
    const told = verifyClaim(say, text).supported ? pointText(say, evidence) : oneLine(evidence);
    citations.push(
      citationFor(chunk, blockId, evidence, marker, verifyClaim(evidence, text, chunk.title).supported),
    );
    lines.push(`- ${told} [${marker}]`);
    // A lead-in (「共四步：」) says nothing without its list.
    const items = block !== undefined && /[：:]$/u.test(evidence) ? listBehind(chunk, block) : [];
    const [first] = items;
    const last = items[items.length - 1];
    if (first === undefined || last === undefined) continue;
    const { blockId: listId, text: list } = first.block;
    citations.push(citationFor(chunk, listId, list.slice(first.start, last.end), marker + 1, true));
    lines.push(
      ...items.map(
        ({ shown, number }) => `  ${number === undefined ? "-" : `${number}.`} ${shown} [${marker + 1}]`,
      ),
    );
  }
  if (citations.length === 0) return null;
  const [only] = citations;
  // One point alone needs no list, and its quote no heading.
  const text = only !== undefined && citations.length === 1 ? `${oneLine(only.quote)}[1]` : lines.join("\n");
  return { text, citations };
}

/** The items of the list right behind a block. */
function listBehind(chunk: Chunk, block: BlockText): Piece[] {
  const blocks = blocksOfChunk(chunk);
  const next =
    blocks[blocks.findIndex(({ blockId, text }) => blockId === block.blockId && text === block.text) + 1];
  return next?.kind === "list" ? listPieces(chunk, next) : [];
}

/** The quote alone when it already says the point, otherwise the point and the quote. */
function pointText(say: string, quote: string): string {
  const evidence = oneLine(quote);
  const wanted = [...termSet(say)].filter((key) => !key.startsWith("char:"));
  const held = termSet(evidence);
  const shared = wanted.filter((key) => held.has(key)).length;
  const named = (say.match(/[A-Z][A-Za-z0-9-]+/gu) ?? []).every((name) => evidence.includes(name));
  if (wanted.length > 0 && named && shared / wanted.length >= 0.6) return evidence;
  return `**${say.replace(/[。.；;]\s*$/u, "")}**：${evidence}`;
}

/** The sentence around a quote that is part of one, unless that is much longer. */
function wholeSentence(quote: string, text: string): string {
  const at = text.indexOf(quote);
  const sentence = splitSentences(text).find(({ start, end }) => start <= at && at + quote.length <= end);
  if (sentence === undefined) return quote;
  const whole = sentence.text.replace(/^(?:[-*+]|\d{1,3}[.)])\s+/u, "");
  return whole.includes(quote) && readingLength(whole) <= readingLength(quote) + MOST_ADDED ? whole : quote;
}

const MOST_ADDED = 45;

/**
 * The points to show: all for the author's own question; for a narrower one those that answer it. Null where they do not:
 * a term of the question, the side or the one fact that it asks for is not spoken of.
 */
function pointsFor(
  question: string,
  { ask, variants, points }: BankQuestion,
  terms: readonly GlossaryTerm[],
): readonly Point[] | null {
  const shape = questionShape(question);
  const asked = splitQuestion(question).length;
  const narrower = asked === 1 && splitQuestion(ask).length > 1;
  if (ask === question || (variants.includes(question) && !(narrower && shape.type === "definition")))
    return points;
  const text = [ask, ...points.flatMap(({ say, quote }) => [say, quote])].join("\n");
  if (!terms.every((term) => names(text, surfaceForms(term)))) return null;
  if (
    shape.sides?.every((side) =>
      points.some(({ say, quote }) => names(`${say}\n${quote}`, sideForms(side, terms))),
    ) === false
  )
    return null;
  const subjects = subjectForms({ shape, terms });
  if (shape.type === "definition" && shape.aspect === null && asked === 1) {
    const defining = points.filter(({ quote }) =>
      subjects.some((name) => definitionStrength(quote, name) === 1),
    );
    return defining.length === 0 ? null : defining.slice(0, MOST_DEFINITIONS);
  }
  if (ONE_FACT.has(shape.type) && !variants.includes(question)) return null;
  const wanted = [...termSet(question)].filter((key) => !key.startsWith("char:"));
  const fits = points.map((point) => fitness(point, shape));
  const most = Math.max(...fits);
  if (shape.aspect !== null && most === 0) return null;
  if (!narrower) return [...points].sort((a, b) => fitness(b, shape) - fitness(a, shape));
  if (shape.aspect !== null) {
    const fitting = points.filter((_, place) => fits[place] === most);
    const own = fitting.filter(({ say, quote }) => names(`${say}\n${quote}`, subjects));
    // A drawback of one of several things is not that of another.
    const told = subjects.length > 0 && points.some(({ say, quote }) => names(`${say}\n${quote}`, subjects));
    return own.length > 0
      ? own
      : told && terms.length > 0 && splitQuestion(ask).length > 1 && manyThings(points)
        ? null
        : fitting;
  }
  const others = new Set(shape.type === "why" ? points.filter((point) => answersOther(point, subjects)) : []);
  const kept = points.filter((point) => !others.has(point));
  const value = (point: Point) => fitness(point, shape) + shareOf(point, wanted);
  // Where nothing tells them apart the author's order stands.
  return (kept.length > 0 ? kept : points)
    .map((point, place) => ({ point, rank: value(point) - 0.01 * place }))
    .sort((a, b) => b.rank - a.rank)
    .map(({ point }) => point);
}

/** Do the points define several things? */
function manyThings(points: readonly Point[]): boolean {
  return points.filter(({ quote }) => /^[^，。；]{1,60}是指/u.test(quote)).length > 1;
}

/** A point that says what the subject is, or what it costs, gives no reason for it. */
function answersOther({ say, quote }: Point, subjects: readonly string[]): boolean {
  return (
    subjects.some((name) => definitionStrength(quote, name) === 1) ||
    questionShape(`${say}\n${quote}`).aspect === "drawback"
  );
}

function shareOf({ say, quote }: Point, wanted: readonly string[]): number {
  if (wanted.length === 0) return 0;
  const held = termSet(`${say}\n${quote}`);
  return wanted.filter((key) => held.has(key)).length / wanted.length;
}

const MOST_DEFINITIONS = 2;
const ONE_FACT: ReadonlySet<string> = new Set(["count", "when", "who", "where"]);

/** Is the point of the kind that is asked for? */
function fitness({ say, quote }: Point, shape: QuestionShape): number {
  const text = `${say}\n${quote}`;
  // A point that names the side asked for (缺点, 代价) says more on it than one with a telling word.
  if (shape.aspect !== null)
    return Number(aspectCue(text, shape.aspect)) + Number(questionShape(text).aspect === shape.aspect);
  return shape.type === "why" ? Number(givesCause(text)) : 0;
}

function oneLine(text: string): string {
  return text
    .replace(/\s*\n\s*/gu, " ")
    .trim()
    .replace(/[；，]$/u, "。");
}
