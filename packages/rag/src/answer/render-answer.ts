import type { Chunk } from "../chunk/chunk.ts";
import { blockUrl } from "../document/document.ts";
import type { Citation } from "./events.ts";
import type { Piece } from "./pieces.ts";
import { verifyClaim } from "./verify-claim.ts";

export interface RenderedAnswer {
  /** Markdown with `[n]` behind every sentence. */
  readonly text: string;
  readonly citations: readonly Citation[];
}

interface Paragraph {
  readonly layout: Piece["layout"];
  readonly chunk: Chunk;
  text: string;
}

/** Writes pieces as Markdown and numbers what they stand on; neighbouring sentences of one block share a citation. */
export function renderAnswer(pieces: readonly Piece[], firstMarker = 1): RenderedAnswer {
  const citations: Citation[] = [];
  const paragraphs: Paragraph[] = [];
  let run: { readonly first: Piece; readonly end: number } | null = null;
  for (const piece of pieces) {
    const last = citations[citations.length - 1];
    if (run !== null && last !== undefined && continues(run, piece)) {
      citations[citations.length - 1] = {
        ...last,
        quote: piece.block.text.slice(run.first.start, piece.end),
      };
      run = { first: run.first, end: piece.end };
      dropLastMarker(paragraphs, piece, last.marker);
    } else {
      citations.push(citationOf(piece, firstMarker + citations.length));
      run = { first: piece, end: piece.end };
    }
    append(paragraphs, piece, withMarker(piece, firstMarker + citations.length - 1));
  }
  // A clause that nothing follows ends the sentence.
  const closed = paragraphs.map(({ text }) => text.replace(/；(\[\d+\])$/u, "。$1"));
  return { text: closed.join("\n\n"), citations };
}

/** Does the piece go on right behind what was quoted, in the same block? */
function continues(run: { readonly first: Piece; readonly end: number }, piece: Piece): boolean {
  const { block } = piece;
  if (
    run.first.block.blockId !== block.blockId ||
    run.first.block.text !== block.text ||
    piece.start < run.end
  )
    return false;
  const between = block.text.slice(run.end, piece.start);
  return piece.layout === "item"
    ? /^\s*(?:(?:[-*+]|\d{1,3}[.)]) +)?$/u.test(between)
    : /^\s*$/u.test(between);
}

/** Clauses that end in a semicolon carry their marker behind the end of the sentence. */
function dropLastMarker(paragraphs: readonly Paragraph[], piece: Piece, marker: number): void {
  const current = paragraphs[paragraphs.length - 1];
  const mark = `[${marker}]`;
  const clause = current?.text.endsWith(`；${mark}`) || current?.text.endsWith(`;${mark}`);
  if (piece.layout === "sentence" && current?.layout === "sentence" && clause)
    current.text = current.text.slice(0, -mark.length);
}

function append(paragraphs: Paragraph[], piece: Piece, marked: string): void {
  const current = paragraphs[paragraphs.length - 1];
  const { layout, chunk } = piece;
  if (current === undefined || layout === "block" || current.layout !== layout || current.chunk !== chunk) {
    paragraphs.push({ layout, chunk, text: marked });
    return;
  }
  const latin = /[\p{Script=Latin}\d.!?]$/u.test(current.text.replace(/\[\d+\]$/u, ""));
  current.text += (layout === "item" ? "\n" : latin ? " " : "") + marked;
}

function withMarker(piece: Piece, marker: number): string {
  if (piece.layout === "item")
    return `${piece.number === undefined ? "-" : `${piece.number}.`} ${piece.shown} [${marker}]`;
  if (piece.layout === "block") return `${piece.shown}\n\n[${marker}]`;
  // A lead-in keeps its colon at the end of the line.
  const lead = /[：:]$/u.exec(piece.shown);
  return lead === null ? `${piece.shown}[${marker}]` : `${piece.shown.slice(0, -1)}[${marker}]${lead[0]}`;
}

function citationOf(piece: Piece, marker: number): Citation {
  const quote = piece.block.text.slice(piece.start, piece.end);
  return citationFor(
    piece.chunk,
    piece.block.blockId,
    quote,
    marker,
    verifyClaim(piece.shown, piece.block.text).supported,
  );
}

/** A citation of a quote in a block. */
export function citationFor(
  chunk: Chunk,
  blockId: string,
  quote: string,
  marker: number,
  supported: boolean,
): Citation {
  return {
    marker,
    documentId: chunk.documentId,
    blockId,
    headingPath: chunk.headingPath,
    quote,
    ...(chunk.url === undefined ? {} : { url: blockUrl(chunk.url, blockId) }),
    ...(chunk.page === undefined ? {} : { page: chunk.page }),
    supported,
  };
}
