import { simplifiedPairs } from "./simplified-table.ts";

const basic = new Uint16Array(0x10000);
const supplementary = new Map<number, number>();
fillTables();

/**
 * Simplified form of one code point; itself where it has none. Made for matching, not for display: it looks at no
 * context, so 乾 in 乾坤 becomes 干 too. Idempotent.
 */
export function simplifyCodePoint(codePoint: number): number {
  if (codePoint <= 0xffff) return basic[codePoint] || (supplementary.get(codePoint) ?? codePoint);
  return supplementary.get(codePoint) ?? codePoint;
}

/**
 * Traditional → simplified, code point by code point. The number of code points stays the same.
 *
 * @example simplify("語言模型與檢索") // "语言模型与检索"
 */
export function simplify(text: string): string {
  let result = "";
  let copied = 0;
  for (let index = 0; index < text.length; ) {
    const codePoint = text.codePointAt(index)!;
    const width = codePoint > 0xffff ? 2 : 1;
    const simplified = simplifyCodePoint(codePoint);
    if (simplified !== codePoint) {
      result += text.slice(copied, index) + String.fromCodePoint(simplified);
      copied = index + width;
    }
    index += width;
  }
  return copied === 0 ? text : result + text.slice(copied);
}

function fillTables(): void {
  const characters = [...simplifiedPairs];
  for (let index = 0; index < characters.length; index += 2) {
    const from = characters[index]!.codePointAt(0)!;
    const to = characters[index + 1]!.codePointAt(0)!;
    if (from <= 0xffff && to <= 0xffff) basic[from] = to;
    else supplementary.set(from, to);
  }
}
