import type { FoundBlock } from "./build-document.ts";
import { foldLines } from "./fold-lines.ts";
import type { PdfLine } from "./pdf-lines.ts";

type PdfBlock = Omit<FoundBlock, "start" | "end"> & { readonly page: number };

/**
 * Rebuilds headings and paragraphs from printed lines. Running headers, footers and page numbers are dropped. A line
 * begins a paragraph after a larger gap, a change of size, an indent, a list mark, or a line that ends short with a
 * sentence. A paragraph that goes on over a page break is one, on the page where it begins. Lines clearly larger than
 * the body are headings, ranked by size.
 */
export function pdfBlocks(pages: readonly (readonly PdfLine[])[]): PdfBlock[] {
  const kept = withoutRunningLines(pages);
  const lines = kept.flat();
  if (lines.length === 0) return [];
  const body = bodySize(lines);
  const headingSizes = [
    ...new Set(lines.filter((line) => isLarger(line, body)).map((line) => Math.round(line.size))),
  ]
    .sort((a, b) => b - a)
    .slice(0, 6);

  const layout = layoutOf(lines, body);
  const groups: PdfLine[][] = [];
  for (const page of kept) {
    for (const line of page) {
      const group = groups[groups.length - 1];
      const previous = group?.[group.length - 1];
      const joins =
        previous !== undefined &&
        (previous.page === line.page ? continues(previous, line, layout) : runsOn(previous, line, body));
      if (group !== undefined && joins) group.push(line);
      else groups.push([line]);
    }
  }
  return groups.map((group): PdfBlock => {
    const first = group[0]!;
    const text = foldLines(group.map((line) => line.text).join("\n"), { dehyphenate: true });
    const rank = headingSizes.indexOf(Math.round(first.size));
    if (isLarger(first, body) && group.length <= 3 && text.length <= 120 && rank >= 0) {
      return { kind: "heading", text, page: first.page, depth: rank + 1 };
    }
    return { kind: "paragraph", text, page: first.page };
  });
}

interface Layout {
  /** Usual distance between lines. */
  readonly leading: number;
  /** Right edge of the lines that begin about where this one does: of its column. */
  rightOf(line: PdfLine): number;
}

const SENTENCE_END = /[。！？!?….；;：:]["”’」』）)]*$/;
const LIST_MARK = /^(?:[•·●○▪■◆➢–-]\s*\S|\(?\d{1,2}[.)、）]\s*\S|[（(][一二三四五六七八九十\d]{1,2}[)）])/;
/** A page number alone: "3", "- 3 -", "3 / 10", "第 3 页", "Page 3 of 10". */
const PAGE_NUMBER =
  /^(?:[-–—·\s]*\d{1,4}[-–—·\s]*|\d{1,4}\s*\/\s*\d{1,4}|第\s*\d{1,4}\s*页.{0,12}|page\s+\d{1,4}(?:\s+of\s+\d{1,4})?)$/i;

function continues(previous: PdfLine, line: PdfLine, layout: Layout): boolean {
  if (Math.abs(previous.size - line.size) > 0.15 * Math.max(previous.size, line.size)) return false;
  const gap = previous.y - line.y;
  // Upwards is the next column: the paragraph may go on there.
  if (gap < 0) return !SENTENCE_END.test(previous.text);
  if (gap > Math.max(layout.leading, 1.05 * line.size) * 1.35) return false;
  if (LIST_MARK.test(line.text)) return false;
  const indented = line.left - previous.left > 0.9 * line.size;
  if (indented && SENTENCE_END.test(previous.text)) return false;
  const short = previous.right < layout.rightOf(previous) - 2.5 * previous.size;
  return !(short && SENTENCE_END.test(previous.text));
}

function runsOn(previous: PdfLine, line: PdfLine, body: number): boolean {
  if (isLarger(previous, body) || isLarger(line, body) || previous.page + 1 !== line.page) return false;
  if (SENTENCE_END.test(previous.text) || LIST_MARK.test(line.text)) return false;
  return /^[\p{Ll}\p{sc=Han}，、,]/u.test(line.text) && Math.abs(previous.size - line.size) < 0.1 * line.size;
}

function isLarger(line: PdfLine, body: number): boolean {
  return line.size >= 1.15 * body && /\p{L}/u.test(line.text);
}

// The size that most characters have.
function bodySize(lines: readonly PdfLine[]): number {
  const weights = new Map<number, number>();
  for (const line of lines) {
    const size = Math.round(line.size * 2) / 2;
    weights.set(size, (weights.get(size) ?? 0) + line.text.length);
  }
  return [...weights].reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0];
}

function layoutOf(lines: readonly PdfLine[], body: number): Layout {
  const prose = lines.filter((line) => line.size < 1.15 * body);
  const gaps = prose
    .slice(1)
    .map((line, index) => prose[index]!.y - line.y)
    .filter((gap) => gap > 0.5 * body && gap < 3 * body);
  const column = (left: number) => Math.round(left / (4 * body));
  const rights = new Map<number, number>();
  for (const { left, right } of prose) {
    rights.set(column(left), Math.max(rights.get(column(left)) ?? 0, right));
  }
  return {
    leading: median(gaps) ?? 1.2 * body,
    rightOf: ({ left }) => Math.max(...[-1, 0, 1].map((step) => rights.get(column(left) + step) ?? 0)),
  };
}

function median(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

// The outermost two lines of a page that say the same (numbers aside) on half of the pages, and page numbers.
function withoutRunningLines(pages: readonly (readonly PdfLine[])[]): (readonly PdfLine[])[] {
  const outer = pages.map((lines) => {
    const byHeight = [...lines].sort((a, b) => b.y - a.y);
    return new Set([...byHeight.slice(0, 2), ...byHeight.slice(-2)]);
  });
  const seen = new Map<string, number>();
  for (const lines of outer) {
    for (const key of new Set([...lines].map(runningKey))) seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  const often = Math.max(3, pages.length / 2);
  return pages.map((lines, index) =>
    lines.filter((line) => {
      if (!outer[index]!.has(line)) return true;
      if (pages.length > 1 && PAGE_NUMBER.test(line.text)) return false;
      return (seen.get(runningKey(line)) ?? 0) < often;
    }),
  );
}

// Same words at the same height.
function runningKey(line: PdfLine): string {
  return `${Math.round(line.y / 4)} ${line.text.replace(/\d+/g, "#")}`;
}
