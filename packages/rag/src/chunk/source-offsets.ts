import type { Block } from "../document/document.ts";

/** How far ahead a character is looked for: longer than any link target in practice. */
const LOOK_AHEAD = 1_000;
/** Marks such as `**` or a closing backtick are skipped without a second look. */
const NEAR = 3;

/**
 * Where each character of a block's text stands in the document's source: `offsets[i]` is the place of `text[i]`, and
 * `offsets[text.length]` is the block's end. The text is the source without its marks, so walking both in step finds
 * the places; a character that the source writes otherwise (`&lt;`, another list mark) takes the place before it.
 */
export function sourceOffsets(content: string, block: Block): Uint32Array {
  const { text, start, end } = block;
  const offsets = new Uint32Array(text.length + 1);
  offsets[text.length] = end;
  const identical = content.startsWith(text, start) && start + text.length === end;
  let at = start;
  for (let index = 0; index < text.length; ) {
    const character = String.fromCodePoint(text.codePointAt(index)!);
    const found = identical ? at : place(content, end, at, character, text, index);
    offsets[index] = found ?? at;
    // A boundary is never put inside a surrogate pair, so both halves take the same place.
    if (character.length === 2) offsets[index + 1] = offsets[index]!;
    if (found !== undefined) at = Math.min(end, found + character.length);
    index += character.length;
  }
  return offsets;
}

function place(
  content: string,
  end: number,
  from: number,
  character: string,
  text: string,
  index: number,
): number | undefined {
  let at = from;
  while (at < end && isSpace(content[at]!)) at++;
  // Spaces and the pipes of a table may be the reader's form only.
  if (character === "|" || isSpace(character))
    return content.startsWith(character, at) && at < end ? at : undefined;
  const last = Math.min(end, at + LOOK_AHEAD);
  const next = text[index + character.length] ?? "";
  for (let candidate = at; candidate < last; candidate++) {
    if (!content.startsWith(character, candidate)) continue;
    const following = content[candidate + character.length] ?? "";
    if (candidate - at <= NEAR || following === next || isSpace(next)) return candidate;
  }
  return undefined;
}

function isSpace(character: string): boolean {
  return /^\s$/.test(character);
}
