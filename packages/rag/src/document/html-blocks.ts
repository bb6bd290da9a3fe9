import type { FoundBlock } from "./build-document.ts";
import { attribute, childrenOf, type HtmlElement, type HtmlNode, isElement, isUnread } from "./html-nodes.ts";
import { BLOCK_TAGS, htmlListText, htmlTableText, htmlText, isList, preText } from "./html-text.ts";

/**
 * Blocks under an element, in document order: headings, paragraphs, lists, tables, `pre`, quotations, figures. Text
 * that stands in a container without a paragraph of its own is a paragraph.
 *
 * @param inArticle Whether page furniture (`header`, `footer`, `aside`) belongs to the text, as inside an article.
 */
export function htmlBlocks(root: HtmlNode, inArticle: boolean): FoundBlock[] {
  const blocks: FoundBlock[] = [];
  let inline: HtmlNode[] = [];

  const flush = () => {
    const range = rangeOf(inline);
    const text = htmlText(inline);
    const [only, ...others] = inline.filter((node) => htmlText([node]) !== "");
    inline = [];
    if (range === undefined || text === "") return;
    const figure = others.length === 0 && only !== undefined && isElement(only) && only.tagName === "img";
    blocks.push({ kind: figure ? "figure" : "paragraph", text, ...range });
  };
  const add = (element: HtmlElement, block: Omit<FoundBlock, "start" | "end">) => {
    flush();
    const range = rangeOf([element]);
    if (range !== undefined && block.text !== "") blocks.push({ ...block, ...range });
  };
  const visit = (node: HtmlNode) => {
    if (!isElement(node)) {
      if (node.nodeName === "#text") inline.push(node);
      else for (const child of childrenOf(node)) visit(child);
      return;
    }
    const { tagName } = node;
    if (isUnread(node) || (!inArticle && /^(?:header|footer|aside)$/.test(tagName))) return;
    if (/^h[1-6]$/.test(tagName)) {
      add(node, { kind: "heading", text: htmlText(childrenOf(node)), depth: Number(tagName[1]) });
    } else if (tagName === "pre") {
      add(node, { kind: "code", text: preText(node), ...languageOf(node) });
    } else if (isList(node)) {
      add(node, { kind: "list", text: htmlListText(node) });
    } else if (tagName === "blockquote") {
      add(node, { kind: "quote", text: htmlText(childrenOf(node)) });
    } else if (tagName === "figure" && !holds(node, /^(?:pre|table)$/)) {
      add(node, { kind: "figure", text: htmlText(childrenOf(node)) });
    } else if (tagName === "table") {
      const text = htmlTableText(node);
      if (text === undefined) container(node);
      else add(node, { kind: "table", text });
    } else if (BLOCK_TAGS.has(tagName) || holdsBlock(node)) {
      container(node);
    } else {
      inline.push(node);
    }
  };
  const container = (element: HtmlElement) => {
    flush();
    for (const child of childrenOf(element)) visit(child);
    flush();
  };

  for (const child of childrenOf(root)) visit(child);
  flush();
  return inOrder(blocks);
}

// Broken markup can move nodes (text inside a table goes in front of it), which must not make ranges overlap.
function inOrder(blocks: readonly FoundBlock[]): FoundBlock[] {
  const ordered: FoundBlock[] = [];
  for (const block of [...blocks].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const start = Math.max(block.start, ordered[ordered.length - 1]?.end ?? 0);
    ordered.push({ ...block, start, end: Math.max(start, block.end) });
  }
  return ordered;
}

function rangeOf(nodes: readonly HtmlNode[]): { start: number; end: number } | undefined {
  let start = Number.POSITIVE_INFINITY;
  let end = -1;
  for (const node of nodes) {
    const location = "sourceCodeLocation" in node ? node.sourceCodeLocation : undefined;
    if (location) {
      start = Math.min(start, location.startOffset);
      end = Math.max(end, location.endOffset);
    } else {
      const inside = rangeOf(childrenOf(node));
      if (inside === undefined) continue;
      start = Math.min(start, inside.start);
      end = Math.max(end, inside.end);
    }
  }
  return end === -1 ? undefined : { start, end };
}

function holds(element: HtmlElement, tags: RegExp): boolean {
  return childrenOf(element).some(
    (child) => isElement(child) && (tags.test(child.tagName) || holds(child, tags)),
  );
}

// An inline element around blocks, such as a link or a custom element around a card, is a container too.
function holdsBlock(element: HtmlElement): boolean {
  return childrenOf(element).some(
    (child) => isElement(child) && (BLOCK_TAGS.has(child.tagName) || holdsBlock(child)),
  );
}

function languageOf(pre: HtmlElement): { language?: string } {
  for (const element of [pre, ...childrenOf(pre).filter(isElement)]) {
    const language = /\blang(?:uage)?-([\w+#-]+)/.exec(attribute(element, "class") ?? "")?.[1];
    if (language !== undefined) return { language };
  }
  return {};
}
