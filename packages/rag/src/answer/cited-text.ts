import { splitSentences } from "../language/sentences.ts";
import { nextToken } from "./answer-tokens.ts";

/** A sentence of an answer with the numbers it cites. */
export interface CitedSentence {
  /** Without markers, as written otherwise. */
  readonly text: string;
  /** In order of appearance; numbers without a source included. */
  readonly markers: readonly number[];
  /** Says something that can be true or false of the documents: no heading, lead-in, question or word about the sources. */
  readonly isClaim: boolean;
  readonly layout: "prose" | "table";
}

/** What is written behind a sentence once it is known: markers to add, a note. */
export type SentenceEnding = (sentence: CitedSentence) => string;

export interface CitedTextOptions {
  /** Numbers that exist; markers of others are dropped. */
  readonly known?: ReadonlySet<number>;
  readonly ending?: SentenceEnding;
}

/**
 * Follows an answer as a model writes it: gives on what may be shown, every marker as `[n]` whatever its shape ([1, 2],
 * 【1】, [^1], [1-3]), never half of one, and calls `ending` for each sentence when it is complete with the markers
 * behind it. Code, formulas and links are left alone.
 */
export class CitedText {
  readonly sentences: CitedSentence[] = [];
  readonly #known: ReadonlySet<number> | undefined;
  readonly #ending: SentenceEnding;
  #rest = "";
  #line = "";
  #sentence = "";
  #markers: number[] = [];
  /** White space behind a finished sentence, held until it is known whether markers follow; `null` within one. */
  #tail: string | null = null;

  constructor({ known, ending = () => "" }: CitedTextOptions = {}) {
    this.#known = known;
    this.#ending = ending;
  }

  /** Takes what has arrived and gives what may be shown. */
  push(delta: string): string {
    this.#rest += delta;
    return this.#read(false);
  }

  /** Gives what was held back when the text has ended. */
  end(): string {
    return this.#read(true) + this.#finish();
  }

  /** The same for a text that broke off: its last sentence is shown as far as it came, and not judged. */
  breakOff(): string {
    const shown = this.#read(true);
    if (this.#tail !== null) return shown + this.#finish();
    this.#sentence = "";
    return shown;
  }

  #read(ended: boolean): string {
    let shown = "";
    for (;;) {
      const token = nextToken(this.#rest, ended, this.#line === "");
      if (token === null) return shown;
      if (token.kind === "stop" && !this.#isDecided(token.raw, ended)) return shown;
      this.#rest = this.#rest.slice(token.raw.length);
      shown += this.#take(token.kind, token.raw, token.kind === "marker" ? token.numbers : []);
      this.#line = /\n/u.test(token.raw)
        ? token.raw.slice(token.raw.lastIndexOf("\n") + 1)
        : this.#line + token.raw;
    }
  }

  /** A full stop needs what follows: 3.14, e.g. */
  #isDecided(raw: string, ended: boolean): boolean {
    return ended || this.#rest.length > raw.length;
  }

  #take(kind: string, raw: string, numbers: readonly number[]): string {
    if (kind === "marker") {
      const held = numbers.filter((number) => this.#known?.has(number) !== false);
      this.#markers.push(...numbers);
      return held.map((number) => `[${number}]`).join("");
    }
    if (kind === "space" && this.#tail !== null) {
      this.#tail += raw;
      return "";
    }
    if (kind === "newline" || kind === "fence") return this.#finish() + raw;
    // Something else behind a finished sentence opens the next one.
    const before = this.#tail === null ? "" : this.#finish();
    if (kind === "stop") {
      this.#sentence += raw;
      if (this.#endsSentence(raw)) this.#tail = "";
      return before + raw;
    }
    this.#sentence += raw;
    return before + raw;
  }

  #endsSentence(raw: string): boolean {
    const next = this.#rest[0] ?? "";
    // Nothing but the end of a sentence is followed by what it cites: "… A and B.[1]".
    if (/^[[【［〔]/u.test(next)) return true;
    if (/^[.!?;]/u.test(raw) && !/^[\s[【［〔]|^$/u.test(next) && !/\p{Script=Han}/u.test(next)) return false;
    const follows = /[。！？；…]/u.test(raw) || /\p{Script=Han}/u.test(next) ? "文" : " Xx";
    return splitSentences(this.#sentence + follows).length > splitSentences(this.#sentence).length;
  }

  #finish(): string {
    const tail = this.#tail ?? "";
    const text = this.#sentence.trim();
    const markers = [...new Set(this.#markers)];
    this.#tail = null;
    this.#sentence = "";
    this.#markers = [];
    if (text === "") {
      // A line of markers belongs to the sentence in front; alone it says nothing.
      return tail;
    }
    const layout = text.startsWith("|") ? "table" : "prose";
    const sentence: CitedSentence = { text, markers, isClaim: isClaim(text), layout };
    this.sentences.push(sentence);
    return this.#ending(sentence) + tail;
  }
}

/** The sentences of a finished answer. */
export function citedSentences(text: string): CitedSentence[] {
  const read = new CitedText();
  read.push(text);
  read.end();
  return read.sentences;
}

const ABOUT_SOURCES =
  /(?:资料|来源|原文|材料|文档|文中|课程|上文|documents?|sources?|passages?|texts?|course|materials?).{0,16}(?:没有|未|并未|不包含|无法|do(?:es)? not|don['’]t|doesn['’]t|cannot|no (?:mention|information))|(?:没有|未)(?:提到|提及|说明|讲到|涉及|给出|找到)|not (?:covered|mentioned|stated|addressed)/iu;

function isClaim(text: string): boolean {
  const plain = text.replace(/^[\s>]*(?:[-*+]|\d{1,3}[.)、])?\s*/u, "").replace(/[*_`]/gu, "");
  if (/^\s*#/u.test(text) || /^[|\s:-]*$/u.test(text)) return false;
  if (/[：:？?]\s*[”」）)]?$/u.test(plain)) return false;
  if (ABOUT_SOURCES.test(plain)) return false;
  return (plain.match(/[\p{L}\p{N}]/gu) ?? []).length >= 4;
}
