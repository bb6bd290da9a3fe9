import type { FoundBlock } from "./build-document.ts";

/** Blocks of plain text. */
export function paragraphsOfText(content: string): FoundBlock[] {
  const blocks: FoundBlock[] = [];
  for (const match of content.matchAll(/\S(?:.*\n?(?!\s*\n))*/g)) {
    blocks.push({
      kind: "paragraph",
      text: match[0].trim(),
      start: match.index,
      end: match.index + match[0].trimEnd().length,
    });
  }
  return blocks;
}
