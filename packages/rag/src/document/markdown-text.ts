import type { List, ListItem, Nodes, PhrasingContent, Table } from "mdast";
import type {} from "remark-math";
import { foldLines } from "./fold-lines.ts";
import { htmlFragmentText } from "./html-fragment-text.ts";

/** Text of inline Markdown as a reader sees it; inline code and inline formulas are kept verbatim. */
export function phrasingText(nodes: readonly PhrasingContent[]): string {
  return joinSoftBreaks(inlineText(nodes))
    .replace(/[ \t]*\n[ \t]*/g, "\n")
    .trim();
}

/**
 * Text of any block node as a reader sees it: list items with `- ` or `1. ` and indentation, tables as GFM pipe rows,
 * code verbatim, formulas between `$$` lines.
 */
export function blockText(node: Nodes): string {
  switch (node.type) {
    case "paragraph":
      return phrasingText(node.children);
    case "heading":
      return phrasingText(node.children).replace(/\s*\{#[^{}\s]+\}$/, "");
    case "code":
      return node.value;
    case "math":
      return formulaText(node.value);
    case "html":
      return htmlFragmentText(node.value);
    case "list":
      return listText(node);
    case "table":
      return tableText(node);
    case "blockquote":
      return childrenText(node.children).replace(/^\[!(?:note|tip|important|warning|caution)\]\s*/i, "");
    case "footnoteDefinition":
    case "listItem":
      return childrenText(node.children);
    default:
      return "";
  }
}

/** A display formula between `$$` lines, as Markdown writes it. */
export function formulaText(value: string): string {
  return `$$\n${value.trim()}\n$$`;
}

/** GFM pipe rows from rows of cells, the first row being the header; a `|` inside a cell is written `\|`. */
export function pipeTable(rows: readonly (readonly string[])[]): string {
  const width = Math.max(0, ...rows.map((row) => row.length));
  if (width === 0) return "";
  const line = (cells: readonly string[]) =>
    `| ${Array.from({ length: width }, (_, column) => cellText(cells[column] ?? "")).join(" | ")} |`;
  const [header = [], ...body] = rows;
  return [line(header), `|${" --- |".repeat(width)}`, ...body.map(line)].join("\n");
}

// A cell is one line. A backslash before a pipe is doubled by GFM's own rule, which the escape below keeps.
function cellText(text: string): string {
  return text.replace(/\s+/g, " ").trim().replace(/\|/g, "\\|");
}

function tableText(table: Table): string {
  const rows = table.children.map((row) => row.children.map((cell) => phrasingText(cell.children)));
  return rows.every((row) => row.every((cell) => cell === "")) ? "" : pipeTable(rows);
}

function listText(list: List): string {
  return list.children
    .map((item, index) => itemText(item, list.ordered ? `${(list.start ?? 1) + index}. ` : "- "))
    .join("\n");
}

function itemText(item: ListItem, marker: string): string {
  const task = typeof item.checked === "boolean" ? `[${item.checked ? "x" : " "}] ` : "";
  return (marker + task + indent(childrenText(item.children), " ".repeat(marker.length))).trimEnd();
}

function childrenText(nodes: readonly Nodes[]): string {
  return nodes
    .map(blockText)
    .filter((text) => text !== "")
    .join("\n");
}

function indent(text: string, by: string): string {
  return text.replace(/\n(?=.)/g, `\n${by}`);
}

// A hard break is a real line break; U+0000 marks it while soft breaks are folded (CommonMark text holds no U+0000).
const HARD_BREAK = "\u0000";

function inlineText(nodes: readonly PhrasingContent[]): string {
  let text = "";
  for (const node of nodes) {
    switch (node.type) {
      case "text":
        text += withoutContainerLines(node.value);
        break;
      case "inlineCode":
        text += node.value;
        break;
      case "inlineMath":
        text += `$${node.value}$`;
        break;
      case "break":
        text += HARD_BREAK;
        break;
      case "image":
      case "imageReference":
        text += node.alt ?? "";
        break;
      case "html":
        text += /^<br\s*\/?>/i.test(node.value) ? HARD_BREAK : "";
        break;
      case "footnoteReference":
        // The note itself is a block of its own; its number inside the sentence would only break words apart.
        break;
      default:
        if ("children" in node) text += inlineText(node.children);
    }
  }
  return text;
}

// `::: tip Title` … `:::` are a site generator's container lines: the title stays, on a line of its own.
function withoutContainerLines(text: string): string {
  if (!text.includes(":::")) return text;
  return text.replace(/^:{3,}[ \t]*[\w-]*[ \t]*(.*)$/gm, (_, title: string) => title && title + HARD_BREAK);
}

function joinSoftBreaks(text: string): string {
  return foldLines(text).replaceAll(HARD_BREAK, "\n");
}
