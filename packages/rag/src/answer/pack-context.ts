import type { Chunk } from "../chunk/chunk.ts";
import { type BlockText, blocksOfChunk } from "./blocks-of-chunk.ts";

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
  /** Blocks that come first whatever their rank, such as the evidence of a bank question. */
  readonly first?: ReadonlySet<string>;
}

/**
 * Chooses the blocks that a model answers from, within a token budget: passages by rank, each block once, whole. A block
 * that does not fit is left out and smaller ones after it may still come in. Numbers follow the order of the documents'
 * passages, so that neighbouring blocks stand together.
 */
export function packContext(chunks: readonly Chunk[], options: PackOptions): PackedSource[] {
  const offered = chunks.flatMap((chunk, rank) =>
    blocksOfChunk(chunk)
      .filter((block) => block.kind !== "heading" && block.text.trim() !== "")
      .map((block, place) => ({ chunk, block, rank, place })),
  );
  const seen = new Set<string>();
  const unique = offered.filter(({ block }) => {
    const key = `${block.blockId}\n${block.text}`;
    return seen.has(key) ? false : seen.add(key);
  });
  const isFirst = (block: BlockText) => options.first?.has(block.blockId) === true;
  const byNeed = [...unique].sort(
    (a, b) => Number(isFirst(b.block)) - Number(isFirst(a.block)) || a.rank - b.rank || a.place - b.place,
  );
  const taken = new Set<(typeof unique)[number]>();
  let used = 0;
  for (const entry of byNeed) {
    // The number in front is a few tokens more than this stand-in at most.
    const cost = options.countTokens(sourceText(99, entry.chunk, entry.block)) + 1;
    if (used + cost > options.budget) continue;
    taken.add(entry);
    used += cost;
  }
  return unique
    .filter((entry) => taken.has(entry))
    .map(({ chunk, block }, index) => ({
      marker: index + 1,
      chunk,
      block,
      text: sourceText(index + 1, chunk, block),
    }));
}

function sourceText(marker: number, chunk: Chunk, block: BlockText): string {
  return `[${marker}] ${[chunk.title, ...chunk.headingPath].filter(Boolean).join(" › ")}\n${block.text}`;
}
