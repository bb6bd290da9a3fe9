import { findPii } from "./find-pii.ts";
import { LONGEST_PLACEHOLDER, type PiiVault } from "./pii-vault.ts";

/**
 * Passes on a text that arrives in pieces, with what is personal hidden or placeholders restored. What may turn out to
 * be the beginning of either is held back until it is known, so that no half of it is ever shown. However the text is
 * cut into pieces, what comes out is the same.
 */
export class PiiStream {
  readonly #vault: PiiVault;
  readonly #what: { readonly hide: boolean; readonly restore: boolean };
  /** What was passed on last, to judge the next by. */
  #before = "";
  #held = "";

  constructor(vault: PiiVault, what: { readonly hide: boolean; readonly restore: boolean }) {
    this.#vault = vault;
    this.#what = what;
  }

  /** What can be shown now. */
  push(delta: string): string {
    this.#held += delta;
    return this.#pass(this.#safeEnd());
  }

  /** What was held back, at the end of the text. */
  flush(): string {
    const rest = this.#pass(this.#held.length);
    this.#before = "";
    return rest;
  }

  #pass(end: number): string {
    if (end === 0) return "";
    const text = this.#held.slice(0, end);
    const shown = this.#vault.transform(this.#before, text, this.#what);
    this.#before = (this.#before + text).slice(-BEFORE);
    this.#held = this.#held.slice(end);
    return shown;
  }

  /** Up to where the text is settled: to a place that no number, address, key or placeholder can go across. */
  #safeEnd(): number {
    const text = this.#held;
    let end = startOfRun(text);
    const open = text.lastIndexOf("<");
    if (open >= 0 && text.length - open < LONGEST_PLACEHOLDER && !text.includes(">", open))
      end = Math.min(end, open);
    if (!this.#what.hide) return end;
    const key = text.lastIndexOf("-----BEGIN");
    if (key >= 0 && text.length - key < LONGEST_KEY && !/-----END [A-Z ]*-----/.test(text.slice(key)))
      end = Math.min(end, key);
    const across = findPii(text, this.#vault.kinds).find((span) => span.start < end && span.end > end);
    return across?.start ?? end;
  }
}

const BEFORE = 40;
const LONGEST_KEY = 8_000;

/** Where the last run of characters begins that may go on: a word, or digits in groups. */
function startOfRun(text: string): number {
  let start = text.length;
  while (start > 0) {
    const char = text[start - 1] ?? "";
    const isInRun = /[\w@.%+\-/=:~#()（）＠．＋－０-９转\ud800-\udbff]/.test(char);
    const isBetweenDigits = char === " " && /[\d)）０-９]/.test(text[start - 2] ?? "");
    if (!isInRun && !isBetweenDigits) break;
    start--;
  }
  return start;
}
