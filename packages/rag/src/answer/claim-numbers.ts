import { normalize } from "../language/normalize.ts";

/** A number as written somewhere: what it may stand for, and the unit behind it where that is a known one. */
interface NumberMention {
  readonly written: string;
  /** `12 %` is `12%`; `1750 亿` is 175000000000; `7B` may be 7 or 7000000000. */
  readonly values: readonly string[];
  readonly unit: string | null;
  /** A bare 三 or "two", which a text may also bear out by an enumeration. */
  readonly counted: boolean;
}

/**
 * Numbers of a claim that a text does not bear out, as the claim writes them: by value, whatever the notation (1,750 亿,
 * 175 billion; 三百, 300; 百分之五, 5%), with the same unit where both name one (5 km is not 5 m).
 */
export function missingNumbers(claim: string, text: string): string[] {
  const held = mentionsOf(text, true);
  const counts = enumerationsOf(text);
  return mentionsOf(claim, false)
    .filter((wanted) => {
      if (wanted.counted && wanted.values.some((value) => counts.has(value))) return false;
      return !held.some(
        (mention) =>
          mention.values.some((value) => wanted.values.includes(value)) &&
          (wanted.unit === null || mention.unit === null || wanted.unit === mention.unit),
      );
    })
    .map(({ written }) => written);
}

const SCALES: readonly (readonly [RegExp, number])[] = [
  [/^\s*(?:万亿|兆|trillion\b)/u, 1e12],
  [/^\s*(?:十亿|billion\b|bn\b)/u, 1e9],
  [/^\s*亿/u, 1e8],
  [/^\s*千万/u, 1e7],
  [/^\s*(?:百万|million\b)/u, 1e6],
  [/^\s*万/u, 1e4],
  [/^\s*(?:千(?![米克瓦卡赫兆字])|thousand\b)/u, 1e3],
  [/^\s*(?:百(?!分)|hundred\b)/u, 1e2],
];
/** 7B, 512k: a factor, or a unit or part of a name: both readings count. */
const LETTER_SCALES: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, b: 1e9, t: 1e12 };

const UNITS: readonly (readonly [RegExp, string])[] = [
  [/^\s*(?:km\b|公里|千米|kilomet)/u, "km"],
  [/^\s*(?:cm\b|厘米|centimet)/u, "cm"],
  [/^\s*(?:mm\b|毫米|millimet)/u, "mm"],
  [/^\s*(?:m\b|米|met(?:er|re)s?\b)/u, "m"],
  [/^\s*(?:miles?\b|英里)/u, "mile"],
  [/^\s*(?:feet\b|foot\b|ft\b|英尺)/u, "ft"],
  [/^\s*(?:kg\b|公斤|千克|kilogram)/u, "kg"],
  [/^\s*(?:tb\b)/u, "tb"],
  [/^\s*(?:gb\b)/u, "gb"],
  [/^\s*(?:mb\b)/u, "mb"],
  [/^\s*(?:kb\b)/u, "kb"],
  [/^\s*(?:ms\b|毫秒|milliseconds?\b)/u, "ms"],
  [/^\s*(?:秒|seconds?\b)/u, "s"],
  [/^\s*(?:分钟|minutes?\b)/u, "min"],
  [/^\s*(?:个?小时|hours?\b)/u, "h"],
  [/^\s*(?:天|days?\b)/u, "day"],
  [/^\s*(?:周(?!年)|weeks?\b)/u, "week"],
  [/^\s*(?:个月|months?\b)/u, "month"],
  [/^\s*(?:倍|times\b)/u, "times"],
  [/^\s*(?:美元|dollars?\b|usd\b)/u, "usd"],
  [/^\s*(?:元|人民币|yuan\b|rmb\b|cny\b)/u, "cny"],
  [/^\s*(?:世纪|centur)/u, "century"],
];

const DIGITS = /\d[\d,]*(?:\.\d+)?/gu;
const HAN = /(百分之)?([零〇一二两三四五六七八九十百千万亿]+(?:点[零〇一二三四五六七八九]+)?)/gu;
/** What a single Han digit must stand before to be a count; 一 alone is mostly no number. */
const MEASURE =
  /^(?:个|种|类|层|步|次|年|月|日|天|倍|张|块|条|项|名|位|所|座|点|部|章|节|代|篇|人|分(?![卫之])|岁|台|件|只|座|级|维|组|轮|倍|大|座|支|届|场|队|州|国|米|公里|小时|元|美元|世纪|%)/u;
const ENGLISH: Readonly<Record<string, number>> = Object.fromEntries(
  (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen " +
    "eighteen nineteen twenty"
  )
    .split(" ")
    .map((word, value) => [word, value]),
);
const TENS: Readonly<Record<string, number>> = Object.fromEntries(
  "thirty forty fifty sixty seventy eighty ninety".split(" ").map((word, index) => [word, (index + 3) * 10]),
);
const ORDINALS: Readonly<Record<string, number>> = Object.fromEntries(
  "first second third fourth fifth sixth seventh eighth ninth tenth"
    .split(" ")
    .map((word, i) => [word, i + 1]),
);
const ENGLISH_NUMBER = new RegExp(
  `\\b(?:(${Object.keys(TENS).join("|")}|twenty)[- ])?(${[...Object.keys(ENGLISH), ...Object.keys(TENS), ...Object.keys(ORDINALS)].join("|")})\\b`,
  "gu",
);

/** @param lenient a source bears out more than a claim asks for: every reading of every numeral */
function mentionsOf(original: string, lenient: boolean): NumberMention[] {
  const text = normalize(original);
  return [
    ...digitMentions(text, lenient),
    ...hanMentions(text, lenient),
    ...englishMentions(text, lenient),
    ...(lenient ? [...monthMentions(text), ...romanMentions(original)] : []),
  ];
}

function digitMentions(text: string, lenient: boolean): NumberMention[] {
  return [...text.matchAll(DIGITS)].flatMap((match): NumberMention[] => {
    const number = Number(match[0].replace(/,/gu, ""));
    const rest = text.slice(match.index + match[0].length);
    const before = text.slice(0, match.index);
    // 20 世纪 in front of 30 年代 is part of 1930.
    if (!lenient && /^\s*世纪\s*\d+\s*年代/u.test(rest)) return [];
    const { values, unit } = readingsOf(number, rest, before);
    const year = /(?<!\d)(\d{4})\s*[-–—]\s*$/u.exec(before)?.[1];
    // The second year of 1038–40.
    if (year !== undefined && /^\d{2}$/u.test(match[0])) values.push(year.slice(0, 2) + match[0]);
    // A source's 50–70 亿 also says 50; a claim is held to what it says.
    const plain = lenient && /^\s*[-–—~至到]\s*\d/u.test(rest) ? [String(number)] : [];
    return [{ written: match[0].replace(/,/gu, ""), values: [...values, ...plain], unit, counted: false }];
  });
}

function readingsOf(number: number, rest: string, before: string): { values: string[]; unit: string | null } {
  if (/^\s*(?:%|‰|percent\b|per cent\b|个百分点)/u.test(rest) || /百分之\s*$/u.test(before))
    return { values: [`${number}%`], unit: null };
  // The scale behind the end of a range holds for its beginning too.
  const behindRange = rest.replace(/^\s*[-–—~至到]\s*\d[\d,.]*/u, "");
  const { factor, length } = scaleAt(behindRange);
  const behind = behindRange.slice(length);
  const unit =
    UNITS.find(([pattern]) => pattern.test(behind))?.[1] ?? (/[$]\s*$/u.test(before) ? "usd" : null);
  if (factor !== 1) return { values: [valueText(number * factor)], unit };
  const letter = /^\s?([kmbt])(?![\p{Script=Latin}\d])/u.exec(rest)?.[1];
  const values = [valueText(number)];
  if (letter !== undefined) values.push(valueText(number * (LETTER_SCALES[letter] ?? 1)));
  // 20 世纪 90 年代 and the 1990s.
  const century = /(\d{1,2})\s*世纪\s*$/u.exec(before)?.[1];
  if (century !== undefined && /^\s*年代/u.test(rest))
    values.push(String((Number(century) - 1) * 100 + number));
  return { values, unit: letter === "m" ? null : unit };
}

function scaleAt(rest: string): { factor: number; length: number } {
  for (const [pattern, factor] of SCALES) {
    const match = pattern.exec(rest);
    if (match !== null) return { factor, length: match[0].length };
  }
  return { factor: 1, length: 0 };
}

function hanMentions(text: string, lenient: boolean): NumberMention[] {
  return [...text.matchAll(HAN)].flatMap((match): NumberMention[] => {
    const [whole, percent, numeral = ""] = match;
    const before = text.slice(0, match.index);
    // The scale of 1750 亿 is no number of its own.
    if (/\d\s*$/u.test(before) && /^[百千万亿]/u.test(numeral)) return [];
    const rest = text.slice(match.index + whole.length);
    const value = hanValue(numeral);
    if (value === null) return lenient ? singles(numeral) : [];
    if (percent !== undefined) return [{ written: whole, values: [`${value}%`], unit: null, counted: false }];
    const unit = UNITS.find(([pattern]) => pattern.test(rest))?.[1] ?? null;
    const mention = { written: whole, values: [valueText(value)], unit, counted: value <= 12 };
    if (lenient) return [mention, ...(numeral.length > 1 ? singles(numeral) : [])];
    const measured = MEASURE.test(rest) || /第$/u.test(before);
    const isCount =
      numeral.length === 1 ? /[二两三四五六七八九十]/u.test(numeral) && measured : isPlain(numeral, measured);
    return isCount ? [mention] : [];
  });
}

/** 十二 and 三百 are numbers wherever they stand; 万一, 千万, 一一 are words. */
function isPlain(numeral: string, measured: boolean): boolean {
  if (/^[百千万亿]/u.test(numeral) || /^一+$/u.test(numeral)) return false;
  return measured || /[二三四五六七八九〇零].*[十百千万亿]|[十百千万亿].*[一二三四五六七八九]/u.test(numeral);
}

function singles(numeral: string): NumberMention[] {
  return [...numeral].flatMap((character) => {
    const value = hanValue(character);
    return value === null ? [] : [{ written: character, values: [String(value)], unit: null, counted: true }];
  });
}

function englishMentions(text: string, lenient: boolean): NumberMention[] {
  const half: NumberMention[] =
    lenient && /一半|\bhalf\b/u.test(text)
      ? [{ written: "half", values: ["50%", "0.5"], unit: null, counted: false }]
      : [];
  const words = [...text.matchAll(ENGLISH_NUMBER)].flatMap((match): NumberMention[] => {
    const [written, tens, word = ""] = match;
    // "one" and "first" are mostly no numbers in a claim.
    if (!lenient && tens === undefined && /^(?:one|zero|first|second)$/u.test(word)) return [];
    const value =
      (TENS[tens ?? ""] ?? (tens === "twenty" ? 20 : 0)) +
      (ENGLISH[word] ?? TENS[word] ?? ORDINALS[word] ?? 0);
    const { values, unit } = readingsOf(value, text.slice(match.index + written.length), "");
    return [{ written, values, unit, counted: value <= 12 }];
  });
  return [...half, ...words];
}

const MONTHS = "january february march april may june july august september october november december".split(
  " ",
);

/** 4 月 is borne out by April. */
function monthMentions(text: string): NumberMention[] {
  return MONTHS.flatMap((month, index) =>
    new RegExp(`\\b${month}\\b`, "u").test(text)
      ? [{ written: month, values: [String(index + 1)], unit: null, counted: false }]
      : [],
  );
}

const ROMAN: Readonly<Record<string, number>> = { I: 1, V: 5, X: 10, L: 50 };

/** Henry III is 亨利三世, Super Bowl XLIX the 49th. */
function romanMentions(text: string): NumberMention[] {
  return [...text.matchAll(/\b[IVXL]+\b/gu)].map(([numeral]) => {
    const digits = [...numeral].map((one) => ROMAN[one] ?? 0);
    const value = digits.reduce(
      (sum, digit, at) => sum + (digit < (digits[at + 1] ?? 0) ? -digit : digit),
      0,
    );
    return { written: numeral, values: [String(value)], unit: null, counted: false };
  });
}

const HAN_DIGITS = "零一二三四五六七八九";

/** Value of a Han numeral: positional (二〇二二) or with units (三百二十); `null` for what is neither, such as 亿万. */
function hanValue(numeral: string): number | null {
  const [whole = "", fraction] = numeral.replace(/〇/gu, "零").replace(/两/gu, "二").split("点");
  if (/^[零一二三四五六七八九]+$/u.test(whole)) {
    const digits = [...whole].map((one) => HAN_DIGITS.indexOf(one)).join("");
    const decimals = [...(fraction ?? "")].map((one) => HAN_DIGITS.indexOf(one)).join("");
    return Number(decimals === "" ? digits : `${digits}.${decimals}`);
  }
  let total = 0;
  let section = 0;
  let digit: number | null = null;
  for (const one of whole) {
    const unit = { 十: 10, 百: 100, 千: 1_000 }[one];
    if (unit !== undefined) {
      section += (digit ?? 1) * unit;
      digit = null;
    } else if (one === "万" || one === "亿") {
      const factor = one === "万" ? 1e4 : 1e8;
      total = (total + section + (digit ?? 0)) * factor;
      section = 0;
      digit = null;
      if (total === 0) return null;
    } else digit = HAN_DIGITS.indexOf(one);
  }
  return total + section + (digit ?? 0);
}

/** How many items the lists and 、-rows of a text have: "three ways" may be told by showing three. */
function enumerationsOf(text: string): Set<string> {
  const counts = new Set<string>();
  const items = text.match(/^\s*(?:[-*+]|\d{1,3}[.)]) /gmu)?.length ?? 0;
  if (items > 1) counts.add(String(items));
  for (const clause of text.split(/[。！？；\n]|[.;] /u)) {
    const pauses = clause.match(/、/gu)?.length ?? 0;
    const joined = /[和与及]/u.test(clause) ? 1 : 0;
    if (pauses > 0) for (const more of [1, 1 + joined]) counts.add(String(pauses + more));
    const commas = clause.match(/, /gu)?.length ?? 0;
    if (commas > 0) counts.add(String(commas + 1));
  }
  return counts;
}

/** One spelling for one value: no rounding noise of 1.75 × 1e11. */
function valueText(value: number): string {
  return String(Number(value.toPrecision(12)));
}
