import { stem } from "./stem.ts";

/** One English equivalent of a headword, as stems of its content words. */
export interface Gloss {
  readonly stems: readonly string[];
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
const MOST_SENSES = 12;

/**
 * English equivalents in an entry of CC-CEDICT: pointers dropped, remarks in brackets stripped, split at `;`, `/` and
 * short comma lists.
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
    const pieces = splitCommas(plain)
      .map(contentStems)
      .filter((stems) => stems.length > 0);
    if (pieces.length === 0) continue;
    for (const stems of pieces) found.push({ stems, rank });
    if (++rank === MOST_SENSES) break;
  }
  return found;
}

/** Stems of the words of an English text that carry meaning. */
export function contentStems(text: string): string[] {
  const words =
    text
      .normalize("NFKD")
      .replace(/\p{M}/gu, "")
      .toLowerCase()
      .match(/[a-z0-9]+(?:'s)?/g) ?? [];
  return words.filter((word) => !EMPTY.has(word)).map((word) => stem(word.replace(/'s$/, "")));
}

/** "happy, glad, joyful" are three equivalents; a clause with commas in it is one. */
function splitCommas(text: string): string[] {
  const pieces = text.split(",");
  return pieces.length > 1 && pieces.every((piece) => piece.trim().split(/\s+/).length <= 3)
    ? pieces
    : [text];
}
