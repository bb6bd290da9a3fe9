import type { Chunk, ChunkSpan } from "../chunk/chunk.ts";
import type { BlockKind } from "../document/document.ts";

/** A block (or the part of it that the chunk holds) as an answer works on it. */
export interface BlockText {
  readonly blockId: string;
  readonly kind: BlockKind;
  readonly text: string;
}

/**
 * The blocks of a chunk with their kinds. Chunks that do not say where their blocks begin are split at blank lines and
 * the kinds read off the text.
 */
export function blocksOfChunk(chunk: Chunk): BlockText[] {
  if (chunk.spans !== undefined && chunk.spans.length > 0) return fromSpans(chunk.text, chunk.spans);
  const parts = chunk.text.split(/\n{2,}/u).filter((part) => part.trim() !== "");
  const ids = chunk.blockIds;
  const lastId = ids[ids.length - 1] ?? "";
  // More parts than blocks: a code block with blank lines in it. Without spans the surplus goes to the last block.
  return parts.map((text, index) => ({ blockId: ids[index] ?? lastId, kind: kindOf(text), text }));
}

function fromSpans(text: string, spans: readonly ChunkSpan[]): BlockText[] {
  return spans.map((span, index) => ({
    blockId: span.blockId,
    kind: span.kind,
    text: text.slice(span.start, spans[index + 1]?.start ?? text.length).replace(/\n+$/u, ""),
  }));
}

function kindOf(text: string): BlockKind {
  if (/^\$\$/u.test(text)) return "formula";
  if (/^\|.*\|\s*\n\|[\s:|-]+\|/u.test(text)) return "table";
  if (/^(?:[-*+]|\d{1,3}[.)]) /u.test(text)) return "list";
  const lines = text.split("\n");
  const coded = lines.filter((line) =>
    /^\s{2,}\S|[{};]\s*$|^(?:import|const|let|def|class|return|function|from|#|\/\/|\$ )/u.test(line),
  );
  if (lines.length > 1 && coded.length > lines.length / 2) return "code";
  return "paragraph";
}
