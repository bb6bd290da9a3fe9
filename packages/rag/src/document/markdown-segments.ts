/** Long enough to keep the parser's overhead low, short enough to keep its working set small (measured: 4–8 thousand). */
const SEGMENT_LENGTH = 6_000;

/**
 * Offsets at which a long Markdown text may be cut so that the pieces parse to the same blocks as the whole: in front
 * of a `#` heading at the start of a line, after a blank line, outside fences, raw HTML and front matter. Such a
 * heading closes whatever list, quotation or paragraph is open. The tokenizer's time grows faster than the text's
 * length, so cutting makes a long file several times faster.
 *
 * A text with link or footnote definitions is not cut, since they reach over the whole text. Where it is unclear
 * whether a fence or raw HTML is open (an indented one may have ended with its list), the rest stays in one piece.
 *
 * @param length Least length of a piece, in UTF-16 code units.
 * @returns Start offsets of the pieces, the first being 0.
 */
export function markdownSegments(content: string, length: number = SEGMENT_LENGTH): number[] {
  const starts = [0];
  if (content.length <= length || DEFINITION.test(content)) return starts;

  let open: OpenBlock | undefined;
  let afterBlank = false;
  let at = frontMatterEnd(content);
  while (at < content.length) {
    const newline = content.indexOf("\n", at);
    const end = newline === -1 ? content.length : newline + 1;
    const line = content.slice(at, end).trimEnd();
    if (open !== undefined) {
      if (open.closes(line)) open = undefined;
      else if (open.unclear(line)) return starts;
    } else if (afterBlank && HEADING.test(line)) {
      if (at - starts[starts.length - 1]! >= length) starts.push(at);
    } else {
      open = openBlock(line);
    }
    afterBlank = line === "";
    at = end;
  }
  return starts;
}

const DEFINITION = /^[ \t>*+\-\d.)]*\[(?:[^\]\n\\]|\\.)+\]:/m;
const HEADING = /^#{1,6}(?:[ \t]|$)/;
const FENCE = /^( {0,3})(`{3,}(?=[^`]*$)|~{3,}|\${2,}(?=[^$]*$))/;
const RAW_HTML = /^( {0,3})<(?:(script|pre|style|textarea)(?=[\s>]|$)|(!--)|(\?)|(!\[CDATA\[)|(![a-z]))/i;

const RAW_END = /<\/(?:script|pre|style|textarea)>/i;
const TAG = /^ {0,3}<\/?[a-z]/i;

interface OpenBlock {
  closes(line: string): boolean;
  /** After this line it cannot be told whether the block is still open. */
  unclear(line: string): boolean;
}

function openBlock(line: string): OpenBlock | undefined {
  const fence = FENCE.exec(line);
  const html = RAW_HTML.exec(line);
  const indent = (fence ?? html)?.[1] ?? "";
  // An indented block may stand in a list item, which a line with a smaller indent ends.
  const leaves = (text: string) => text !== "" && !text.startsWith(indent);
  if (fence !== null) {
    const mark = fence[2]!;
    const close = new RegExp(`^ {${indent.length},3}\\${mark[0]}{${mark.length},}[ \\t]*$`);
    return { closes: (text) => close.test(text), unclear: leaves };
  }
  if (html !== null) {
    const [, , tag, comment, instruction, cdata] = html;
    const end = tag ? RAW_END : comment ? /-->/ : instruction ? /\?>/ : cdata ? /\]\]>/ : />/;
    if (end.test(line)) return undefined;
    return { closes: (text) => !leaves(text) && end.test(text), unclear: leaves };
  }
  // Other tags: HTML up to a blank line, unless the line goes on a paragraph.
  if (!TAG.test(line)) return undefined;
  return { closes: (text) => text === "", unclear: (text) => FENCE.test(text) || RAW_HTML.test(text) };
}

function frontMatterEnd(content: string): number {
  return /^---[ \t]*\r?\n(?:[\s\S]*?\r?\n)?---[ \t]*(?:\r?\n|$)/.exec(content)?.[0].length ?? 0;
}
