import { endOfProtectedSpan, isSpanOpener } from "./protected-spans.ts";

/** A sentence as it stands in the text: `text` is `[start, end)` of the source, in UTF-16 code units. */
export interface Sentence {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Splits a text into sentences: at 。！？；…, at . ! ? before a space, and at line breaks. Never within quotes or
 * brackets (up to 300 characters, on one line), code, numbers, abbreviations, a surrogate pair or a grapheme. All that
 * is left out is the white space between sentences.
 *
 * @example
 * splitSentences("π 约为 3.14。它说：“好。走！”").map((sentence) => sentence.text)
 * // ["π 约为 3.14。", "它说：“好。走！”"]
 */
export function splitSentences(text: string): Sentence[] {
  const sentences: Sentence[] = [];
  let start = 0;
  for (let index = 0; index < text.length; ) {
    const kind = kinds[text.charCodeAt(index)];
    if (kind === plain) {
      index++;
      continue;
    }
    if (kind === opener) {
      const end = endOfProtectedSpan(text, index);
      if (end > index && endsBehindSpan(text, end)) start = push(sentences, text, start, extend(text, end));
      index = Math.max(end, index + 1);
      continue;
    }
    const end = kind === lineBreak ? index + 1 : endOfSentence(text, start, index, kind === fullStop);
    if (end > index) start = push(sentences, text, start, end);
    index = Math.max(end, index + 1);
  }
  push(sentences, text, start, text.length);
  return sentences;
}

const plain = 0;
const opener = 1;
const lineBreak = 2;
/** Ends a sentence whatever follows. */
const fullStop = 3;
/** Ends a sentence only before a space, or between Han characters. */
const weakStop = 4;
const kinds = new Uint8Array(0x10000);
for (let unit = 0; unit < kinds.length; unit++) if (isSpanOpener(unit)) kinds[unit] = opener;
for (const unit of "\n\r\u2028\u2029") kinds[unit.charCodeAt(0)] = lineBreak;
for (const unit of "。！？；…｡‼⁇⁈⁉") kinds[unit.charCodeAt(0)] = fullStop;
for (const unit of ".!?;") kinds[unit.charCodeAt(0)] = weakStop;

const stops = new Set("。！？；…｡‼⁇⁈⁉.!?");
const closers = new Set("”’」』）)】]》〉\"'");
const continuing = /[,，、:：;；]/;
const han = /\p{Script=Han}/u;
const extending = /^(?:[\p{Grapheme_Extend}\p{M}\p{Emoji_Modifier}]|\u200d|\u0e33|\u0eb3)/u;
const abbreviation =
  /(?:^|[^\p{L}])(?:e\.g|i\.e|cf|vs|al|etc|fig|figs|eq|eqs|sec|ch|no|nos|vol|pp|p|ed|eds|approx|resp|dr|mr|mrs|ms|prof|st|jr|sr|inc|ltd|co|corp|u\.s|ph\.d)$/iu;
/** J. Smith */
const initial = /(?:^|[\s.(（])\p{Lu}$/u;
const leadingNumber = /^\s*[(（]?(?:\d{1,3}|[A-Za-z])$/;
const longestAbbreviation = 12;

/** End of the sentence whose ender stands at `index`, or `index` when it ends nothing. */
function endOfSentence(text: string, start: number, index: number, full: boolean): number {
  let end = index + 1;
  while (stops.has(text[end] ?? "")) end++;
  const repeated = end - index > 1;
  while (closers.has(text[end] ?? "")) end++;
  end = behindFootnotes(text, end);
  const next = text[end] ?? "";
  if (continuing.test(next)) return index;
  if (full) return extend(text, end);
  const between = han.test(text[index - 1] ?? "") && (next === "" || han.test(text.slice(end, end + 2)));
  if (between) return extend(text, end);
  if (text[index] === ";" && !han.test(text[index - 1] ?? "")) return index;
  if (next !== "" && !/\s/.test(next)) return index;
  if (/^\s+\p{Ll}/u.test(text.slice(end, end + 8))) return index;
  if (text[index] === "." && !repeated && isAbbreviated(text, start, index, end)) return index;
  return extend(text, end);
}

function isAbbreviated(text: string, start: number, index: number, end: number): boolean {
  if (leadingNumber.test(text.slice(start, Math.min(index, start + 16))) && index - start < 16) return true;
  const before = text.slice(Math.max(start, index - longestAbbreviation), index);
  if (initial.test(before)) return true;
  const match = abbreviation.exec(before);
  if (match === null) return false;
  // "etc." and the company words do end sentences; before a capital letter take them at their word.
  return !/(?:etc|inc|ltd|co|corp)$/i.test(match[0]) || !/^\s+\p{Lu}/u.test(text.slice(end, end + 8));
}

/** After a quotation or a bracket that ends with a stop of its own: is the sentence over? */
function endsBehindSpan(text: string, end: number): boolean {
  const closer = text[end - 1]!;
  const last = text[end - 2] ?? "";
  if (!stops.has(last) || "》〉`}".includes(closer)) return false;
  const next = text[end] ?? "";
  if (continuing.test(next) || stops.has(next) || closers.has(next)) return false;
  if (last === "。") return true;
  if ("）)】]".includes(closer)) return false;
  return next === "" || /^(?:[“「『\n]|\s+(?!\p{Ll}))/u.test(text.slice(end, end + 8));
}

/** [12] right behind a stop belongs to the sentence before it. */
function behindFootnotes(text: string, index: number): number {
  if (text[index] !== "[") return index;
  const notes = /^(?:\[\d{1,4}\])+/.exec(text.slice(index, index + 32));
  return notes === null ? index : index + notes[0].length;
}

/** Moves a boundary out of a grapheme: behind marks, variation selectors and joiners. */
function extend(text: string, index: number): number {
  let end = index;
  while (end < text.length) {
    const character = String.fromCodePoint(text.codePointAt(end)!);
    if (!extending.test(character)) break;
    end += character.length;
  }
  return end;
}

/** Adds what is left of `[start, end)` without the white space around it; gives back `end`. */
function push(sentences: Sentence[], text: string, start: number, end: number): number {
  let from = start;
  let to = end;
  while (from < to && /\s/.test(text[from]!)) from++;
  while (to > from && /\s/.test(text[to - 1]!)) to--;
  // A space that carries a mark is a character of its own; a line break carries none.
  if (from > start && /\p{Zs}/u.test(text[from - 1]!) && extend(text, from) > from) from--;
  if (to > from) sentences.push({ text: text.slice(from, to), start: from, end: to });
  return end;
}
