import { characterClass, classOf } from "./character-class.ts";
import { normalizeWithOffsets } from "./normalize.ts";
import { wordForms } from "./word-forms.ts";

/** The fields of the keyword side: one Han character, two adjacent ones, a stemmed Latin word or number. */
export type TermField = "char" | "bigram" | "word";

/** A term with the place it was read from, UTF-16 code units of the original text, `[start, end)`. */
export interface Term {
  readonly field: TermField;
  readonly term: string;
  readonly start: number;
  readonly end: number;
  /** A word's parts written as one (gpt4 for GPT-4): an alternative to the parts before it. */
  readonly joined?: true;
}

/** Terms of a text by field, in reading order, repeats included. */
export interface AnalyzedText {
  readonly char: readonly string[];
  readonly bigram: readonly string[];
  readonly word: readonly string[];
}

/** Receives a text's tokens in reading order. Offsets are those of the normalised text. */
export interface TokenSink {
  character(codePoint: number, start: number, end: number): void;
  /** A whole word, normalised, not yet split into its forms. */
  word(word: string, start: number, end: number): void;
  /** What comes next is not adjacent to what came before. */
  gap(): void;
}

/**
 * Terms of a text as the keyword side indexes them. Characters of other scripts written without spaces (kana, Thai, …)
 * count as Han here; spaces between two Han characters do not part them, punctuation does.
 *
 * @example analyze("用GPT-4訓練") // { char: ["用","训","练"], bigram: ["训练"], word: ["gpt","4","gpt4"] }
 */
export function analyze(text: string): AnalyzedText {
  const result = { char: [] as string[], bigram: [] as string[], word: [] as string[] };
  for (const { field, term } of extractTerms(text)) result[field].push(term);
  return result;
}

/** Terms of a text with their places. A bigram comes right after its second character. */
export function extractTerms(text: string): Term[] {
  const normalized = normalizeWithOffsets(text);
  const terms: Term[] = [];
  let previous: Term | undefined;
  scanTokens(normalized.text, {
    character(codePoint, from, to) {
      const start = normalized.start(from);
      const end = normalized.end(to - 1);
      const character: Term = { field: "char", term: String.fromCodePoint(codePoint), start, end };
      terms.push(character);
      if (previous !== undefined) {
        terms.push({ field: "bigram", term: previous.term + character.term, start: previous.start, end });
      }
      previous = character;
    },
    word(word, from, to) {
      const start = normalized.start(from);
      const end = normalized.end(to - 1);
      const { parts, joined } = wordForms(word);
      for (const term of parts) terms.push({ field: "word", term, start, end });
      if (joined !== null) terms.push({ field: "word", term: joined, start, end, joined: true });
      previous = undefined;
    },
    gap() {
      previous = undefined;
    },
  });
  return terms;
}

/** Reads a normalised text token by token. */
export function scanTokens(text: string, sink: TokenSink): void {
  for (let index = 0; index < text.length; ) {
    const codePoint = text.codePointAt(index)!;
    const width = codePoint > 0xffff ? 2 : 1;
    const kind = classOf(codePoint);
    if (kind === characterClass.spaceless) {
      sink.character(codePoint, index, index + width);
      index += width;
    } else if (kind === characterClass.letter || kind === characterClass.digit) {
      const end = endOfWord(text, index);
      sink.word(text.slice(index, end), index, end);
      index = end;
    } else {
      if (kind === characterClass.separator) sink.gap();
      index += width;
    }
  }
}

function endOfWord(text: string, start: number): number {
  let index = start;
  for (;;) {
    index = endOfRun(text, index);
    const next = endOfConnector(text, start, index);
    if (next === index) return index;
    if (!isWordCharacter(text, next)) return next;
    index = next;
  }
}

function endOfRun(text: string, start: number): number {
  let index = start;
  while (index < text.length) {
    const codePoint = text.codePointAt(index)!;
    const kind = classOf(codePoint);
    if (kind < characterClass.letter || kind > characterClass.mark) break;
    index += codePoint > 0xffff ? 2 : 1;
  }
  return index;
}

/** Where a word goes on behind what stands at `index`; `index` itself when the word is over. */
function endOfConnector(text: string, start: number, index: number): number {
  const connector = text[index];
  if (connector === undefined || !"-_\u2010'\u2019.,+#".includes(connector)) return index;
  const before = classAt(text, index - 1);
  const after = classAt(text, index + 1);
  const { letter, digit } = characterClass;
  const continues = after === letter || after === digit;
  switch (connector) {
    case "-":
    case "_":
    case "\u2010":
      return continues ? index + 1 : index;
    case "'":
    case "\u2019":
      return before === letter && after === letter ? index + 1 : index;
    case ".":
      if (before === digit && after === digit) return index + 1;
      return isAcronymDot(text, start, index) ? index + 1 : index;
    case ",":
      return before === digit && /^,\d{3}(?!\d)/.test(text.slice(index, index + 5)) ? index + 1 : index;
    case "+":
      return before === letter && text[index + 1] === "+" && !isWordCharacter(text, index + 2)
        ? index + 2
        : index;
    default:
      return before === letter && index - start === 1 && !continues ? index + 1 : index;
  }
}

/** The dot of u.s.a, between single letters. */
function isAcronymDot(text: string, start: number, index: number): boolean {
  const { letter } = characterClass;
  const single = index - start === 1 || text[index - 2] === ".";
  return (
    single &&
    classAt(text, index - 1) === letter &&
    classAt(text, index + 1) === letter &&
    !isWordCharacter(text, index + 2)
  );
}

function isWordCharacter(text: string, index: number): boolean {
  const kind = classAt(text, index);
  return kind === characterClass.letter || kind === characterClass.digit;
}

/** Class of the code unit at `index`; outside the text and for surrogates, a separator. */
function classAt(text: string, index: number): number {
  return index < 0 || index >= text.length ? characterClass.separator : classOf(text.charCodeAt(index));
}
