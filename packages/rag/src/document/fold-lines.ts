// Between two CJK characters (a mark such as "," may follow the first) a line break is no space.
const CJK = "[\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\u3000-\\u303f\\uff00-\\uffef]";
const CJK_BREAK = new RegExp(`(?<=${CJK}[,.;:!?)"'’”]?)[^\\S\\n]*\\n\\s*(?=${CJK})`, "gu");
const HYPHENATED = /(?<=\p{Ll})[-\u00ad\u2010]\n\s*(?=\p{Ll})/gu;

/**
 * Joins the lines of one wrapped paragraph: Chinese lines without a space, others with one.
 *
 * @param options.dehyphenate Also joins a word broken at a line end ("trans-⏎former"), as printed pages break words.
 */
export function foldLines(text: string, options: { readonly dehyphenate?: boolean } = {}): string {
  if (!/[\n\r]/.test(text)) return text;
  let folded = text.replace(/\r\n?/g, "\n");
  if (options.dehyphenate) folded = folded.replace(HYPHENATED, "");
  return folded.replace(CJK_BREAK, "").replace(/[^\S\n]*\n\s*/g, " ");
}
