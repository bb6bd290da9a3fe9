import { buildDocument, type FoundBlock, oneLine } from "./build-document.ts";
import type { ParsedDocument } from "./document.ts";
import { foldLines } from "./fold-lines.ts";
import type { SourceText } from "./source-text.ts";
import { titleOfId } from "./title-of-id.ts";

/**
 * Parses plain text. Paragraphs end at blank lines, and inside such a stretch where a Chinese sentence ends with its
 * line, where a line is indented, or where a line is too long to have been wrapped by hand; the other lines are one
 * wrapped paragraph. Two or more lines with list marks are a list. Only numbered lines that stand alone
 * (`第三章 …`, `2.1 …`, `一、…`, `Chapter 2`) are headings. Takes any string.
 *
 * @example
 * parseText({ id: "notes.txt", content: "第一章 起点\n\n正文第一段。\n正文第二段。" }).blocks.map((block) => block.kind)
 * // ["heading", "paragraph", "paragraph"]
 */
export function parseText(source: SourceText): ParsedDocument {
  const blocks = paragraphsOfText(source.content);
  const title = [source.title ?? "", titleLine(source.content), titleOfId(source.id)]
    .map(oneLine)
    .find((text) => text !== "");
  return buildDocument({ ...source, title: title ?? "", blocks });
}

/** Blocks of plain text, by the rules of `parseText`. */
export function paragraphsOfText(content: string): FoundBlock[] {
  return stretches(linesOf(content)).flatMap(blocksOfStretch);
}

interface Line {
  /** Without line end; leading space kept. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function linesOf(content: string): Line[] {
  return Array.from(content.matchAll(/([^\r\n\u2028\u2029]*)(?:\r\n|[\r\n\u2028\u2029]|$)/g), (match) => {
    const text = match[1]!;
    return { text, start: match.index, end: match.index + text.length };
  });
}

function stretches(lines: readonly Line[]): Line[][] {
  const found: Line[][] = [[]];
  for (const line of lines) {
    if (line.text.trim() === "") found.push([]);
    else found[found.length - 1]!.push(line);
  }
  return found.filter((stretch) => stretch.length > 0);
}

const CHAPTER =
  /^(?:第\s*[一二三四五六七八九十百千零〇两\d]+\s*[部篇卷章回节]|(?:part|chapter|section)\s+[\divxlc]+\b)/i;
const NUMBERED = /^(?:\d+(?:\.\d+)+\.?\s+\S|[一二三四五六七八九十]+、)/;
const LIST_MARK =
  /^\s*(?:[-*+•·●○▪]\s+|\d{1,3}[.)]\s+|\d{1,3}[、)）]|[(（][\d一二三四五六七八九十]{1,3}[)）])/;
const SENTENCE_END = /[。！？!?…；;：:][”’」』）)》"']*\s*$/;
const HAN = /\p{sc=Han}/u;
const MAX_HEADING = 40;
/** Longer lines were not wrapped by hand. */
const MAX_WRAPPED = 120;

function blocksOfStretch(lines: readonly Line[]): FoundBlock[] {
  const blocks: FoundBlock[] = [];
  let open: Line[] = [];
  let openIsList = false;
  const close = () => {
    if (open.length > 0) blocks.push(blockOf(open, openIsList));
    open = [];
  };
  for (const line of lines) {
    const depth = headingDepth(line.text.trim(), lines.length === 1);
    const isItem = LIST_MARK.test(line.text);
    if (depth > 0) {
      close();
      blocks.push({ kind: "heading", text: oneLine(line.text), start: line.start, end: line.end, depth });
      continue;
    }
    const previous = open[open.length - 1];
    // A line that is indented under a list item continues it.
    const continuesItem = openIsList && !isItem && /^\s/.test(line.text);
    if (
      previous !== undefined &&
      !continuesItem &&
      (isItem !== openIsList || (!isItem && isEnd(previous, line)))
    )
      close();
    if (open.length === 0) openIsList = isItem;
    open.push(line);
  }
  close();
  return blocks;
}

function blockOf(lines: readonly Line[], list: boolean): FoundBlock {
  const raw = lines.map((line) => line.text).join("\n");
  const range = { start: lines[0]!.start, end: lines[lines.length - 1]!.end };
  if (list && lines.length > 1)
    return { kind: "list", text: raw.replace(/[^\S\n]+$/gm, "").trim(), ...range };
  return { kind: "paragraph", text: foldLines(raw).trim(), ...range };
}

function isEnd(previous: Line, next: Line): boolean {
  if (/^(?:\u3000|\t| {2,})/.test(next.text) && !/^(?:\u3000|\t| {2,})\S/.test(previous.text)) return true;
  if (next.text.startsWith("\u3000")) return true;
  if (previous.text.length > MAX_WRAPPED || next.text.length > MAX_WRAPPED) return true;
  return HAN.test(previous.text) && SENTENCE_END.test(previous.text);
}

function headingDepth(line: string, alone: boolean): number {
  if (line.length > MAX_HEADING || SENTENCE_END.test(line) || /[,，。]$/.test(line)) return 0;
  const chapter = CHAPTER.exec(line)?.[0];
  // "第一章讲了…" inside a paragraph is prose: a heading goes on with a space, a mark or its end.
  if (chapter !== undefined && /^(?:[\s:：.、—-]|$)/.test(line.slice(chapter.length))) {
    return /[部篇卷]$|^part/i.test(chapter) ? 1 : /节$|^section/i.test(chapter) ? 3 : 2;
  }
  if (!alone || !NUMBERED.test(line)) return 0;
  const numbers = /^\d+(?:\.\d+)*/.exec(line)?.[0];
  return numbers === undefined ? 3 : Math.min(6, numbers.split(".").length + 1);
}

// A short first line before a blank one, without a sentence's end, is the title.
function titleLine(content: string): string {
  const match = /^\ufeff?\s*(\S[^\r\n]*)(?:\r\n|\r|\n)[^\S\r\n]*(?:\r\n|\r|\n)\s*\S/.exec(content);
  const line = match?.[1]?.trim() ?? "";
  return line.length <= MAX_HEADING && !SENTENCE_END.test(line) && !LIST_MARK.test(line) ? line : "";
}
