import type { Correction } from "../answer/events.ts";
import type { GlossaryTerm } from "../answer/knowledge.ts";
import { namedTerms, surfaceForms } from "./glossary.ts";
import { soundsAlike } from "./pinyin.ts";

export interface SpellingResult {
  readonly question: string;
  readonly corrections: readonly Correction[];
}

export interface SpellingOptions {
  /** Words that the documents use are never mended; called only for words that look mistyped. */
  readonly isKnown?: (word: string) => boolean | Promise<boolean>;
}

/**
 * Mends mistyped glossary terms: Latin words by Damerau–Levenshtein distance (1 from four letters, 2 from ten), Chinese
 * terms by sound (予训练 → 预训练), two swapped characters, or one wrong character in five or more. Every change is reported.
 *
 * @example
 * (await correctSpelling("什么是 transfomer?", glossary)).corrections // [{ from: "transfomer", to: "Transformer" }]
 */
export async function correctSpelling(
  question: string,
  glossary: readonly GlossaryTerm[],
  options: SpellingOptions = {},
): Promise<SpellingResult> {
  const corrections: Correction[] = [];
  let text = question;
  for (const correction of [...latinCorrections(question, glossary), ...hanCorrections(question, glossary)]) {
    if (await options.isKnown?.(correction.from)) continue;
    corrections.push(correction);
    text = text.replaceAll(correction.from, correction.to);
  }
  return { question: text, corrections };
}

function latinCorrections(question: string, glossary: readonly GlossaryTerm[]): Correction[] {
  if (!/[A-Za-z]{3}/u.test(question)) return [];
  const words = latinWords(glossary);
  const known = new Set(
    [...words.keys()].flatMap((word) => [word, `${word}s`, `${word}es`, word.replace(/y$/u, "ies")]),
  );
  const corrections = new Map<string, Correction>();
  for (const [typed] of question.matchAll(/[A-Za-z][A-Za-z0-9]{3,}/gu)) {
    const folded = typed.toLowerCase();
    if (known.has(folded) || COMMON_ENGLISH.test(folded)) continue;
    let best: string | null = null;
    let bestDistance = folded.length >= 10 ? 3 : 2;
    for (const word of words.keys()) {
      // A longer or shorter form of the same word (transform, transformer) is another word, not a slip.
      if (word.startsWith(folded) && word.length - folded.length > 1) continue;
      if (folded.startsWith(word) || (word[0] !== folded[0] && word.slice(1, 4) !== folded.slice(1, 4)))
        continue;
      if (word.length < 4 || /\d/u.test(word) || /\d/u.test(folded)) continue;
      // Short words are one letter from another word too often (lose, loss); only a swap is surely a slip (BRET).
      if (folded.length < 6 && [...folded].sort().join("") !== [...word].sort().join("")) continue;
      const distance = damerauLevenshtein(folded, word, bestDistance - 1);
      if (distance < bestDistance) [best, bestDistance] = [word, distance];
    }
    if (best !== null)
      corrections.set(typed, { from: typed, to: inNumberOf(typed, words.get(best) ?? best) });
  }
  return [...corrections.values()];
}

/** A plural of the glossary in the singular, where that is what was typed. */
function inNumberOf(typed: string, word: string): string {
  return /[^s]s$/u.test(word) && !/s$/iu.test(typed) ? word.slice(0, -1) : word;
}

/** Latin words of the glossary: folded → as written. */
function latinWords(glossary: readonly GlossaryTerm[]): Map<string, string> {
  const words = new Map<string, string>();
  for (const term of glossary)
    for (const form of surfaceForms(term))
      for (const [word] of form.matchAll(/[A-Za-z][A-Za-z0-9]{2,}/gu))
        if (!words.has(word.toLowerCase())) words.set(word.toLowerCase(), word);
  return words;
}

function hanCorrections(question: string, glossary: readonly GlossaryTerm[]): Correction[] {
  const corrections: Correction[] = [];
  const taken = namedTerms(question, glossary).map(({ start, end }) => [start, end] as const);
  for (const form of hanForms(glossary)) {
    for (let start = 0; start + form.length <= question.length; start += 1) {
      const end = start + form.length;
      const typed = question.slice(start, end);
      if (!mistypedHan(typed, form) || taken.some(([from, to]) => start < to && end > from)) continue;
      taken.push([start, end]);
      corrections.push({ from: typed, to: form });
    }
  }
  return corrections;
}

const formsOf = new WeakMap<readonly GlossaryTerm[], readonly string[]>();

/** Names in Chinese characters alone, longest first. */
function hanForms(glossary: readonly GlossaryTerm[]): readonly string[] {
  let forms = formsOf.get(glossary);
  if (forms === undefined) {
    forms = [...new Set(glossary.flatMap(surfaceForms))]
      .filter((form) => /^[\p{Script=Han}]{2,}$/u.test(form))
      .sort((a, b) => b.length - a.length);
    formsOf.set(glossary, forms);
  }
  return forms;
}

function sharesPlace(typed: string, form: string): boolean {
  for (let index = 0; index < form.length; index += 1) if (typed[index] === form[index]) return true;
  return false;
}

function mistypedHan(typed: string, form: string): boolean {
  // Nearly every pair ends here: no character in place, and the first two do not even sound alike.
  if (typed === form || (!sharesPlace(typed, form) && !soundsAlike(typed[0] ?? "", form[0] ?? "")))
    return false;
  if (!/^\p{Script=Han}+$/u.test(typed)) return false;
  const wrong: number[] = [];
  for (let index = 0; index < form.length; index += 1) if (typed[index] !== form[index]) wrong.push(index);
  const [first, second] = wrong;
  if (first === undefined) return false;
  const alike = wrong.every((index) => soundsAlike(typed[index] ?? "", form[index] ?? ""));
  // Two characters that merely sound like a term are usually another word; one right character must vouch for them.
  if (alike && form.length >= 3) return wrong.length <= Math.ceil(form.length / 2) || form.length >= 4;
  if (alike) return wrong.length === 1 && !GRAMMATICAL.test(typed);
  if (wrong.length === 1) return form.length >= 5;
  const swapped = second === first + 1 && typed[first] === form[second] && typed[second] === form[first];
  return wrong.length === 2 && swapped && form.length >= 3;
}

/** Characters that build sentences: a pair with one of these is no mistyped two-character term (对其 is not 对齐). */
const GRAMMATICAL =
  /[的地得其是在有和与及或了着过不没被把将为以于从到对会能要可这那哪什么怎吗呢吧就都也还又再只很太最更比让使给用做一二两三个种]/u;

/** Words of ordinary questions that lie near a technical term. */
const COMMON_ENGLISH =
  /^(?:what|when|where|which|while|with|whom|whose|this|that|than|then|them|they|these|those|there|their|have|does|done|from|into|about|above|after|before|between|model|models|more|most|many|much|make|made|mean|means|need|good|long|large|small|train|trained|training|token|tokens|learn|learns|learned|work|works|word|words|used|user|uses|using|differ|different|difference|explain|define|tell|give|list|compare|attend|tuned|tune|scale|scaled|align|aligned|embed|embeds|prompted|inference|reward|rewards|please|could|would|should|need|needs|some|same|such|like|just|only|also|very|code|data|text|test|best|better|number|order)$/u;

/** Optimal string alignment distance, cut off: anything over `limit` is given as `limit + 1`. */
export function damerauLevenshtein(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    let least = row;
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
        cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
      current.push(cost);
      least = Math.min(least, cost);
    }
    if (least > limit) return limit + 1;
    [beforeLast, last] = [last, current];
  }
  return Math.min(last[b.length] ?? 0, limit + 1);
}
