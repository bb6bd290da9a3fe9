import type { Chunk } from "../chunk/chunk.ts";
import { type BlockText, blocksOfChunk } from "./blocks-of-chunk.ts";
import type { Candidate } from "./candidates.ts";
import { readingLength } from "./reading-length.ts";

/** A part of an answer: what is shown, and the verbatim text that it stands on. */
export interface Piece {
  readonly chunk: Chunk;
  readonly block: BlockText;
  /** Markdown without a marker. */
  readonly shown: string;
  /** Verbatim from the block: `[start, end)` of its text. */
  readonly start: number;
  readonly end: number;
  readonly layout: "sentence" | "item" | "block";
  /** Number of an item in an ordered list. */
  readonly number?: number;
}

export interface PieceOptions {
  /** Code and formulas are shown when the question asks for them, or when a sentence announces them. */
  readonly wantsCode: boolean;
  readonly wantsFormula: boolean;
  /** Most items of a list; default 6. */
  readonly items?: number;
}

const MOST_ITEMS = 6;
const LONG_SENTENCE = 150;

/**
 * Turns picked sentences into the pieces of a readable answer: a lead-in brings its list, table, code or formula; an
 * item brings the line above its list; a sentence that points back brings the one it points to, or loses its connective;
 * a very long sentence is clipped at a clause.
 *
 * @param following the chunk behind a chunk, for a lead-in that ends one
 */
export function piecesOf(
  picked: readonly Candidate[],
  all: readonly Candidate[],
  options: PieceOptions,
  following: ReadonlyMap<string, Chunk> = new Map(),
): Piece[] {
  const pieces: Piece[] = [];
  const shown = new Set<string>();
  const add = (piece: Piece) => {
    const block = `${piece.chunk.id} ${piece.block.blockId}`;
    const key = piece.layout === "block" ? block : `${block} ${piece.start}`;
    // Nothing is said again that a table or list already showed whole.
    if (shown.has(key) || shown.has(block)) return;
    shown.add(key);
    pieces.push(piece);
  };
  for (const candidate of picked) {
    const before = neighbour(all, candidate, -1);
    if (candidate.kind === "sentence" && before !== undefined && needsPredecessor(candidate, before))
      add(sentence(before));
    if (candidate.kind !== "sentence" && before !== undefined) {
      const parent = all.find(
        (other) =>
          other.chunk === candidate.chunk && other.blockIndex === candidate.blockIndex - 1 && other.leadsIn,
      );
      if (parent !== undefined) add(sentence(parent));
    }
    if (candidate.kind === "item") add(item(candidate));
    else if (candidate.kind === "row") add(row(candidate));
    else add(sentence(candidate, pieces.length === 0 || before === undefined));
    for (const piece of attached(candidate, all, options, following)) add(piece);
  }
  return pieces;
}

function sentence(candidate: Candidate, opens = true): Piece {
  const { chunk, block } = candidate;
  const skipped = opens ? connectiveLength(candidate.text) : 0;
  const text = clip(candidate.text.slice(skipped));
  const start = candidate.start + skipped;
  return { chunk, block, shown: oneLine(text), start, end: start + text.length, layout: "sentence" };
}

function item(candidate: Candidate): Piece {
  const { chunk, block, start } = candidate;
  const text = clip(candidate.text);
  return { chunk, block, shown: oneLine(text), start, end: start + text.length, layout: "item" };
}

/** A table row reads as 「row — column: value；column: value」. */
function row(candidate: Candidate): Piece {
  const { chunk, block, start, end, text } = candidate;
  const header = cells(block.text.split("\n")[0] ?? "");
  const [first = "", ...rest] = cells(text);
  const values = rest.flatMap((value, column) =>
    value === "" ? [] : header[column + 1] ? `${header[column + 1]}：${value}` : value,
  );
  // A bare number says nothing without its column.
  const label = /^[\d.,%]+$/u.test(first) && header[0] ? `${header[0]}：${first}` : first;
  const shown = values.length > 0 ? `**${label}** — ${values.join("；")}` : label;
  return { chunk, block, shown, start, end, layout: "item" };
}

function cells(line: string): string[] {
  return line
    .trim()
    .replace(/^\||\|$/gu, "")
    .split(/(?<!\\)\|/u)
    .map((cell) => cell.trim().replace(/\\\|/gu, "|"));
}

/** What a lead-in announces, and code or a formula that the question asks for. */
function attached(
  candidate: Candidate,
  all: readonly Candidate[],
  options: PieceOptions,
  following: ReadonlyMap<string, Chunk>,
): Piece[] {
  if (candidate.kind !== "sentence") return [];
  const lastOfBlock = !all.some(
    (other) =>
      other.chunk === candidate.chunk &&
      other.blockIndex === candidate.blockIndex &&
      other.index > candidate.index,
  );
  if (!lastOfBlock) return [];
  let chunk = candidate.chunk;
  let block = blocksOfChunk(chunk)[candidate.blockIndex + 1];
  const behind = following.get(chunk.id);
  if (block === undefined && behind !== undefined && candidate.leadsIn) {
    chunk = behind;
    block = blocksOfChunk(behind)[0];
  }
  if (block === undefined) return [];
  const announced = candidate.leadsIn;
  if (block.kind === "list" && announced) return listPieces(chunk, block, options.items ?? MOST_ITEMS);
  const whole: Piece = { chunk, block, shown: block.text, start: 0, end: block.text.length, layout: "block" };
  if (block.kind === "table" && announced) return [whole];
  if (block.kind === "formula" && (announced || options.wantsFormula)) return [whole];
  if (block.kind === "code" && (options.wantsCode || (announced && block.text.length < 600)))
    return [{ ...whole, shown: fenced(block.text) }];
  return [];
}

export function listPieces(chunk: Chunk, block: BlockText, most = MOST_ITEMS): Piece[] {
  const starts = [...block.text.matchAll(/^(?:[-*+]|\d{1,3}[.)]) +(?:\[[ x]\] )?/gmu)];
  return starts.slice(0, most).map((marker, index) => {
    const start = marker.index + marker[0].length;
    const text = clip(block.text.slice(start, starts[index + 1]?.index ?? block.text.length).trimEnd());
    const number = Number.parseInt(marker[0], 10);
    return {
      chunk,
      block,
      shown: oneLine(text),
      start,
      end: start + text.length,
      layout: "item" as const,
      ...(Number.isNaN(number) ? {} : { number }),
    };
  });
}

function fenced(code: string): string {
  const fence = code.includes("```") ? "````" : "```";
  return `${fence}\n${code}\n${fence}`;
}

const POINTS_BACK =
  /^(?:它们?|他们?|她们?|这(?!里|门|本|节|章)|该|其(?!中|实|他|次)|此(?!外)|上述|前者|后者|两者|二者|反之|否则|it\b|its\b|they\b|their\b|this\b|that\b|these\b|those\b|such\b|the (?:former|latter)\b|he\b|she\b|his\b|her\b)/iu;
const POINTS_INSIDE =
  /前者|后者|^.{2,14}[把被让给用对将]它|(?:这|上述)(?:两|二|三|几)[个种者项]|the (?:former|latter)/iu;
const CONNECTIVE =
  /^(?:因此|所以|因而|但是|但|然而|不过|而且|而|同时|此外|另外|于是|并且|那么|也就是说|换句话说|总之|当然|其实|事实上|however|but|therefore|thus|so|and|moreover|furthermore|in addition|also|besides|yet)(?:[，,]\s*|(?=[\p{Script=Han}])(?<=因此|所以|但是|然而|不过|而且|此外|另外|于是|并且))/iu;

function needsPredecessor(candidate: Candidate, before: Candidate): boolean {
  if (before.block !== candidate.block && before.blockIndex !== candidate.blockIndex - 1) return false;
  if (before.kind !== "sentence" || before.asks || before.signpost) return false;
  return (
    (POINTS_BACK.test(candidate.text) || POINTS_INSIDE.test(candidate.text)) &&
    readingLength(before.text) <= 90
  );
}

function connectiveLength(text: string): number {
  return CONNECTIVE.exec(text)?.[0].length ?? 0;
}

/** Cuts a very long text behind a clause; what is left is still verbatim. */
function clip(text: string): string {
  if (readingLength(text) <= LONG_SENTENCE) return text;
  // Behind a whole sentence where the first is long enough to stand for the text.
  let sentenceEnd = 0;
  for (const boundary of text.matchAll(/[。！？]|[.!?](?=\s)/gu)) {
    if (readingLength(text.slice(0, boundary.index + 1)) > LONG_SENTENCE) break;
    sentenceEnd = boundary.index + 1;
  }
  if (readingLength(text.slice(0, sentenceEnd)) >= LONG_SENTENCE / 4) return text.slice(0, sentenceEnd);
  let end = 0;
  for (const boundary of text.matchAll(/[，,；;：。！？]|[.!?](?=\s)/gu)) {
    const next = boundary.index + 1;
    if (readingLength(text.slice(0, next)) > LONG_SENTENCE) break;
    end = next;
  }
  return end === 0 ? text : text.slice(0, end).replace(/[，,；;：]$/u, "");
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/gu, " ");
}

function neighbour(all: readonly Candidate[], candidate: Candidate, offset: number): Candidate | undefined {
  return all.find(
    (other) =>
      other.chunk === candidate.chunk &&
      other.passage === candidate.passage &&
      other.index === candidate.index + offset,
  );
}
