import type { Code, Heading, Image, Link, Nodes, Root } from "mdast";
import remarkCjkFriendly from "remark-cjk-friendly";
import remarkFrontmatter from "remark-frontmatter";
import remarkGfm from "remark-gfm";
import remarkMath from "remark-math";
import remarkParse from "remark-parse";
import { unified } from "unified";

// The same dialect as the blocks are parsed with, so that both see the same headings and fences.
const parser = unified()
  .use(remarkParse)
  .use(remarkFrontmatter, ["yaml"])
  .use(remarkGfm)
  .use(remarkMath)
  .use(remarkCjkFriendly)
  .freeze();

/** The syntax tree of a Markdown file; positions count in the file. */
export function markdownTree(content: string): Root {
  return parser.parse(content.startsWith("\uFEFF") ? ` ${content.slice(1)}` : content);
}

/** All nodes of one type, in document order. */
export function nodesOf(root: Nodes, type: "code"): Code[];
export function nodesOf(root: Nodes, type: "heading"): Heading[];
export function nodesOf(root: Nodes, type: "image"): Image[];
export function nodesOf(root: Nodes, type: "link"): Link[];
export function nodesOf(root: Nodes, type: string): Nodes[] {
  const own = root.type === type ? [root] : [];
  return "children" in root
    ? [...own, ...root.children.flatMap((child) => nodesOf(child, type as "code"))]
    : own;
}

/** Line of the file on which a node begins, from 1. */
export function lineOfNode(node: Nodes): number {
  return node.position?.start.line ?? 1;
}

/** A node's text as a reader sees it, without marks. */
export function textOfNode(node: Nodes): string {
  if ("value" in node) return node.value;
  return "children" in node ? node.children.map(textOfNode).join("") : "";
}
