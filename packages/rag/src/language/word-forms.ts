import { stem } from "@zixue/lexicon";

/** Terms of one written word. */
export interface WordForms {
  /** Its parts, stemmed: GPT-4 → gpt, 4. */
  readonly parts: readonly string[];
  /** All parts as one, where it is also written so: gpt4, pretrain (pre-training). */
  readonly joined: string | null;
}

const longestTerm = 64;
const mostJoinedParts = 3;

/**
 * Splits a normalised word at hyphens and between a name and its number, so that GPT-4, GPT 4 and gpt4 find each
 * other; keeps numbers (3.14, 1706.03762), c++ and c# whole; drops possessive 's and the commas of 1,000.
 *
 * @example wordForms("gpt-4") // { parts: ["gpt", "4"], joined: "gpt4" }
 * @example wordForms("relations") // { parts: ["relat"], joined: null }
 */
export function wordForms(word: string): WordForms {
  const pieces = word.split(/[-_\u2010]+/).flatMap(splitNumber);
  const parts = pieces.map(termOf).filter((part) => part !== "");
  const joinable =
    parts.length >= 2 && parts.length <= mostJoinedParts && pieces.some((piece) => !/^[\d.]+$/.test(piece));
  return { parts, joined: joinable ? termOf(pieces.join("")) : null };
}

/** llama3.1 → llama, 3.1; 1706.03762v5 → 1706.03762, v5. A single letter keeps its number: v3, h100. */
function splitNumber(piece: string): string[] {
  const named = /^(\p{L}{2,})(\d+(?:\.\d+)*)$/u.exec(piece);
  if (named !== null) return [named[1]!, named[2]!];
  const versioned = /^(\d+(?:\.\d+)+)(v\d+)$/.exec(piece);
  return versioned === null ? [piece] : [versioned[1]!, versioned[2]!];
}

function termOf(piece: string): string {
  let term = piece.replace(/['\u2019]s$/, "").replace(/['\u2019,]/g, "");
  if (/^(?:\p{L}\.)+\p{L}$/u.test(term)) term = term.replaceAll(".", "");
  if (/[^\x00-\x7f]/.test(term)) term = withoutLatinAccents(term);
  return stem(clip(term));
}

/** Long runs (base64, hashes) are told apart by their beginning; never cut within a surrogate pair. */
function clip(term: string): string {
  if (term.length <= longestTerm) return term;
  const unit = term.charCodeAt(longestTerm - 1);
  return term.slice(0, unit >= 0xd800 && unit <= 0xdbff ? longestTerm - 1 : longestTerm);
}

/** café → cafe. Other scripts keep their marks: there they make another letter. */
function withoutLatinAccents(term: string): string {
  return term
    .normalize("NFD")
    .replace(/(\p{Script=Latin})\p{M}+/gu, "$1")
    .normalize("NFC");
}
