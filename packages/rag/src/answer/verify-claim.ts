import type { QueryTranslator } from "../index/keyword/query.ts";
import { detectLanguage } from "../language/detect-language.ts";
import { normalize } from "../language/normalize.ts";
import { isFunctionWord } from "../language/question-words.ts";
import { splitSentences } from "../language/sentences.ts";
import { termSet } from "./candidates.ts";
import { missingNames } from "./claim-names.ts";
import { turnedOver } from "./claim-negation.ts";
import { missingNumbers } from "./claim-numbers.ts";
import { translatedSupport } from "./claim-translation.ts";

export { hasNegation, swapsOpposite } from "./claim-negation.ts";

export interface ClaimCheck {
  /** Sentence of the block that supports the claim best, verbatim; "" for an empty block. */
  readonly quote: string;
  /** Numbers, names and negation of the claim stand in the block, and the two share words. */
  readonly supported: boolean;
  /** Numbers, names and quotations of the claim all stand in the block: what no reading of it can make up for. */
  readonly exact: boolean;
  /** Share of the claim's words that stand in the block, 0–1; across languages, of those with a translation there. */
  readonly overlap: number;
  /** What is missing there, for logs and tests. */
  readonly missing: readonly string[];
}

export interface VerifyClaimOptions {
  /**
   * Finds a claim's words in a block of the other language; `prepare` it first. Without one, a translation is held to
   * its numbers, codes and negation only.
   */
  readonly translator?: QueryTranslator | undefined;
}

/**
 * Checks a sentence of an answer against the block that it cites, by its words: every number (by value and unit,
 * whatever the notation), name and long quotation of the claim must occur in the block, a negation must be there too,
 * nothing may be turned into its opposite, and claim and block must share words, across languages through the
 * translator. This is no proof of entailment: who did what to whom is not looked at. Rates on public data:
 * `npx tsx benchmarks/verify-claims.ts`.
 *
 * @param context what else may vouch for names: title and headings of the block
 * @example verifyClaim("GPT-3 has 175 billion parameters.", "GPT-3 有 1750 亿个参数。").supported // true
 */
export function verifyClaim(
  claim: string,
  blockText: string,
  context = "",
  { translator }: VerifyClaimOptions = {},
): ClaimCheck {
  const text = claimText(claim);
  if (splitSentences(blockText).length === 0)
    return { quote: "", supported: false, exact: false, overlap: 0, missing: ["text"] };
  const from = detectLanguage(text);
  const translated = from !== detectLanguage(blockText);
  const support =
    translated && translator !== undefined ? translatedSupport(text, blockText, from, translator) : undefined;
  const quote = support?.quote ?? bestQuote(text, blockText);
  const surroundings = `${blockText}\n${context}`;
  const inexact = [
    ...missingNumbers(text, surroundings),
    ...missingNames(text, surroundings),
    ...(translated ? [] : missingQuotations(text, surroundings)),
  ];
  const missing = [...inexact, ...turnedOver(text, quote, blockText)];
  const overlap = support?.share ?? sharedTerms(text, blockText);
  const least = support === undefined ? LEAST_OVERLAP[from] : LEAST_TRANSLATED[from];
  if ((!translated || support !== undefined) && overlap < least) missing.push("words");
  return { quote, supported: missing.length === 0, exact: inexact.length === 0, overlap, missing };
}

/** A sentence without its citation markers and Markdown marks. */
export function claimText(sentence: string): string {
  return sentence
    .replace(/\[\d{1,3}\](?:\[\d{1,3}\])*/gu, "")
    .replace(/^\s*(?:[-*+>]|#{1,6}|\d{1,3}[.)])\s+/u, "")
    .replace(/\*\*|__|`/gu, "")
    .trim();
}

// Chosen on one half of XQuAD, checked on the other: benchmarks/verify-claims.ts.
const LEAST_OVERLAP = { zh: 0.25, en: 0.35 } as const;
/** By the language of the claim. */
const LEAST_TRANSLATED = { zh: 0.3, en: 0.3 } as const;

/** Share of a claim's two-character terms and words that stand in a text. */
function sharedTerms(claim: string, text: string): number {
  const wanted = [...termSet(claim)].filter(
    (key) => !key.startsWith("char:") && !isFunctionWord("word", key.slice("word:".length)),
  );
  if (wanted.length === 0) return 1;
  const held = termSet(text);
  return wanted.filter((key) => held.has(key)).length / wanted.length;
}

function bestQuote(claim: string, blockText: string): string {
  const terms = termSet(claim);
  let best = "";
  let bestScore = -1;
  for (const { text } of splitSentences(blockText)) {
    const held = termSet(text);
    let shared = 0;
    for (const key of terms) if (held.has(key)) shared += 1;
    // Per √length, so that a long sentence does not win by its length alone.
    const score = shared / Math.sqrt(held.size + 4);
    if (score > bestScore) [best, bestScore] = [text, score];
  }
  return best;
}

/** Shorter ones are names and words used with reserve, not quotations. */
const SHORTEST_QUOTATION = 8;

/** What a claim puts in quotation marks must stand in the block word for word; white space and marks aside. */
function missingQuotations(claim: string, text: string): string[] {
  const compact = (part: string) => normalize(part).replace(/[\s\p{P}]/gu, "");
  const held = compact(text);
  return [...claim.matchAll(/[“「『"]([^”」』"]+)[”」』"]/gu)]
    .map(([, quoted = ""]) => quoted)
    .filter((quoted) => compact(quoted).length >= SHORTEST_QUOTATION && !held.includes(compact(quoted)));
}
