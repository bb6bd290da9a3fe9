import type { QueryGroup, QueryTranslator } from "../index/keyword/query.ts";
import type { Language } from "../language/detect-language.ts";
import { splitSentences } from "../language/sentences.ts";
import { termSet } from "./candidates.ts";

/** How much of a claim stands in a text of the other language. */
export interface TranslatedSupport {
  /** Share of the claim's content words that the text has a translation of, 0–1. */
  readonly share: number;
  /** The sentence of the text that has most of them, verbatim. */
  readonly quote: string;
}

/** A word of a claim with the ways to say it in the other language. */
type Word = Pick<QueryGroup, "weight" | "members">;

/**
 * Looks a claim's words up in a text of the other language through glossary and dictionary: the translator is asked
 * for the claim as it would be for a question, and the text is searched for what comes back.
 */
export function translatedSupport(
  claim: string,
  text: string,
  from: Language,
  translator: QueryTranslator,
): TranslatedSupport {
  const words = wordsOf(claim, from, translator);
  let quote = "";
  let best = -1;
  for (const { text: sentence } of splitSentences(text)) {
    const terms = termSet(sentence);
    // Per √length, so that a long sentence does not win by its length alone.
    const score = shareOf(words, terms) / Math.sqrt(terms.size + 4);
    if (score > best) [best, quote] = [score, sentence];
  }
  return { share: shareOf(words, termSet(text)), quote };
}

function shareOf(words: readonly Word[], terms: ReadonlySet<string>): number {
  let all = 0;
  let found = 0;
  for (const { weight, members } of words) {
    let best = 0;
    for (const member of members)
      if (member.weight > best && member.terms.every(({ field, term }) => terms.has(`${field}:${term}`)))
        best = Math.min(1, member.weight);
    all += weight;
    // A rare sense is weaker evidence than the first one, but evidence.
    found += weight * Math.sqrt(best);
  }
  return all === 0 ? 1 : found / all;
}

const known = new WeakMap<QueryTranslator, Map<string, readonly Word[]>>();

/** One claim is checked against several blocks in a row. */
const KEPT_CLAIMS = 64;

/** The content words of a claim: a word's own spelling and its translations are one word. */
function wordsOf(claim: string, from: Language, translator: QueryTranslator): readonly Word[] {
  const kept = known.get(translator) ?? new Map<string, readonly Word[]>();
  known.set(translator, kept);
  const found = kept.get(claim);
  if (found !== undefined) return found;
  const to = from === "zh" ? "en" : "zh";
  const groups = translator
    // As if the text had everything: what it really has is looked up afterwards.
    .translate(claim, from, to, { documentFrequency: () => 1 })
    .filter(
      ({ field, question, term, support }) =>
        !question && field !== "char" && !(support && from === "zh") && !term.includes(" "),
    );
  const words = new Map<string, { weight: number; members: QueryGroup["members"] }>();
  for (const { term, weight, members } of groups) {
    const word = words.get(term);
    const own = members.filter((member) => member.support !== true);
    words.set(term, {
      weight: Math.max(weight, word?.weight ?? 0),
      members: [...(word?.members ?? []), ...own],
    });
  }
  if (kept.size >= KEPT_CLAIMS) kept.clear();
  const list = [...words.values()];
  kept.set(claim, list);
  return list;
}
