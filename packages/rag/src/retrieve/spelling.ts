import type { Correction } from "../answer/events.ts";
import type { GlossaryTerm } from "../answer/knowledge.ts";
import { namedTerms, surfaceForms } from "./glossary.ts";
import { soundsAlike } from "./pinyin.ts";
import { joinSplitNames } from "./split-names.ts";

export interface SpellingResult {
  readonly question: string;
  readonly corrections: readonly Correction[];
}

export interface SpellingOptions {
  /** Words that the documents use are never mended; called only for words that look mistyped. */
  readonly isKnown?: (word: string) => boolean | Promise<boolean>;
  /** Words of a dictionary are never mended either; called only for words that look mistyped. */
  readonly isWord?: (word: string) => boolean | Promise<boolean>;
}

/**
 * Mends mistyped glossary terms: Latin words by Damerau–Levenshtein distance (1 from four letters, 2 from ten), Chinese
 * terms by sound (予训练 → 预训练), two swapped characters, or one wrong character in three or more. Every change is reported.
 *
 * @example
 * (await correctSpelling("什么是 transfomer?", glossary)).corrections // [{ from: "transfomer", to: "Transformer" }]
 */
export async function correctSpelling(
  question: string,
  glossary: readonly GlossaryTerm[],
  options: SpellingOptions = {},
): Promise<SpellingResult> {
  const corrections: Correction[] = [...(await joinSplitNames(question, options))];
  let text = corrections.reduce((joined, { from, to }) => joined.replaceAll(from, to), question);
  for (const correction of [...latinCorrections(text, glossary), ...hanCorrections(text, glossary)]) {
    if (await options.isKnown?.(correction.from)) continue;
    if (!differsByDoubling(correction) && (await options.isWord?.(correction.from))) continue;
    if (!(await isSlip(correction, options.isKnown))) continue;
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
  const chinese = /\p{Script=Han}/u.test(question);
  const corrections = new Map<string, Correction>();
  for (const [typed] of question.matchAll(/[A-Za-z][A-Za-z0-9]{3,}/gu)) {
    const folded = typed.toLowerCase();
    if (known.has(folded) || known.has(`${folded}s`) || COMMON_ENGLISH.test(folded)) continue;
    let best: string | null = null;
    let bestDistance = folded.length >= 10 ? 3 : 2;
    const letters = lettersOf(folded);
    for (const word of words.keys()) {
      // A longer or shorter form of the same word (transform, transformer) is another word, not a slip.
      if (word.startsWith(folded) && word.length - folded.length > 1) continue;
      if (folded.startsWith(word) || !startsAlike(folded, word)) continue;
      if (word.length < 4 || /\d/u.test(word) || /\d/u.test(folded)) continue;
      const swapped = lettersOf(word) === letters;
      // Short words are one letter from another word too often (lose, loss); only a swap is surely a slip (BRET). In a
      // Chinese question a word in Latin letters is a term, not any word.
      if (folded.length < 6 && !swapped && !(chinese && word.length >= 5)) continue;
      // Of words equally near, the one with the same letters is meant.
      const distance = damerauLevenshtein(folded, word, Math.ceil(bestDistance) - 1) - (swapped ? 0.5 : 0);
      if (distance < bestDistance) [best, bestDistance] = [word, distance];
    }
    if (best !== null)
      corrections.set(typed, { from: typed, to: inNumberOf(typed, words.get(best) ?? best) });
  }
  return [...corrections.values()];
}

/** A letter doubled or not (embeding): hardly ever another word, though a dictionary may know its stem. */
function differsByDoubling({ from, to }: Correction): boolean {
  const [typed, meant] = [from, to].map((word) => word.toLowerCase().replace(/(\p{L})\1/gu, "$1"));
  return typed === meant;
}

function lettersOf(word: string): string {
  return [...word].sort().join("");
}

/** The same beginning, but for a slip in the first letters. */
function startsAlike(typed: string, word: string): boolean {
  return (
    word[0] === typed[0] ||
    word.slice(1, 4) === typed.slice(1, 4) ||
    (word[0] === typed[1] && word[1] === typed[0])
  );
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
      if (!mistypedHan(typed, form)) continue;
      // Two characters of a longer word are no term of two (质学 in 地质学 is not 自学).
      if (form.length === 2 && !standsAlone(question, start, end)) continue;
      // A term that lies wholly in the window may be part of the longer one that is meant (嵌入 in 嵌入向两).
      if (
        taken.some(
          ([from, to]) =>
            start < to && end > from && !(from >= start && to <= end && to - from < end - start),
        )
      )
        continue;
      if (wrongPlaces(typed, form).length === 1 && isOtherCharacter(typed, form)) {
        const rest = [form.slice(1), form.slice(0, -1)].filter((part, side) =>
          side === 0 ? typed.endsWith(part) : typed.startsWith(part),
        );
        // A whole term with something before or behind it is that term, spoken of more closely (软注意力).
        if (taken.some(([from, to]) => from >= start && to <= end && rest.includes(question.slice(from, to))))
          continue;
        if (form.length === 3 && !standsAlone(question, start, end)) continue;
      }
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

function wrongPlaces(typed: string, form: string): number[] {
  const wrong: number[] = [];
  for (let index = 0; index < form.length; index += 1) if (typed[index] !== form[index]) wrong.push(index);
  return wrong;
}

/** Is what differs no matter of sound? */
function isOtherCharacter(typed: string, form: string): boolean {
  return wrongPlaces(typed, form).some((index) => !soundsAlike(typed[index] ?? "", form[index] ?? ""));
}

/** No further character of a word before or behind. */
function standsAlone(question: string, start: number, end: number): boolean {
  return [question[start - 1], question[end]].every(
    (character) =>
      character === undefined || !/\p{Script=Han}/u.test(character) || GRAMMATICAL.test(character),
  );
}

/**
 * One other character in a term of three or four may as well make another word (强制 in 强制学习): it is a slip only
 * where the documents know neither pair that it makes with its neighbours. Who does not know the documents cannot tell.
 */
async function isSlip({ from, to }: Correction, isKnown: SpellingOptions["isKnown"]): Promise<boolean> {
  if (!/^\p{Script=Han}{3,4}$/u.test(to) || from.length !== to.length) return true;
  const [place, another] = wrongPlaces(from, to);
  if (place === undefined || another !== undefined || !isOtherCharacter(from, to)) return true;
  if (isKnown === undefined) return false;
  for (const start of [place - 1, place])
    if (start >= 0 && start + 2 <= from.length && (await isKnown(from.slice(start, start + 2)))) return false;
  return true;
}

function mistypedHan(typed: string, form: string): boolean {
  // Nearly every pair ends here: no character in place, and the first two do not even sound alike.
  if (typed === form || (!sharesPlace(typed, form) && !soundsAlike(typed[0] ?? "", form[0] ?? "")))
    return false;
  if (!/^\p{Script=Han}+$/u.test(typed)) return false;
  const wrong = wrongPlaces(typed, form);
  const [first, second] = wrong;
  if (first === undefined) return false;
  const alike = wrong.every((index) => soundsAlike(typed[index] ?? "", form[index] ?? ""));
  // Two characters that merely sound like a term are usually another word; one right character must vouch for them.
  const others = wrong.filter((index) => !GRAMMATICAL.test(typed[index] ?? ""));
  if (alike && form.length >= 3)
    return wrong.length <= Math.ceil(form.length / 2)
      ? wrong.length === 1 || others.length > wrong.length / 2
      : form.length >= 4 && others.length === wrong.length;
  if (alike) return wrong.length === 1 && !GRAMMATICAL.test(typed);
  if (wrong.length === 1)
    return (
      form.length >= 3 &&
      (form.length >= 5 || !(GRAMMATICAL.test(typed[first] ?? "") || WORD_ALONE.test(typed[first] ?? "")))
    );
  const swapped = second === first + 1 && typed[first] === form[second] && typed[second] === form[first];
  return wrong.length === 2 && swapped && form.length >= 3;
}

/** Characters that build sentences: a pair with one of these is no mistyped two-character term (对其 is not 对齐). */
const GRAMMATICAL =
  /[的地得其是在有和与及或了着过不没被把将为以于从到对会能要可这那哪什么怎吗呢吧就都也还又再只很太最更比让使给用做一二两三个种]/u;

/** Characters that are words by themselves: behind 参数 they begin something else (参数占内存). */
const WORD_ALONE =
  /[大小高低快慢新旧好坏强弱长短难易贵占跑卡涨降升变调选配设改加减乘除求解看学讲说问答像属叫指含带后前内外上下中间时]/u;

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
