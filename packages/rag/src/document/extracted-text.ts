import type { FoundBlock } from "./build-document.ts";

/** Sets blocks one after the other with blank lines between: the `content` of a format that has no text of its own. */
export function layOut(blocks: readonly Omit<FoundBlock, "start" | "end">[]): {
  readonly content: string;
  readonly blocks: FoundBlock[];
} {
  const placed: FoundBlock[] = [];
  let content = "";
  for (const block of blocks) {
    const text = block.text.trim();
    if (text === "") continue;
    if (content !== "") content += "\n\n";
    placed.push({ ...block, text, start: content.length, end: content.length + text.length });
    content += text;
  }
  return { content, blocks: placed };
}
