import { unifiedIdeographs } from "./unified-ideographs.ts";

/** One line of printed text. Lengths are in PDF points; `y` grows upwards. */
export interface PdfLine {
  readonly text: string;
  readonly page: number;
  readonly left: number;
  readonly right: number;
  readonly y: number;
  /** Font size. */
  readonly size: number;
}

/** What pdf.js gives for a run of text. */
export interface PdfTextItem {
  readonly str: string;
  /** Affine matrix; its last two numbers are the position, the first four the scaled font. */
  readonly transform: readonly number[];
  readonly width: number;
  readonly height: number;
}

interface OpenLine {
  text: string;
  left: number;
  right: number;
  y: number;
  size: number;
}

/**
 * Puts the text runs of a page together to lines, in the order in which the page draws them (which for the common
 * producers is the reading order, columns included). A gap between runs becomes a space except between CJK characters.
 */
export function pdfLines(items: readonly PdfTextItem[], page: number): PdfLine[] {
  const lines: PdfLine[] = [];
  let open: OpenLine | undefined;
  const close = () => {
    const text = unifiedIdeographs(open?.text ?? "")
      .replace(/\s+/g, " ")
      .trim();
    if (open !== undefined && text !== "") lines.push({ ...open, text, page });
    open = undefined;
  };
  for (const item of items) {
    if (item.str === "") continue;
    const [a = 0, b = 0, , d = 0, x = 0, y = 0] = item.transform;
    const size = Math.hypot(a, b) || Math.abs(d) || item.height || 1;
    const blank = item.str.trim() === "";
    if (open !== undefined && !onLine(open, x, y, size)) close();
    if (open === undefined) {
      if (blank) continue;
      open = { text: item.str, left: x, right: x + item.width, y, size };
      continue;
    }
    const gap = x - open.right;
    const needsSpace = gap > 0.2 * size && !/\s$/.test(open.text) && !blank && !isCjk(open.text, item.str);
    open.text += (needsSpace ? " " : "") + (blank && gap < size && isCjkEnd(open.text) ? "" : item.str);
    open.right = Math.max(open.right, x + item.width);
    if (!blank && item.str.length > open.text.length / 2) open.size = Math.max(open.size, size);
  }
  close();
  return lines;
}

// A sub- or superscript stays on its line; a jump back to the left begins another.
function onLine(line: OpenLine, x: number, y: number, size: number): boolean {
  const larger = Math.max(line.size, size);
  return Math.abs(y - line.y) < 0.5 * larger && x > line.right - 2 * larger && x < line.right + 8 * larger;
}

const CJK_END = /[\p{sc=Han}\u3000-\u303f\uff00-\uffef]$/u;
const CJK_START = /^[\p{sc=Han}\u3000-\u303f\uff00-\uffef]/u;

function isCjk(before: string, after: string): boolean {
  return CJK_END.test(before) && CJK_START.test(after);
}

function isCjkEnd(text: string): boolean {
  return CJK_END.test(text);
}
