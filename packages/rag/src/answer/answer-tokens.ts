/** A piece of an answer's Markdown. The `raw` texts of all tokens in order are the answer. */
export type AnswerToken =
  /** Plain text within a sentence. */
  | { readonly kind: "text"; readonly raw: string }
  /** Enders of a sentence with the closing quotes behind them; a full stop may yet be part of a number. */
  | { readonly kind: "stop"; readonly raw: string }
  | { readonly kind: "space" | "newline"; readonly raw: string }
  /** Inline code, a formula, an escaped bracket, a link's target: left as they are. */
  | { readonly kind: "verbatim"; readonly raw: string }
  /** A fenced block, whole. */
  | { readonly kind: "fence"; readonly raw: string }
  | { readonly kind: "marker"; readonly raw: string; readonly numbers: readonly number[] };

/** A marker is not longer than this; a bracket that is still open behind it is a bracket. */
const LONGEST_MARKER = 32;
const LONGEST_VERBATIM = 2_000;
const LONGEST_TARGET = 200;

/**
 * Reads the next token from the beginning of a text that may go on; `null` while what follows decides what it is.
 *
 * @param ended nothing more will come
 * @param opensLine the text stands at the beginning of a line
 */
export function nextToken(text: string, ended: boolean, opensLine: boolean): AnswerToken | null {
  if (text === "") return null;
  if (opensLine) {
    const fence = fenceToken(text, ended);
    if (fence !== undefined) return fence;
  }
  const first = text[0] ?? "";
  if (first === "\n") return { kind: "newline", raw: first };
  if (/[ \t\r]/u.test(first)) return { kind: "space", raw: /^[ \t\r]+/u.exec(text)?.[0] ?? first };
  if (first === "`") return delimited(text, /^`+/u.exec(text)?.[0] ?? "`", ended);
  if (first === "\\") return escaped(text, ended);
  if (first === "$") return formula(text, ended);
  if (OPENERS.includes(first)) return bracket(text, ended);
  const stop = STOP.exec(text)?.[0];
  if (stop !== undefined) return stop.length === text.length && !ended ? null : { kind: "stop", raw: stop };
  return { kind: "text", raw: PLAIN.exec(text)?.[0] ?? first };
}

const OPENERS = "[【［〔";
const CLOSERS = "]】］〕";
const STOP = /^[。！？；…!?.]+[”’」』）)"*_]*/u;
const PLAIN = /^[^\n \t\r`\\$[【［〔。！？；…!?.]+/u;

/** `undefined`: no fence. */
function fenceToken(text: string, ended: boolean): AnswerToken | null | undefined {
  const open = /^ {0,3}(`{3,}|~{3,})/u.exec(text);
  if (open === null)
    return !ended && /^ {0,3}(?:`{1,2}|~{1,2})?$/u.test(text) && text !== "" ? null : undefined;
  const mark = open[1] ?? "```";
  const close = new RegExp(`\\n {0,3}${mark[0]}{${mark.length},}[ \\t]*(?:\\n|$)`, "u").exec(text);
  if (close !== null && (ended || text.length > close.index + close[0].length || close[0].endsWith("\n")))
    return { kind: "fence", raw: text.slice(0, close.index + close[0].length) };
  return ended ? { kind: "fence", raw: text } : null;
}

function delimited(text: string, mark: string, ended: boolean): AnswerToken | null {
  if (mark.length === text.length && !ended) return null;
  const line = text.indexOf("\n", mark.length);
  const end = text.indexOf(mark, mark.length);
  if (end >= 0 && (line < 0 || end < line))
    return { kind: "verbatim", raw: text.slice(0, end + mark.length) };
  return line < 0 && !ended && text.length < LONGEST_VERBATIM ? null : { kind: "text", raw: mark };
}

function escaped(text: string, ended: boolean): AnswerToken | null {
  if (text.length < 2 && !ended) return null;
  const close = { "(": "\\)", "[": "\\]" }[text[1] ?? ""];
  const end = close === undefined ? -1 : text.indexOf(close, 2);
  if (end >= 0) return { kind: "verbatim", raw: text.slice(0, end + 2) };
  if (close !== undefined && !ended && text.length < LONGEST_VERBATIM && !text.includes("\n\n")) return null;
  return { kind: "verbatim", raw: text.slice(0, 2) };
}

function formula(text: string, ended: boolean): AnswerToken | null {
  if (text.length < 2 && !ended) return null;
  if (text.startsWith("$$")) {
    const end = text.indexOf("$$", 2);
    if (end >= 0) return { kind: "verbatim", raw: text.slice(0, end + 2) };
    return ended || text.length > LONGEST_VERBATIM ? { kind: "text", raw: "$$" } : null;
  }
  // $5 is a price.
  return /^\$[\d\s]/u.test(text) ? { kind: "text", raw: "$" } : delimited(text, "$", ended);
}

function bracket(text: string, ended: boolean): AnswerToken | null {
  const closing = CLOSERS[OPENERS.indexOf(text[0] ?? "[")] ?? "]";
  const end = text.indexOf(closing);
  const inner = end < 0 ? text.slice(1) : text.slice(1, end);
  if (
    !/^[\d０-９\s,，、;；^\-–—~～至†Ss资料来源ource文档#:：]*$/u.test(inner) &&
    !/^\d{1,3}\s*†/u.test(inner)
  )
    return { kind: "text", raw: text[0] ?? "[" };
  if (end < 0)
    return text.length < LONGEST_MARKER && !ended && !text.includes("\n")
      ? null
      : { kind: "text", raw: text[0] ?? "[" };
  const numbers = markerNumbers(inner);
  if (numbers.length === 0) return { kind: "text", raw: text[0] ?? "[" };
  // [1](https://…) is a link: what stands behind decides.
  const behind = text.slice(end + 1, end + 1 + LONGEST_TARGET);
  if (/^(?:\([^\s()]*)?$/u.test(behind) && behind.length < LONGEST_TARGET && !ended) return null;
  if (/^\([^\s()]*[:/#.][^\s()]*\)/u.test(behind)) return { kind: "verbatim", raw: text.slice(0, end + 1) };
  return { kind: "marker", raw: text.slice(0, end + 1), numbers };
}

/** `1`, `^1`, `1, 2`, `1-3`, `来源1`, `1†source`; `[]` for what cites nothing, such as the interval `0, 1`. */
function markerNumbers(inner: string): number[] {
  const text = inner
    .normalize("NFKC")
    .replace(/†.*$/u, "")
    .replace(/^(?:\^|资料|来源|文档|source|sources)?\s*[:#]?\s*/iu, "")
    .trim();
  if (!/^\d{1,3}(?:\s*[-–—~至,、;]\s*(?:\^|#)?\d{1,3})*$/u.test(text)) return [];
  const numbers: number[] = [];
  for (const part of text.split(/[,、;]/u)) {
    const [from = 0, to = from] = part.split(/[-–—~至]/u).map((one) => Number(one.replace(/\D/gu, "")));
    if (from === 0 || to < from || to - from > 20) return [];
    for (let number = from; number <= to; number++) numbers.push(number);
  }
  return [...new Set(numbers)];
}
