import type { Chunk } from "../chunk/chunk.ts";
import { splitSentences } from "../language/sentences.ts";
import { type BlockText, blocksOfChunk } from "./blocks-of-chunk.ts";
import { termSet } from "./candidates.ts";

/** A block as a model is shown it, under the number that the model cites it by. */
export interface PackedSource {
  /** From 1. */
  readonly marker: number;
  readonly chunk: Chunk;
  readonly block: BlockText;
  /** `[marker] title › heading` and the block's text. */
  readonly text: string;
}

export interface PackOptions {
  /** Tokens that all sources together may take. */
  readonly budget: number;
  readonly countTokens: (text: string) => number;
  /** Score of each chunk, higher is better; default: 1 ÷ rank. */
  readonly scores?: readonly number[];
  /** Blocks that come first whatever their rank, such as the evidence of a bank question. */
  readonly first?: ReadonlySet<string>;
}

interface Entry {
  readonly chunk: Chunk;
  readonly block: BlockText;
  readonly rank: number;
  readonly place: number;
  /** Score of its passage, 0–1. */
  readonly score: number;
  readonly tokens: number;
  /** Distinct terms of each sentence. */
  readonly sentences: readonly ReadonlySet<string>[];
}

/**
 * Chooses the blocks that a model answers from, within a token budget, each once and whole: the blocks of `first`, the
 * opening block of the best passage, and then again and again the block of most value, which is its passage's score ×
 * the terms of its sentences that no chosen sentence has said already ÷ its tokens. A block that does not fit is left
 * out and smaller ones may still come in; one that adds nothing is not asked for. The block chosen first stays in with
 * every larger budget.
 *
 * Numbers follow the passages, best first, so that what matters most stands at the beginning of a long prompt; passages
 * of one document stand together, in the order in which it is read.
 */
export function packContext(chunks: readonly Chunk[], options: PackOptions): PackedSource[] {
  const open = entriesOf(chunks, options);
  const taken: Entry[] = [];
  const covered = new Map<string, number[]>();
  let left = options.budget;
  let sentenceCount = 0;
  const take = (entry: Entry): void => {
    taken.push(entry);
    left -= entry.tokens;
    for (const terms of entry.sentences) {
      for (const term of terms) covered.set(term, [...(covered.get(term) ?? []), sentenceCount]);
      sentenceCount += 1;
    }
  };
  const isFirst = ({ block }: Entry): boolean => options.first?.has(block.blockId) === true;
  const best = open.find((entry) => entry.tokens <= options.budget);
  for (const entry of [...open.filter(isFirst), ...(best ? [best] : [])])
    if (!taken.includes(entry) && entry.tokens <= left) take(entry);

  // Values only fall as more is covered, so an old value is an upper bound: only the front needs a new one.
  const queue = open
    .filter((entry) => !taken.includes(entry))
    .map((entry) => ({ entry, value: marginalValue(entry, covered) }));
  for (;;) {
    queue.sort((a, b) => b.value - a.value || a.entry.rank - b.entry.rank || a.entry.place - b.entry.place);
    const front = queue[0];
    if (front === undefined || front.value <= 0) break;
    const value = front.entry.tokens <= left ? marginalValue(front.entry, covered) : 0;
    if (value === front.value && value > 0) {
      take(front.entry);
      queue.shift();
    } else if (value > 0) front.value = value;
    else queue.shift();
  }
  return inReadingOrder(taken).map(({ chunk, block }, index) => ({
    marker: index + 1,
    chunk,
    block,
    text: sourceText(index + 1, chunk, block),
  }));
}

function entriesOf(chunks: readonly Chunk[], { countTokens, scores }: PackOptions): Entry[] {
  const top = Math.max(...(scores ?? []), 0);
  const seen = new Set<string>();
  return chunks.flatMap((chunk, rank) =>
    blocksOfChunk(chunk).flatMap((block, place): Entry[] => {
      const key = `${block.blockId}\n${block.text}`;
      if (block.kind === "heading" || block.text.trim() === "" || seen.has(key)) return [];
      seen.add(key);
      const score = top > 0 ? Math.max(0, scores?.[rank] ?? 0) / top : 1 / (rank + 1);
      // The number in front is a few tokens more than this stand-in at most.
      const tokens = Math.max(1, countTokens(sourceText(99, chunk, block)) + 1);
      const sentences = splitSentences(block.text).map(({ text }) => termSet(text));
      return [{ chunk, block, rank, place, score: Math.max(score, LEAST_SCORE), tokens, sentences }];
    }),
  );
}

/** What was retrieved at all is worth something. */
const LEAST_SCORE = 0.05;
/** Share of a sentence's terms that one chosen sentence must have to have said it. */
const SAID = 0.9;

function marginalValue(entry: Entry, covered: ReadonlyMap<string, readonly number[]>): number {
  const fresh = new Set<string>();
  for (const terms of entry.sentences) {
    if (isSaid(terms, covered)) continue;
    for (const term of terms) if (!covered.has(term)) fresh.add(term);
    // A new sentence of known words still says something new.
    fresh.add(`sentence:${fresh.size}:${terms.size}`);
  }
  // A formula or a row of signs has no terms.
  const worth = entry.sentences.every((terms) => terms.size === 0) ? 1 : fresh.size;
  return (entry.score * worth) / entry.tokens;
}

function isSaid(terms: ReadonlySet<string>, covered: ReadonlyMap<string, readonly number[]>): boolean {
  if (terms.size === 0) return true;
  const shared = new Map<number, number>();
  for (const term of terms)
    for (const sentence of covered.get(term) ?? []) shared.set(sentence, (shared.get(sentence) ?? 0) + 1);
  return [...shared.values()].some((count) => count >= SAID * terms.size);
}

/** Documents by their best passage; within one, by where the passages stand in it. */
function inReadingOrder(entries: readonly Entry[]): Entry[] {
  const best = new Map<string, number>();
  for (const { chunk, rank } of entries)
    best.set(chunk.documentId, Math.min(rank, best.get(chunk.documentId) ?? rank));
  return [...entries].sort(
    (a, b) =>
      (best.get(a.chunk.documentId) ?? 0) - (best.get(b.chunk.documentId) ?? 0) ||
      a.chunk.ordinal - b.chunk.ordinal ||
      a.rank - b.rank ||
      a.place - b.place,
  );
}

function sourceText(marker: number, chunk: Chunk, block: BlockText): string {
  return `[${marker}] ${[chunk.title, ...chunk.headingPath].filter(Boolean).join(" › ")}\n${block.text}`;
}
