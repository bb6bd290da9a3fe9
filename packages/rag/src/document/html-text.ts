import {
  attribute,
  childrenOf,
  findElement,
  type HtmlElement,
  type HtmlNode,
  isElement,
  isUnread,
} from "./html-nodes.ts";
import { pipeTable } from "./markdown-text.ts";

/** Elements that stand on lines of their own. */
export const BLOCK_TAGS: ReadonlySet<string> = new Set(
  "address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main ol p pre section summary table tbody td tfoot th thead tr ul caption".split(
    " ",
  ),
);

/** Text of nodes as a reader sees it: whitespace folded, `<br>` as a line break, formulas as `$…$`. */
export function htmlText(nodes: readonly HtmlNode[]): string {
  return nodes
    .map(raw)
    .join("")
    .replace(/[^\S\u0000]+/g, " ")
    .replace(/ ?\u0000 ?/g, "\n")
    .replace(/\n{2,}/g, "\n")
    .trim();
}

/** Text of `<pre>`: verbatim, without the line break that HTML ignores at its start. */
export function preText(node: HtmlNode): string {
  return verbatim(node)
    .replace(/^\r?\n/, "")
    .trimEnd();
}

/** Items with `- ` or `1. `, nested lists indented, as the Markdown parser writes them; `dl` as "term: definition". */
export function htmlListText(list: HtmlElement): string {
  if (list.tagName === "dl") return definitionsText(list);
  const lines: string[] = [];
  let number = Number.parseInt(attribute(list, "start") ?? "1", 10) || 1;
  for (const item of childrenOf(list)) {
    if (!isElement(item) || isUnread(item)) continue;
    if (isList(item)) {
      lines.push(htmlListText(item).replace(/^/gm, "  "));
      continue;
    }
    const marker = list.tagName === "ol" ? `${number++}. ` : "- ";
    const text = itemParts(item).join("\n");
    if (text !== "") lines.push(marker + text.replace(/\n(?=.)/g, `\n${" ".repeat(marker.length)}`));
  }
  return lines.join("\n");
}

/** Pipe rows; the first row is the header. `undefined` when the table only lays out a page. */
export function htmlTableText(table: HtmlElement): string | undefined {
  if (/^(?:presentation|none)$/.test(attribute(table, "role") ?? "")) return undefined;
  const layout = (element: HtmlElement) =>
    element !== table && /^(?:table|h[1-6]|article|section|main)$/.test(element.tagName);
  if (findElement(table, layout) !== undefined) return undefined;
  const rows = rowsOf(table).map((row) =>
    childrenOf(row).flatMap((cell) => {
      if (!isElement(cell) || !/^t[dh]$/.test(cell.tagName)) return [];
      const span = Math.min(100, Number.parseInt(attribute(cell, "colspan") ?? "1", 10) || 1);
      return [htmlText(childrenOf(cell)), ...Array<string>(Math.max(0, span - 1)).fill("")];
    }),
  );
  const filled = rows.filter((row) => row.some((cell) => cell !== ""));
  if (filled.length === 0) return "";
  return filled.every((row) => row.length < 2) ? undefined : pipeTable(filled);
}

export function isList(element: HtmlElement): boolean {
  return element.tagName === "ul" || element.tagName === "ol" || element.tagName === "dl";
}

function itemParts(item: HtmlElement): string[] {
  const parts: string[] = [];
  let inline: HtmlNode[] = [];
  const flush = () => {
    const text = htmlText(inline);
    if (text !== "") parts.push(text);
    inline = [];
  };
  for (const node of childrenOf(item)) {
    if (isElement(node) && (isList(node) || node.tagName === "pre")) {
      flush();
      const text = node.tagName === "pre" ? preText(node) : htmlListText(node);
      if (text !== "") parts.push(text);
    } else inline.push(node);
  }
  flush();
  return parts;
}

function definitionsText(list: HtmlElement): string {
  const lines: string[] = [];
  for (const node of childrenOf(list).flatMap((child) =>
    isElement(child) && child.tagName === "div" ? childrenOf(child) : [child],
  )) {
    if (!isElement(node)) continue;
    const text = htmlText(childrenOf(node));
    if (text === "") continue;
    if (node.tagName === "dd" && lines.length > 0) lines[lines.length - 1] += `: ${text}`;
    else lines.push(`- ${text}`);
  }
  return lines.join("\n");
}

function rowsOf(table: HtmlElement): HtmlElement[] {
  return childrenOf(table).flatMap((child) => {
    if (!isElement(child)) return [];
    return child.tagName === "tr"
      ? [child]
      : /^t(?:head|body|foot)$/.test(child.tagName)
        ? rowsOf(child)
        : [];
  });
}

// U+0000 stands for a line break until white space is folded; the HTML parser lets none through.
function raw(node: HtmlNode): string {
  if (node.nodeName === "#text" && "value" in node) return node.value;
  if (!isElement(node) || isUnread(node)) return "";
  if (node.tagName === "br") return "\u0000";
  if (node.tagName === "img") return attribute(node, "alt") ?? "";
  if (node.tagName === "math") return formula(node);
  const inside = childrenOf(node).map(raw).join("");
  return BLOCK_TAGS.has(node.tagName) ? `\u0000${inside}\u0000` : inside;
}

// MathML from KaTeX and its like carries the TeX that it was made from.
function formula(math: HtmlElement): string {
  const tex = findElement(
    math,
    (element) => element.tagName === "annotation" && /tex/i.test(attribute(element, "encoding") ?? ""),
  );
  return tex === undefined ? verbatim(math).replace(/\s+/g, "") : `$${verbatim(tex).trim()}$`;
}

function verbatim(node: HtmlNode): string {
  if (node.nodeName === "#text" && "value" in node) return node.value;
  if (isElement(node) && node.tagName === "br") return "\n";
  return childrenOf(node).map(verbatim).join("");
}
