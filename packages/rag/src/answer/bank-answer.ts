import type { Chunk } from "../chunk/chunk.ts";
import { splitSentences } from "../language/sentences.ts";
import type { BankMatch } from "../retrieve/retrieval.ts";
import { blocksOfChunk } from "./blocks-of-chunk.ts";
import { termSet } from "./candidates.ts";
import type { Citation } from "./events.ts";
import { aspectCue, definitionStrength, givesCause } from "./evidence.ts";
import type { BankQuestion } from "./knowledge.ts";
import { type QuestionShape, questionShape, splitQuestion } from "./question-type.ts";
import { readingLength } from "./reading-length.ts";
import { citationFor, type RenderedAnswer } from "./render-answer.ts";
import { verifyClaim } from "./verify-claim.ts";

type Point = BankQuestion["points"][number];

/**
 * Answers a question of the author's bank from its points: each point with its verbatim evidence and a citation. Where the
 * author asks several things at once and the reader one of them, the points that answer that one come first. A point
 * whose quote is no longer in the documents is left out, and a wording that its block does not bear out is not shown,
 * only its quote; null when no point is left, or none
 * speaks of the side that is asked for.
 */
export function bankAnswer(
  match: BankMatch,
  chunks: readonly Chunk[],
  question: string,
): RenderedAnswer | null {
  const points = inOrderFor(question, match.question);
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
  }
  return citations.length === 0 ? null : { text: lines.join("\n"), citations };
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

/** The points, those that answer the question first; null when a side is asked for (an example) that none speaks of. */
function inOrderFor(question: string, { ask, variants, points }: BankQuestion): readonly Point[] | null {
  if ([ask, ...variants].includes(question)) return points;
  if (splitQuestion(ask).length < 2 || splitQuestion(question).length > 1) return points;
  const shape = questionShape(question);
  const fits = points.map((point) => fitness(point, shape));
  // Where nothing tells them apart the author's order stands.
  const most = Math.max(...fits);
  if (shape.aspect !== null && most === 0) return null;
  const fitting = points.filter((_, place) => fits[place] === most);
  return [...fitting, ...points.filter((_, place) => fits[place] !== most)];
}

/** Is the point of the kind that is asked for? */
function fitness({ say, quote }: Point, shape: QuestionShape): number {
  const text = `${say}\n${quote}`;
  // A point that names the side asked for (缺点, 代价) says more on it than one with a telling word.
  if (shape.aspect !== null)
    return Number(aspectCue(text, shape.aspect)) + Number(questionShape(text).aspect === shape.aspect);
  switch (shape.type) {
    case "definition":
      return Math.max(definitionStrength(quote, shape.subject), Number(/^定义/u.test(say)));
    case "why":
      return Number(givesCause(text));
    default:
      return 0;
  }
}

function oneLine(text: string): string {
  return text
    .replace(/\s*\n\s*/gu, " ")
    .trim()
    .replace(/[；，]$/u, "。");
}
