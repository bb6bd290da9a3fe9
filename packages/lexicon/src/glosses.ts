import { stem } from "./stem.ts";

/** One English equivalent of a headword: its content words. */
export interface Gloss {
  readonly stems: readonly string[];
  /** The same words as they are written, but for case, accents and the plural. */
  readonly forms: readonly string[];
  /** Position of its sense in the entry, from 0: the first senses are the usual ones. */
  readonly rank: number;
}

/** Senses that only point elsewhere or say something about the word rather than what it means. */
const POINTER =
  /^(?:\([^)]*\)\s*)?(?:(?:old |archaic |erroneous |Japanese |common )*variants? of|see(?: also)?\b|CL:|also (?:written|pr\.|called)|abbr\. (?:for|of)|(?:un)?used in|same as|Taiwan pr\.|pr\.|surname\b|radical\b|component\b|Kangxi\b)/;
/** Words that carry no meaning in a gloss. */
const EMPTY = new Set(
  "a an the to of in on at by for with from as is are be been was were or and not no it its one's one sb sth etc somebody something someone".split(
    " ",
  ),
);
/** A name, and behind a comma who or what it is. */
const DESCRIBED_NAME = /^(?:the )?\p{Lu}[^,]*,\s/u;
const MOST_SENSES = 12;

/**
 * English equivalents in an entry of CC-CEDICT: pointers dropped, remarks in brackets stripped, split at `;`, `/` and
 * short comma lists. Of "Warsaw, capital of Poland" only the name is an equivalent.
 *
 * @example glosses(["language model", "(computing) model, pattern; CL:個|个[ge4]"])
 */
export function glosses(senses: readonly string[]): Gloss[] {
  const found: Gloss[] = [];
  let rank = 0;
  for (const sense of senses.flatMap((text) => text.split(/[;/]/))) {
    const text = sense.trim();
    if (text === "" || POINTER.test(text)) continue;
    const plain = text.replace(/\([^)]*\)|\[[^\]]*\]|"[^"]*from[^"]*"/g, " ");
    const pieces = splitCommas(plain.trim())
      .map(contentWords)
      .filter((words) => words.length > 0);
    if (pieces.length === 0) continue;
    for (const words of pieces) found.push({ stems: words.map(stem), forms: words.map(wordForm), rank });
    if (++rank === MOST_SENSES) break;
  }
  return found;
}

/** Stems of the words of an English text that carry meaning. */
export function contentStems(text: string): string[] {
  return contentWords(text).map(stem);
}

/**
 * A word in lower case, without accents, possessive and plural ending: it tells university from universal, which share
 * a stem.
 *
 * @example wordForm("Universities") // "university"
 */
export function wordForm(word: string): string {
  const plain = unaccented(word).replace(/['’]s?$/, "");
  if (plain.length < 4 || !plain.endsWith("s") || /(?:ss|us|is)$/.test(plain)) return plain;
  if (plain.endsWith("ies")) return `${plain.slice(0, -3)}y`;
  return /(?:sh|ch|x|ss|zz)es$/.test(plain) ? plain.slice(0, -2) : plain.slice(0, -1);
}

function contentWords(text: string): string[] {
  const words = unaccented(text).match(/[a-z0-9]+(?:'s)?/g) ?? [];
  return words.filter((word) => !EMPTY.has(word)).map((word) => word.replace(/'s$/, ""));
}

function unaccented(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/** "happy, glad, joyful" are three equivalents; a clause with commas in it is one. */
function splitCommas(text: string): string[] {
  if (DESCRIBED_NAME.test(text)) return [text.slice(0, text.indexOf(","))];
  const pieces = text.split(",");
  return pieces.length > 1 && pieces.every((piece) => piece.trim().split(/\s+/).length <= 3)
    ? pieces
    : [text];
}
