import type { Language } from "../wording.ts";
import { findPii, PII_KINDS, type PiiKind } from "./find-pii.ts";

/** Values in the order in which a thread saw them, and the language of their placeholders. Kept with the thread. */
export interface PiiValues {
  readonly language: Language;
  readonly values: readonly (readonly [PiiKind, string, string])[];
}

/** Gives each piece of personal data of a thread one placeholder, such as `<手机号1>` or `<PHONE_1>`, and takes it back. */
export class PiiVault {
  readonly kinds: readonly PiiKind[];
  #language: Language = "zh";
  readonly #values: [PiiKind, string, string][] = [];
  readonly #placeholders = new Map<string, string>();
  readonly #originals = new Map<string, string>();
  readonly #counts = new Map<PiiKind, number>();

  constructor(kinds: readonly PiiKind[]) {
    this.kinds = kinds;
  }

  /** Takes up what the thread keeps. The language of the first time stays. */
  load(kept: PiiValues | undefined, language: Language): void {
    if (this.#values.length === 0) this.#language = kept?.language ?? language;
    for (const [kind, value, original] of kept?.values ?? []) this.#add(kind, value, original);
  }

  keep(): PiiValues {
    return { language: this.#language, values: this.#values };
  }

  /** Gives out no number again that a placeholder in this text has. */
  reserve(text: string): void {
    for (const [placeholder] of text.matchAll(PLACEHOLDER)) {
      const kind = PII_KINDS.find((name) =>
        LABELS[name].some((label) => placeholder.replace(/[<>_\d]/g, "") === label.replace("_", "")),
      );
      const number = Number(/\d+/.exec(placeholder)?.[0]);
      if (kind) this.#counts.set(kind, Math.max(number, this.#counts.get(kind) ?? 0));
    }
  }

  /** The text with placeholders for what is personal in it. */
  hide(text: string): string {
    return this.transform("", text, { hide: true, restore: false });
  }

  /** The text with the originals for known placeholders, written as the text around them needs it. */
  restore(text: string, write: (original: string) => string = (original) => original): string {
    if (!text.includes("<")) return text;
    return text.replace(PLACEHOLDER, (placeholder) => {
      const original = this.#originals.get(placeholder);
      return original === undefined ? placeholder : write(original);
    });
  }

  /**
   * Hides what is personal, or restores placeholders, or both: what was hidden before is the user's own, what the model
   * brings itself is hidden.
   *
   * @param before what stands in front of the text, to judge it by
   */
  transform(
    before: string,
    text: string,
    what: { readonly hide: boolean; readonly restore: boolean },
  ): string {
    const spans = what.hide
      ? findPii(before + text, this.kinds).map(({ start, end, kind, value }) => ({
          start: start - before.length,
          end: end - before.length,
          kind,
          value,
        }))
      : [];
    const between = (part: string) => (what.restore ? this.restore(part) : part);
    let out = "";
    let at = 0;
    for (const { start, end, kind, value } of spans) {
      if (start < at) continue;
      out += between(text.slice(at, start)) + this.#add(kind, value, text.slice(start, end));
      at = end;
    }
    return out + between(text.slice(at));
  }

  #add(kind: PiiKind, value: string, original: string): string {
    const key = `${kind} ${value}`;
    const known = this.#placeholders.get(key);
    if (known !== undefined) return known;
    const number = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, number);
    const [zh, en] = LABELS[kind];
    const placeholder = this.#language === "zh" ? `<${zh}${number}>` : `<${en}_${number}>`;
    this.#placeholders.set(key, placeholder);
    this.#originals.set(placeholder, original);
    this.#values.push([kind, value, original]);
    return placeholder;
  }
}

const LABELS: Readonly<Record<PiiKind, readonly [zh: string, en: string]>> = {
  secret: ["密钥", "SECRET"],
  email: ["邮箱", "EMAIL"],
  "id-card": ["身份证号", "ID_CARD"],
  "bank-card": ["银行卡号", "BANK_CARD"],
  phone: ["手机号", "PHONE"],
  landline: ["座机号", "LANDLINE"],
  passport: ["护照号", "PASSPORT"],
  ip: ["IP地址", "IP"],
};

/** Longest placeholder that a stream waits for. */
export const LONGEST_PLACEHOLDER = 20;

const PLACEHOLDER = new RegExp(
  `<(?:(?:${Object.values(LABELS)
    .map(([zh]) => zh)
    .join("|")})\\d{1,5}|(?:${Object.values(LABELS)
    .map(([, en]) => en)
    .join("|")})_\\d{1,5})>`,
  "g",
);
