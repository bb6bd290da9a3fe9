import { KEY_SHAPES } from "./redact-secrets.ts";

/** Kinds of personal data that can be found by their form. */
export type PiiKind = (typeof PII_KINDS)[number];

export const PII_KINDS = [
  /** Keys and tokens: `sk-…`, `AKIA…`, JSON web tokens, private key blocks, GitHub and others. */
  "secret",
  "email",
  /** Mainland resident identity card, 18 digits with a right checksum (GB 11643). */
  "id-card",
  /** Bank cards of the known issuers, with a right checksum (Luhn). */
  "bank-card",
  /** Mainland mobile numbers. */
  "phone",
  /** Mainland fixed lines with an area code. */
  "landline",
  /** Chinese passports, where the text says that it is one. */
  "passport",
  /** IPv4 addresses. */
  "ip",
] as const;

/** Found without being asked for by name. An address of a machine is rarely that of a person. */
export const DEFAULT_KINDS: readonly PiiKind[] = PII_KINDS.filter((kind) => kind !== "ip");

export interface PiiSpan {
  readonly kind: PiiKind;
  readonly start: number;
  readonly end: number;
  /** As it is compared: without spaces and hyphens. */
  readonly value: string;
}

/**
 * Finds personal data by form and checksum, in order, none overlapping. Numbers that the text calls an order, a parcel
 * or an account of something else are left alone, as are parts of longer numbers.
 *
 * @example findPii("我的手机是 138 0013 8000") // [{ kind: "phone", start: 6, end: 19, value: "13800138000" }]
 */
export function findPii(text: string, kinds: readonly PiiKind[] = DEFAULT_KINDS): PiiSpan[] {
  if (!/[\d０-９@＠]|-----BEGIN|[A-Za-z0-9_-]{16}/.test(text)) return [];
  // One character for one, so that positions stay.
  const plain = text.replace(/[０-９＋－．＠（）]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0));
  const found = PII_KINDS.filter((kind) => kinds.includes(kind)).flatMap((kind) => spansOf(kind, plain));
  // A stable sort: of two that begin at one place the kind listed first goes first.
  found.sort((a, b) => a.start - b.start);
  const kept: PiiSpan[] = [];
  for (const span of found) if (span.start >= (kept.at(-1)?.end ?? 0)) kept.push(span);
  return kept;
}

function spansOf(kind: PiiKind, text: string): PiiSpan[] {
  return FORMS[kind].flatMap(({ pattern, accept }) =>
    [...text.matchAll(pattern)].flatMap((match) => {
      const [raw] = match;
      const value =
        kind === "email" ? raw.toLowerCase() : kind === "secret" ? raw : raw.replace(/[ ()-]/g, "");
      const before = text.slice(Math.max(0, match.index - CONTEXT), match.index);
      if (accept && !accept(value, before)) return [];
      return [{ kind, start: match.index, end: match.index + raw.length, value }];
    }),
  );
}

/** Characters in front of a number in which the text may say what it is. */
const CONTEXT = 24;

interface Form {
  readonly pattern: RegExp;
  readonly accept?: (value: string, before: string) => boolean;
}

/** Not in the middle of a word, a longer number, a decimal or an address. */
const ALONE = "(?<![\\w.+\\-/=#%])";
const ENDS = "(?![\\w%]|[.\\-/]\\w)";

const FORMS: Readonly<Record<PiiKind, readonly Form[]>> = {
  secret: KEY_SHAPES.map((pattern) => ({ pattern })),
  email: [
    {
      pattern: /(?<![\w.%+@/:-])[\w.%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}(?![\w@])/g,
      accept: (value) => !value.startsWith("git@"),
    },
  ],
  "id-card": [
    {
      pattern: new RegExp(
        `${ALONE}[1-9]\\d{5}[ -]?(?:19|20)\\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])[ -]?\\d{3}[\\dXx]${ENDS}`,
        "g",
      ),
      accept: isIdCard,
    },
  ],
  "bank-card": [
    {
      pattern: new RegExp(
        `${ALONE}(?:\\d{13,19}|\\d{4}(?:[ -]\\d{4}){2,3}(?:[ -]\\d{1,4})?|\\d{4}[ -]\\d{6}[ -]\\d{5})${ENDS}`,
        "g",
      ),
      accept: (value, before) => isBankCard(value) && !isOtherNumber(before),
    },
  ],
  phone: [
    {
      pattern: new RegExp(
        `(?<![\\w.+/=#%]|\\d-)(?:\\+?86[ -]?)?1[3-9]\\d(?:\\d{8}|[ -]\\d{4}[ -]\\d{4})${ENDS}`,
        "g",
      ),
      accept: (_, before) => !isOtherNumber(before),
    },
  ],
  landline: [
    {
      pattern: new RegExp(
        `(?<![\\w.+\\-/=#%])(?:\\+?86[ -]?)?(?:\\(0(?:10|2\\d|[3-9]\\d{2})\\) ?|0(?:10|2\\d|[3-9]\\d{2})[ -])[2-8]\\d{2,3}[ -]?\\d{4}(?:(?:-|转)\\d{1,5})?${ENDS}`,
        "g",
      ),
      accept: (_, before) => !isOtherNumber(before),
    },
  ],
  passport: [
    {
      pattern: new RegExp(`${ALONE}(?:E[A-HJ-NP-Z]\\d{7}|[EGDSP]\\d{8})${ENDS}`, "g"),
      accept: (_, before) => /护照|passport/i.test(before),
    },
  ],
  ip: [
    {
      pattern: /(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w.]*\w)/g,
    },
  ],
};

function isOtherNumber(before: string): boolean {
  return /(?:订单|运单|快递|单号|编号|流水|批次|序列号|发票|合同号|工单|条码|货号|时间戳|ISBN|order|invoice|tracking|serial|timestamp|\bsku|\bref)[^，。；,;\n]{0,8}$/i.test(
    before,
  );
}

function isIdCard(value: string): boolean {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, index) => total + weight * Number(value[index]), 0);
  return "10X98765432"[sum % 11] === value[17]?.toUpperCase();
}

/** Issuers: UnionPay, Visa, Mastercard, American Express, JCB, Discover. */
function isBankCard(value: string): boolean {
  const isIssued =
    /^(?:62\d{14,17}|4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d{2}|7[01]\d|720)\d{12}|3[47]\d{13}|35(?:2[89]|[3-8]\d)\d{12}|6(?:011|5\d{2})\d{12})$/.test(
      value,
    );
  if (!isIssued || /^(\d)\1+$/.test(value)) return false;
  const sum = [...value].reverse().reduce((total, digit, index) => {
    const doubled = Number(digit) * (index % 2 === 1 ? 2 : 1);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}
