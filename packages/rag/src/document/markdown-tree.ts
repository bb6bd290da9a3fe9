import type { RootContent } from "mdast";
import remarkCjkFriendly from "remark-cjk-friendly";
import remarkFrontmatter from "remark-frontmatter";
import remarkGfm from "remark-gfm";
import remarkMath from "remark-math";
import remarkParse from "remark-parse";
import { type Processor, unified } from "unified";
import { markdownSegments } from "./markdown-segments.ts";

/** A top-level node of a Markdown text, with its offsets in the whole text: `[start, end)`, UTF-16 code units. */
export interface TopLevelNode {
  readonly node: RootContent;
  readonly start: number;
  readonly end: number;
}

const parser = unified()
  .use(remarkParse)
  .use(remarkFrontmatter, ["yaml"])
  .use(remarkGfm)
  .use(remarkMath)
  .use(remarkCjkFriendly)
  .use(withoutBareAddresses)
  .freeze();

/**
 * Parses Markdown to its top-level nodes, one piece of the text after the other, so that no tree of a whole book is held.
 * Positions inside a node count from the start of the piece it was parsed in;
 * `start` and `end` are absolute.
 *
 * @throws RangeError when marks are nested so deeply (thousands) that the stack runs out.
 */
export function* markdownNodes(content: string, pieceLength?: number): Generator<TopLevelNode> {
  // The tokenizer skips a BOM without counting it, which would shift every offset by one.
  const shift = content.startsWith("\ufeff") ? 1 : 0;
  const text = content.slice(shift);
  const starts = markdownSegments(text, pieceLength);
  for (const [index, from] of starts.entries()) {
    for (const node of parser.parse(text.slice(from, starts[index + 1])).children) {
      const { start, end } = node.position!;
      yield { node, start: start.offset! + from + shift, end: end.offset! + from + shift };
    }
  }
}

// A bare address has the same text whether it becomes a link or not, and looking for one at every letter costs a
// third of the time on English text.
function withoutBareAddresses(this: Processor): void {
  const data = this.data();
  data.micromarkExtensions ??= [];
  data.micromarkExtensions.push({ disable: { null: ["wwwAutolink", "protocolAutolink", "emailAutolink"] } });
}
