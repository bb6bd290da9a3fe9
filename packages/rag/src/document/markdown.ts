import type { Nodes, Paragraph } from "mdast";
import { buildDocument, type FoundBlock, oneLine } from "./build-document.ts";
import type { ParsedDocument } from "./document.ts";
import { frontMatterMetadata, parseFrontMatter } from "./front-matter.ts";
import { blockText, formulaText, phrasingText } from "./markdown-text.ts";
import { markdownNodes, type TopLevelNode } from "./markdown-tree.ts";
import type { SourceText } from "./source-text.ts";
import { paragraphsOfText } from "./text.ts";
import { titleOfId } from "./title-of-id.ts";

/**
 * Parses Markdown (CommonMark + GFM + `$`/`$$` formulas + YAML front matter) into blocks that can be cited.
 *
 * Top-level nodes become blocks: a whole list, table, code block or quotation is one block. Offsets count UTF-16 code
 * units of `content`, front matter and BOM included. Front matter, link definitions, rules and `:::` container lines
 * are no blocks; a footnote's text is a paragraph where it is defined. Emphasis next to CJK punctuation closes as its
 * author meant it (CommonMark alone would leave the asterisks). The title is the argument's, else the front matter's
 * `title`, else the first level-1 heading, else the id (of a path: the file name). Scalars and lists of front matter become metadata.
 *
 * Runs in Node and in browsers, and takes any string.
 *
 * @throws RagError `invalid-document` only for broken front matter, with file and line.
 * @example
 * const document = parseMarkdown({ id: "1.3", content: "# 涌现\n\n小模型上没有的能力。" });
 * document.blocks[1]; // { id: "1.3#…", kind: "paragraph", headingPath: [], text: "小模型上没有的能力。", … }
 */
export function parseMarkdown(source: SourceText): ParsedDocument {
  const { content } = source;
  const { blocks, yaml } = readBlocks(content);
  const data = yaml === undefined ? {} : parseFrontMatter(yaml, { file: source.id });
  const fromData = typeof data.title === "string" || typeof data.title === "number" ? String(data.title) : "";
  const fromHeading = blocks.find((block) => block.kind === "heading" && block.depth === 1)?.text ?? "";
  const title = [source.title ?? "", fromData, fromHeading, titleOfId(source.id)]
    .map(oneLine)
    .find((text) => text !== "");
  return buildDocument({
    id: source.id,
    title: title ?? "",
    content,
    blocks,
    metadata: { ...frontMatterMetadata(data), ...source.metadata },
    url: source.url,
  });
}

function readBlocks(content: string): { blocks: FoundBlock[]; yaml?: string } {
  if (isOverloaded(content)) return { blocks: paragraphsOfText(content) };
  const blocks: FoundBlock[] = [];
  let yaml: string | undefined;
  try {
    for (const top of markdownNodes(content)) {
      if (top.node.type === "yaml") yaml = top.node.value;
      blocks.push(...found(top));
    }
  } catch (error) {
    // Thousands of nested marks can exhaust the stack; such a text is read as plain paragraphs.
    if (!(error instanceof RangeError)) throw error;
    return { blocks: paragraphsOfText(content) };
  }
  return yaml === undefined ? { blocks } : { blocks, yaml };
}

// The tokenizer takes quadratic time over marks of one paragraph that may pair up. Thousands of them on one line are
// no writing but data or an attack, and are read as plain text.
function isOverloaded(content: string): boolean {
  for (const [line] of content.matchAll(/[^\n]{16000,}/g)) {
    if ((line.match(/[*_~[\]|]/g)?.length ?? 0) > 4_000) return true;
  }
  return false;
}

function found({ node, start, end }: TopLevelNode): FoundBlock[] {
  switch (node.type) {
    case "heading":
      return [{ kind: "heading", text: oneLine(blockText(node)), start, end, depth: node.depth }];
    case "paragraph":
      return [{ ...paragraphBlock(node), start, end }];
    case "list":
    case "table":
    case "html":
      return [{ kind: node.type, text: blockText(node), start, end }];
    case "code":
      return [{ kind: "code", text: node.value, start, end, ...(node.lang ? { language: node.lang } : {}) }];
    case "math":
      return node.value.trim() === "" ? [] : [{ kind: "formula", text: blockText(node), start, end }];
    case "blockquote":
      return [{ kind: "quote", text: blockText(node), start, end }];
    case "footnoteDefinition":
      return [{ kind: "paragraph", text: blockText(node), start, end }];
    default:
      return [];
  }
}

function paragraphBlock(node: Paragraph): Pick<FoundBlock, "kind" | "text"> {
  const inline = node.children.filter((child) => child.type !== "break" && !isBlank(child));
  const only = inline.length === 1 ? inline[0]! : undefined;
  // `$$…$$` on one line is inline to the tokenizer but a display formula to its reader.
  if (only?.type === "inlineMath" && spans(only) >= only.value.length + 4) {
    return { kind: "formula", text: formulaText(only.value) };
  }
  if (inline.length > 0 && inline.every(isImage)) {
    return { kind: "figure", text: inline.map(figureText).filter(Boolean).join("\n") };
  }
  return { kind: "paragraph", text: phrasingText(node.children) };
}

function spans(node: Nodes): number {
  return (node.position?.end.offset ?? 0) - (node.position?.start.offset ?? 0);
}

function isBlank(node: Nodes): boolean {
  return node.type === "text" && node.value.trim() === "";
}

function isImage(node: Nodes): boolean {
  if (node.type === "image" || node.type === "imageReference") return true;
  return node.type === "link" && node.children.length > 0 && node.children.every(isImage);
}

// Alternative text, then the caption (the image's title) where it says more.
function figureText(node: Nodes): string {
  if (node.type === "link") return node.children.map(figureText).filter(Boolean).join("\n");
  if (node.type !== "image" && node.type !== "imageReference") return "";
  const alt = oneLine(node.alt ?? "");
  const caption = node.type === "image" ? oneLine(node.title ?? "") : "";
  return [alt, caption === alt ? "" : caption].filter(Boolean).join("\n");
}
