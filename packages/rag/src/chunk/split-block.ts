import type { Block } from "../document/document.ts";
import { splitSentences } from "../language/sentences.ts";

/** A block, or a part of one that is too long: `block.text.slice(from, to)`. */
export interface Piece {
  readonly block: Block;
  readonly from: number;
  readonly to: number;
}

export type CountTokens = (text: string) => number;

/** What a piece reads as: rows of a long table have the table's header in front. */
export function pieceText({ block, from, to }: Piece): string {
  return (from > 0 ? tableHeader(block) : "") + block.text.slice(from, to);
}

/**
 * Parts of a block of at most `maxTokens` tokens each: whole sentences (rows of a table, lines of code, of a list or of
 * a formula) as long as they fit; a longer one is cut at commas, then between words, then between graphemes. Only a
 * single grapheme can exceed the size. The parts cover the text but for the whitespace between them.
 */
export function splitBlock(block: Block, maxTokens: number, countTokens: CountTokens): Piece[] {
  const byLine = block.kind === "table" || isLineWise(block);
  const header = tableHeader(block);
  const limit = (from: number, to: number) =>
    countTokens((from > 0 ? header : "") + block.text.slice(from, to)) <= maxTokens;

  let cuts = byLine ? lineStarts(block.text, header.length) : sentenceStarts(block.text);
  for (const finer of [clauseStarts, wordStarts, graphemeStarts]) {
    cuts = refine(block.text, cuts, limit, finer);
  }
  return pack(block, cuts, limit, byLine);
}

/** Blocks that are read line by line. */
export function isLineWise({ kind }: Pick<Block, "kind">): boolean {
  return kind === "table" || kind === "code" || kind === "list" || kind === "formula";
}

type Fits = (from: number, to: number) => boolean;

// Greedy: each piece takes as many atoms as fit. Galloping keeps it at a few counts a piece, however small the atoms.
function pack(block: Block, cuts: readonly number[], fits: Fits, byLine: boolean): Piece[] {
  const { text } = block;
  const edges = [...cuts, text.length];
  const pieces: Piece[] = [];
  for (let first = 0; first < cuts.length; ) {
    let low = first + 1;
    let step = 1;
    while (low + step < edges.length && fits(edges[first]!, edges[low + step]!)) {
      low += step;
      step *= 2;
    }
    for (; step >= 1; step = Math.floor(step / 2)) {
      if (low + step < edges.length && fits(edges[first]!, edges[low + step]!)) low += step;
    }
    const piece = trimmed(block, edges[first]!, edges[low]!, byLine);
    if (piece.to > piece.from) pieces.push(piece);
    first = low;
  }
  return pieces;
}

// Code keeps the indentation of its first line.
function trimmed(block: Block, start: number, end: number, byLine: boolean): Piece {
  const { text } = block;
  let from = start;
  let to = end;
  const outer = byLine ? /[\r\n]/ : /\s/;
  while (from < to && outer.test(text[from]!)) from++;
  while (to > from && /\s/.test(text[to - 1]!)) to--;
  return { block, from, to };
}

function refine(
  text: string,
  cuts: readonly number[],
  fits: Fits,
  finer: (text: string) => Iterable<number>,
): number[] {
  const refined: number[] = [];
  for (const [index, from] of cuts.entries()) {
    const to = cuts[index + 1] ?? text.length;
    if (fits(from, to)) refined.push(from);
    else for (const start of finer(text.slice(from, to))) refined.push(from + start);
  }
  return refined;
}

function tableHeader(block: Block): string {
  if (block.kind !== "table") return "";
  return /^\|.*\|\n\|[ :|-]+\|\n/.exec(block.text)?.[0] ?? "";
}

// The header is kept with the first row.
function lineStarts(text: string, headerLength: number): number[] {
  const starts = [0];
  const firstRowEnd = headerLength === 0 ? 0 : text.indexOf("\n", headerLength) + 1 || text.length;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) {
    if (at + 1 >= firstRowEnd && at + 1 < text.length) starts.push(at + 1);
  }
  return starts;
}

function sentenceStarts(text: string): number[] {
  const starts = splitSentences(text).map((sentence) => sentence.start);
  starts[0] = 0;
  return starts;
}

function clauseStarts(text: string): number[] {
  const starts = [0];
  for (const { index, 0: mark } of text.matchAll(/[，、；：,;:]+["”’」』）)]*\s*/g)) {
    const start = index + mark.length;
    if (start < text.length && isGraphemeEdge(text, start)) starts.push(start);
  }
  return starts;
}

const words = new Intl.Segmenter("zh", { granularity: "word" });
const graphemes = new Intl.Segmenter("zh", { granularity: "grapheme" });
const WINDOW = 512;

const wordStarts = (text: string) => segmentStarts(text, words);
const graphemeStarts = (text: string) => segmentStarts(text, graphemes);

// Every segment that Intl.Segmenter gives back holds a copy of its whole input, so a long text goes in windows; the
// last segment of a window may be cut off and is segmented again at the head of the next.
function* segmentStarts(text: string, segmenter: Intl.Segmenter): Generator<number> {
  let window = WINDOW;
  for (let at = 0; at < text.length; ) {
    const starts = Array.from(segmenter.segment(text.slice(at, at + window)), ({ index }) => at + index);
    if (at + window >= text.length) {
      yield* starts;
      return;
    }
    const last = starts.pop()!;
    yield* starts;
    window = last === at ? window * 2 : WINDOW;
    at = last;
  }
}

// A mark behind a comma or a space belongs to it. A window is enough: graphemes are short.
function isGraphemeEdge(text: string, at: number): boolean {
  const from = Math.max(0, at - 256);
  return graphemes.segment(text.slice(from, at + 64)).containing(at - from)?.index === at - from;
}
