import { detectLanguage } from "../language/detect-language.ts";
import { normalize } from "../language/normalize.ts";
import { splitSentences } from "../language/sentences.ts";
import { termSet } from "./candidates.ts";
import { numbersIn } from "./evidence.ts";

export interface ClaimCheck {
  /** Sentence of the block that supports the claim best, verbatim; "" for an empty block. */
  readonly quote: string;
  /** Numbers, names and negation of the claim stand in the block, and the two share words. */
  readonly supported: boolean;
  /** What is missing there, for logs and tests. */
  readonly missing: readonly string[];
}

/**
 * Checks a sentence of an answer against the block that it cites, lexically: every number and name of the claim must
 * occur in the block, a negation must be there too, nothing may be turned into its opposite, and claim and block must
 * share words (not asked of a translation). This is no proof of entailment.
 *
 * @param context what else may vouch for names: title and headings of the block
 */
export function verifyClaim(claim: string, blockText: string, context = ""): ClaimCheck {
  const text = claimText(claim);
  const quote = bestQuote(text, blockText);
  if (quote === "") return { quote, supported: false, missing: ["text"] };
  const missing = [
    ...missingNumbers(text, `${blockText}\n${context}`),
    ...missingNames(text, `${blockText}\n${context}`),
    ...turnedOver(text, quote, blockText),
  ];
  if (detectLanguage(text) === detectLanguage(blockText) && overlap(text, blockText) < LEAST_OVERLAP)
    missing.push("words");
  return { quote, supported: missing.length === 0, missing };
}

/** A sentence without its citation markers and Markdown marks. */
export function claimText(sentence: string): string {
  return sentence
    .replace(/\[\d{1,3}\](?:\[\d{1,3}\])*/gu, "")
    .replace(/^\s*(?:[-*+>]|#{1,6}|\d{1,3}[.)])\s+/u, "")
    .replace(/\*\*|__|`/gu, "")
    .trim();
}

const LEAST_OVERLAP = 0.15;

/** Share of a claim's two-character terms and words that stand in a text. */
function overlap(claim: string, text: string): number {
  const wanted = [...termSet(claim)].filter((key) => !key.startsWith("char:"));
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

const HAN_DIGITS: Readonly<Record<string, string>> = {
  零: "0",
  〇: "0",
  一: "1",
  二: "2",
  两: "2",
  三: "3",
  四: "4",
  五: "5",
  六: "6",
  七: "7",
  八: "8",
  九: "9",
  十: "10",
};
const ENGLISH_NUMBERS: readonly string[] = [
  "zero",
  "one",
  "two",
  "three",
  "four",
  "five",
  "six",
  "seven",
  "eight",
  "nine",
  "ten",
];

function missingNumbers(claim: string, text: string): string[] {
  const held = new Set(numbersIn(text));
  const folded = normalize(text);
  for (const [han, digit] of Object.entries(HAN_DIGITS)) if (folded.includes(han)) held.add(digit);
  ENGLISH_NUMBERS.forEach((word, value) => {
    if (new RegExp(`\\b${word}\\b`, "u").test(folded)) held.add(String(value));
  });
  return numbersIn(claim).filter((number) => !held.has(number) && !held.has(String(Number(number))));
}

function missingNames(claim: string, text: string): string[] {
  const folded = normalize(text);
  const translated = detectLanguage(claim) !== detectLanguage(text);
  const names = new Set<string>();
  for (const match of claim.matchAll(/[\p{Script=Latin}][\p{Script=Latin}\d.-]*[\p{Script=Latin}\d]/gu)) {
    const word = match[0];
    const inner = /\p{Lu}/u.test(word.slice(1)) || /\d/u.test(word);
    const opensSentence = /(?:^|[.!?。！？]\s*)$/u.test(claim.slice(0, match.index));
    const capital = /^\p{Lu}/u.test(word) && (!opensSentence || detectLanguage(claim) === "zh");
    // A translation spells ordinary names anew; codes such as GPT-3 it keeps.
    if (inner || (capital && !translated)) names.add(word);
  }
  for (const [, title] of claim.matchAll(/《([^》]{1,40})》/gu)) if (title && !translated) names.add(title);
  const compact = folded.replace(/[-\s]/gu, "");
  return [...names].filter((name) => {
    const wanted = normalize(name);
    return !folded.includes(wanted) && !compact.includes(wanted.replace(/[-\s]/gu, "").replace(/s$/u, ""));
  });
}

/** Words with 不, 无, 非, 未 in them that deny nothing. */
const NOT_NEGATION =
  /不同|不断|不仅|不但|不过|不管|不论|不少|不久|不得不|差不多|非常|无论|无疑|未来|除非|无监督|非线性|无穷|无数|并非不|不错|非零/gu;
const NEGATION =
  /不(?:会|能|是|再|需要?|必|可|应|用|要|太|够|了|到|出|含|包含|包括)?|没有?|无法|无需|无|未|非|勿|\b(?:not|no|never|cannot|without|neither|nor|none)\b|n['’]t\b/giu;
const OPPOSITES: readonly (readonly [string, string])[] = [
  ["最高", "最低"],
  ["最大", "最小"],
  ["最多", "最少"],
  ["最好", "最差"],
  ["最早", "最晚"],
  ["增加", "减少"],
  ["提高", "降低"],
  ["上升", "下降"],
  ["大于", "小于"],
  ["高于", "低于"],
  ["快于", "慢于"],
  ["优于", "劣于"],
  ["之前", "之后"],
  ["优点", "缺点"],
  ["increase", "decrease"],
  ["highest", "lowest"],
  ["largest", "smallest"],
  ["before", "after"],
  ["higher", "lower"],
];

/** Negation or an opposite that stands on one side only. */
function turnedOver(claim: string, quote: string, blockText: string): string[] {
  const said = plain(claim);
  const source = plain(quote);
  const block = plain(blockText);
  const found: string[] = [];
  const denied = negatedHeads(said);
  if (denied.length > 0 && negatedHeads(block).length === 0) found.push("negation");
  // The same word denied in the source and plainly claimed in the answer, or the reverse.
  for (const head of negatedHeads(source))
    if (head.length > 1 && said.includes(head) && !deniesIn(said, head)) found.push("negation");
  for (const head of denied)
    if (head.length > 1 && block.includes(head) && !deniesIn(block, head)) found.push("negation");
  for (const [one, other] of OPPOSITES)
    for (const [mine, theirs] of [
      [one, other],
      [other, one],
    ] as const)
      if (said.includes(mine) && !block.includes(mine) && block.includes(theirs)) found.push(mine);
  return [...new Set(found)];
}

/** What each negation denies: the two characters, or the word, behind it. */
function negatedHeads(text: string): string[] {
  return [...text.matchAll(NEGATION)].map((match) => {
    const rest = text.slice(match.index + match[0].length).trimStart();
    return /^[a-z]/u.test(rest)
      ? (/^[a-z]+/u.exec(rest)?.[0] ?? "")
      : rest.slice(0, 2).replace(/[，。；,.;\s].*$/u, "");
  });
}

/** Without words that only look like a negation, and without 能不能, which leaves it open. */
function plain(text: string): string {
  return normalize(text)
    .replace(/(\p{Script=Han})不\1/gu, "$1")
    .replace(NOT_NEGATION, "");
}

/** Is the word denied anywhere in the text? Something may stand between: 非嵌入 is the same as 不含嵌入. */
function deniesIn(text: string, head: string): boolean {
  for (let at = text.indexOf(head); at >= 0; at = text.indexOf(head, at + 1)) {
    const clause = text.slice(Math.max(0, at - REACH), at).replace(/^.*[，。；：！？,.;!?]/su, "");
    if (clause.match(NEGATION) !== null) return true;
  }
  return false;
}

/** Characters behind a negation within which it still denies. */
const REACH = 8;

/** True when the text denies something; words such as 不同 or 非常 do not count. */
export function hasNegation(text: string): boolean {
  return negatedHeads(plain(text)).length > 0;
}

/** A pair of opposites of which the question has one and the text only the other. */
export function swapsOpposite(question: string, text: string): boolean {
  const asked = normalize(question);
  const held = normalize(text);
  return OPPOSITES.some(
    ([one, other]) =>
      (asked.includes(one) && !asked.includes(other) && !held.includes(one) && held.includes(other)) ||
      (asked.includes(other) && !asked.includes(one) && !held.includes(other) && held.includes(one)),
  );
}
