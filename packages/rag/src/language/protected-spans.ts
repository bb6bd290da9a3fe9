const pairs = new Map([
  ["“", "”"],
  ["‘", "’"],
  ["「", "」"],
  ["『", "』"],
  ["《", "》"],
  ["〈", "〉"],
  ["（", "）"],
  ["(", ")"],
  ["【", "】"],
  ["[", "]"],
  ["{", "}"],
]);
const longestSpan = 300;

/** True for a code unit that may open a quotation, a bracket or code. */
export function isSpanOpener(unit: number): boolean {
  const character = String.fromCharCode(unit);
  return pairs.has(character) || character === '"' || character === "`";
}

/**
 * End of the quotation, bracket, code span or fenced code block that opens at `start`; `start` when it does not close
 * on its line within 300 characters (a fence may run over any number of lines), so that a stray opener costs nothing.
 */
export function endOfProtectedSpan(text: string, start: number): number {
  const open = text[start]!;
  if (open === "`") return endOfCode(text, start);
  const limit = Math.min(text.length, start + longestSpan);
  const close = pairs.get(open) ?? open;
  let depth = 1;
  for (let index = start + 1; index < limit; index++) {
    const character = text[index]!;
    if (character === "\n" || character === "\r" || character === "\u2028" || character === "\u2029")
      return start;
    if (character === close) {
      if (--depth === 0) return index + 1;
    } else if (character === open) depth++;
  }
  return start;
}

function endOfCode(text: string, start: number): number {
  let width = 1;
  while (text[start + width] === "`") width++;
  const ticks = "`".repeat(width);
  const fence = width >= 3 && /(?:^|\n)[ \t]*$/.test(text.slice(Math.max(0, start - 80), start));
  const limit = fence ? text.length : Math.min(text.length, start + longestSpan);
  for (let close = text.indexOf(ticks, start + width); close !== -1 && close < limit; ) {
    let end = close + width;
    while (text[end] === "`") end++;
    if (end === close + width || fence) return end;
    close = text.indexOf(ticks, end);
  }
  return start + width - 1 > start ? start + width : start;
}
