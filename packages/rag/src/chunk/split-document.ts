import { countTokens as countLocally } from "@zixue/models/tokens";
import { contentHash, withoutOuterSpace } from "../document/build-document.ts";
import type { Block, ParsedDocument } from "../document/document.ts";
import { RagError } from "../errors.ts";
import type { Chunk, ChunkSpan } from "./chunk.ts";
import { groupBlocks } from "./group-blocks.ts";
import { sourceOffsets } from "./source-offsets.ts";
import { type CountTokens, isLineWise, type Piece, pieceText, splitBlock } from "./split-block.ts";

export interface SplitOptions {
  /**
   * Most tokens of a chunk. Default 320, about 380 Chinese characters or 240 English words: enough for one thought with
   * its reasons, short enough that a match says which thought it was.
   */
  readonly maxTokens?: number;
  /** A last chunk under a heading below this is evened out with the one before. Default a third of `maxTokens`, up to 100. */
  readonly minTokens?: number;
  /**
   * Most tokens of a table, list, code block or formula (with the line that announces it) that is kept whole although
   * it exceeds `maxTokens`. Default 2.5 × `maxTokens`.
   */
  readonly maxWholeTokens?: number;
  /** Default: the local estimate of `@zixue/models/tokens`. */
  readonly countTokens?: CountTokens;
}

/**
 * Splits a document into chunks along its structure. A chunk stays under one heading; whole blocks are gathered up to
 * `maxTokens`. Tables, lists, code and formulas stay whole up to `maxWholeTokens` and with the paragraph that announces
 * them; beyond it they are cut between rows or lines, and a table's header is repeated. A longer paragraph is cut
 * between sentences. No cut falls inside a grapheme.
 *
 * Every content block is in exactly one chunk, or in several when it was cut. Headings are in `headingPath` and not in
 * `blockIds`, so that a citation always points at content; only a document of nothing but headings has them as content.
 * The same document and options give the same ids, and an edit changes the ids under its own heading only.
 *
 * @throws RagError `invalid-input` when a size is not a positive number or `minTokens` exceeds `maxTokens`.
 * @example
 * const chunks = splitDocument(parseMarkdown({ id: "1.3", content }));
 */
export function splitDocument(document: ParsedDocument, options: SplitOptions = {}): Chunk[] {
  const sizes = readSizes(options);
  const sections = sectionsOf(document.blocks);
  const runs = sections.flatMap((blocks) => packSection(blocks, sizes));
  const places = new SourcePlaces(document.content);
  const repeats = new Map<string, number>();
  return runs.map((pieces, ordinal) => {
    const joined = joinPieces(pieces);
    const blockIds = [...new Set(pieces.map((piece) => piece.block.id))];
    const hash = contentHash(JSON.stringify([blockIds, joined.text])).slice(0, 12);
    const repeat = (repeats.get(hash) ?? 0) + 1;
    repeats.set(hash, repeat);
    const first = pieces[0]!;
    const last = pieces[pieces.length - 1]!;
    const { page } = first.block;
    return {
      id: `${document.id}@${hash}${repeat === 1 ? "" : `-${repeat}`}`,
      documentId: document.id,
      title: document.title,
      headingPath: first.block.headingPath,
      blockIds,
      ...joined,
      ...withoutOuterSpace(document.content, places.start(first), places.end(last)),
      ordinal,
      tokens: sizes.count(joined.text),
      ...(page === undefined ? {} : { page }),
      ...(document.url === undefined ? {} : { url: document.url }),
      metadata: document.metadata,
    };
  });
}

interface Sizes {
  readonly max: number;
  readonly min: number;
  readonly maxWhole: number;
  readonly count: CountTokens;
}

function readSizes(options: SplitOptions): Sizes {
  const max = options.maxTokens ?? 320;
  const min = options.minTokens ?? Math.min(100, Math.floor(max / 3));
  const maxWhole = options.maxWholeTokens ?? Math.floor(max * 2.5);
  const valid = (size: number) => Number.isFinite(size) && size >= 1;
  if (!valid(max) || !(min >= 0) || min > max || !valid(maxWhole)) {
    throw new RagError(
      "invalid-input",
      `Chunk sizes must be positive numbers with minTokens ≤ maxTokens; got maxTokens ${max}, minTokens ${min}, ` +
        `maxWholeTokens ${maxWhole}. The defaults suit Chinese and English text.`,
      { details: { maxTokens: max, minTokens: min, maxWholeTokens: maxWhole } },
    );
  }
  return { max, min, maxWhole: Math.max(max, maxWhole), count: options.countTokens ?? countLocally };
}

// The content under each heading.
function sectionsOf(blocks: readonly Block[]): Block[][] {
  const sections: Block[][] = [[]];
  for (const block of blocks) {
    if (block.kind === "heading") sections.push([]);
    else sections[sections.length - 1]!.push(block);
  }
  const filled = sections.filter((section) => section.length > 0);
  return filled.length === 0 ? blocks.map((heading) => [heading]) : filled;
}

function packSection(blocks: readonly Block[], sizes: Sizes): Piece[][] {
  const chunks: Piece[][] = [];
  let units: Piece[][] = [];
  let before: Piece[][] = [];
  const close = () => {
    if (units.length === 0) return;
    chunks.push(units.flat());
    before = units;
    units = [];
  };
  for (const unit of groupBlocks(blocks).flatMap((group) => unitsOf(group, sizes))) {
    if (units.length > 0 && size([...units.flat(), ...unit], sizes) > sizes.max) close();
    units.push(unit);
  }
  if (chunks.length === 0 || size(units.flat(), sizes) >= sizes.min) close();
  else chunks.splice(-1, 1, ...evenOut([...before, ...units], sizes));
  return chunks;
}

// The last two chunks, divided again where they come out most alike.
function evenOut(units: readonly Piece[][], sizes: Sizes): Piece[][] {
  let best: Piece[][] = [];
  let bestLarger = Number.POSITIVE_INFINITY;
  for (let at = 1; at < units.length; at++) {
    const halves = [units.slice(0, at).flat(), units.slice(at).flat()];
    const larger = Math.max(...halves.map((half) => size(half, sizes)));
    if (larger < bestLarger) [best, bestLarger] = [halves, larger];
  }
  return best;
}

// What is not torn apart: a group that fits, or else the pieces of its blocks.
function unitsOf(group: readonly Block[], sizes: Sizes): Piece[][] {
  const whole = group.map((block) => ({ block, from: 0, to: block.text.length }));
  const limit = group.some(isLineWise) ? sizes.maxWhole : sizes.max;
  if (size(whole, sizes) <= limit) return [whole];
  const units: Piece[][] = [];
  for (const piece of whole) {
    const fits = size([piece], sizes) <= (isLineWise(piece.block) ? sizes.maxWhole : sizes.max);
    const parts = fits ? [piece] : splitBlock(piece.block, sizes.max, sizes.count);
    const [head, ...rest] = parts;
    const previous = units[units.length - 1];
    // The announcing line still stands in front of the first rows where there is room.
    if (head !== undefined && previous !== undefined && size([...previous, head], sizes) <= sizes.max)
      previous.push(head);
    else if (head !== undefined) units.push([head]);
    units.push(...rest.map((part) => [part]));
  }
  return units;
}

function size(pieces: readonly Piece[], sizes: Sizes): number {
  return sizes.count(joinPieces(pieces).text);
}

function joinPieces(pieces: readonly Piece[]): { text: string; spans: ChunkSpan[] } {
  let text = "";
  const spans: ChunkSpan[] = [];
  for (const [index, piece] of pieces.entries()) {
    const previous = pieces[index - 1];
    // Two parts of one block that came together again read as they did in the block.
    if (previous?.block.id === piece.block.id) {
      text += piece.block.text.slice(previous.to, piece.to);
      continue;
    }
    if (text !== "") text += "\n\n";
    spans.push({ blockId: piece.block.id, kind: piece.block.kind, start: text.length });
    text += pieceText(piece);
  }
  return { text, spans };
}

/** Offsets of pieces in the source; a block's alignment is worked out once, and only for a block that was cut. */
class SourcePlaces {
  private readonly content: string;
  private readonly offsets = new Map<string, Uint32Array>();

  constructor(content: string) {
    this.content = content;
  }

  start({ block, from }: Piece): number {
    return from === 0 ? block.start : this.offsetsOf(block)[from]!;
  }

  end({ block, to }: Piece): number {
    if (to === block.text.length) return block.end;
    // Up to where the rest begins, so that the marks in between are covered too.
    const rest = block.text.slice(to).search(/\S/);
    return rest === -1 ? block.end : this.offsetsOf(block)[to + rest]!;
  }

  private offsetsOf(block: Block): Uint32Array {
    const known = this.offsets.get(block.id);
    if (known !== undefined) return known;
    const offsets = sourceOffsets(this.content, block);
    this.offsets.set(block.id, offsets);
    return offsets;
  }
}
