import { type BlockText, blocksOfChunk } from "../answer/blocks-of-chunk.ts";
import type { Chunk, ChunkSpan } from "../chunk/chunk.ts";

/**
 * One chunk from neighbouring ones of a document, in document order, under the id and rank of `core`. Each block is in
 * once: parts of one that was cut are put together again, a repeated table header and an overlap are taken out.
 */
export function mergeChunks(core: Chunk, run: readonly Chunk[]): Chunk {
  const [first] = run;
  if (first === undefined || run.length === 1) return core;
  const blocks: (BlockText & { readonly chunk: Chunk })[] = [];
  for (const chunk of run)
    for (const block of blocksOfChunk(chunk)) {
      const place = blocks.findLastIndex(({ blockId }) => blockId === block.blockId);
      const before = blocks[place];
      // Without spans several parts of one chunk may bear one id; they stay apart.
      if (before === undefined || before.chunk === chunk) blocks.push({ ...block, chunk });
      else blocks[place] = { ...before, chunk, text: joined(before, block, chunk.start < before.chunk.end) };
    }
  let text = "";
  const spans: ChunkSpan[] = [];
  for (const block of blocks) {
    if (text !== "") text += "\n\n";
    spans.push({ blockId: block.blockId, kind: block.kind, start: text.length });
    text += block.text;
  }
  const { page: _, ...rest } = core;
  return {
    ...rest,
    blockIds: [...new Set(run.flatMap(({ blockIds }) => blockIds))],
    text,
    spans,
    start: Math.min(...run.map(({ start }) => start)),
    end: Math.max(...run.map(({ end }) => end)),
    ordinal: first.ordinal,
    tokens: run.reduce((sum, { tokens }) => sum + tokens, 0),
    ...(first.page === undefined ? {} : { page: first.page }),
  };
}

/** The text of a block from two parts of it; where their chunks overlap the second begins with what the first ends in. */
function joined(before: BlockText, { text, kind }: BlockText, overlapping: boolean): string {
  if (overlapping && before.text.includes(text)) return before.text;
  const header = kind === "table" ? (/^\|.*\|\n\|[ :|-]+\|\n/u.exec(text)?.[0] ?? "") : "";
  const rest = header !== "" && before.text.startsWith(header) ? text.slice(header.length) : text;
  const shared = overlapping ? overlap(before.text, rest) : 0;
  if (shared > 0) return before.text + rest.slice(shared);
  const gap = kind === "paragraph" || kind === "quote" ? gapBetween(before.text, rest) : "\n";
  return before.text + gap + rest;
}

/** Parts of a paragraph were parted at a space where its writing has spaces. */
function gapBetween(before: string, rest: string): string {
  const spaced =
    /[\p{Script=Latin}\p{N}.!?;:,"')\]]$/u.test(before) && /^[\p{Script=Latin}\p{N}"'([]/u.test(rest);
  return spaced ? " " : "";
}

/** Length of the longest end of `a` that `b` begins with. */
function overlap(a: string, b: string): number {
  for (let length = Math.min(a.length, b.length); length > 0; length -= 1)
    if (a.endsWith(b.slice(0, length))) return length;
  return 0;
}
