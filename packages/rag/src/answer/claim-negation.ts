import { detectLanguage } from "../language/detect-language.ts";
import { normalize } from "../language/normalize.ts";

/** Words with 不, 无, 非, 未 in them that deny nothing. */
const NOT_NEGATION =
  /不同|不断|不仅|不但|不过|不管|不论|不少|不久|不得不|差不多|非常|无论|无疑|未来|除非|无监督|非线性|无穷|无数|并非不|不错|非零|[南北东西]?非洲|南非|北非|那不勒斯|不列颠|不丹|不莱梅|布尔什维克|不锈钢|无线|无限|默默无闻|是非|莫非|非凡/gu;
const NEGATION =
  /不(?:会|能|是|再|需要?|必|可|应|用|要|太|够|了|到|出|含|包含|包括)?|没有?|无法|无需|无|未|非|勿|\b(?:not|no|never|cannot|without|neither|nor|none)\b|n['’]t\b/giu;
/** What another language may say with a plain not. */
const DENIES_SOFTLY =
  /\b(?:fail|lack|refus|discourag|unable|avoid|prevent|prohibit|forb[ia]d|reject|except|unlike|hardly|rarely|scarcely|barely|few|little|only|rather than|instead|free of|illegal|impossible|un[a-z]{4,}|dis[a-z]{4,}|in(?:ab|ad|ca|co|de|ef|su|vi)[a-z]{3,}|non-?[a-z]+|less\b)|[a-z]{3,}less\b|缺乏|缺少|失败|拒绝|避免|防止|禁止|除了|除外|很少|极少|几乎|只有|仅|难以|而是|否/u;
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

/**
 * Negation or an opposite that stands on one side only.
 *
 * @param quote the sentence of the block that is nearest to the claim
 */
export function turnedOver(claim: string, quote: string, blockText: string): string[] {
  const said = plain(claim);
  const source = plain(quote);
  const block = plain(blockText);
  const found: string[] = [];
  const denied = negatedHeads(said);
  // Words cannot be compared across languages, only whether the nearest sentence denies anything.
  if (detectLanguage(claim) !== detectLanguage(quote))
    return denied.length > 0 && negatedHeads(source).length === 0 && !DENIES_SOFTLY.test(source)
      ? ["negation"]
      : [];
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
