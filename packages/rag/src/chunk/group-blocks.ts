import type { Block, BlockKind } from "../document/document.ts";

/**
 * Blocks under one heading, grouped so that each group reads on its own: a paragraph that ends with a colon stays with
 * the list, table, code, formula, quotation or figure that it announces, and "其中 …" / "where …" with its formula.
 */
export function groupBlocks(blocks: readonly Block[]): Block[][] {
  const groups: Block[][] = [];
  for (const block of blocks) {
    const group = groups[groups.length - 1];
    const previous = group?.[group.length - 1];
    if (group !== undefined && previous !== undefined && belongs(previous, block)) group.push(block);
    else groups.push([block]);
  }
  return groups;
}

const ANNOUNCED: ReadonlySet<BlockKind> = new Set(["list", "table", "code", "formula", "quote", "figure"]);

function belongs(previous: Block, block: Block): boolean {
  if (previous.kind === "paragraph" && ANNOUNCED.has(block.kind)) return /[：:]\s*$/.test(previous.text);
  return (
    previous.kind === "formula" &&
    block.kind === "paragraph" &&
    /^(?:其中|式中|这里|這裡|where\b)/i.test(block.text)
  );
}
