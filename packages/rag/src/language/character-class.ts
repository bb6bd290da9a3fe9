/** Kinds of characters that tokenisation tells apart. */
export const characterClass = {
  /** Punctuation, symbols, controls, line breaks: ends every token. */
  separator: 0,
  /** A letter of a script written without spaces between words: Han, kana, Thai, Lao, Khmer, Burmese, Tibetan. */
  spaceless: 1,
  letter: 2,
  digit: 3,
  /** Belongs to the character before it. */
  mark: 4,
  /** A space within a line. */
  space: 5,
} as const;

const unknown = 255;
const classes = new Uint8Array(0x10000).fill(unknown);
const supplementaryClasses = new Map<number, number>();

/** Class of a code point; a lone surrogate is a separator. */
export function classOf(codePoint: number): number {
  const known = codePoint <= 0xffff ? classes[codePoint]! : (supplementaryClasses.get(codePoint) ?? unknown);
  if (known !== unknown) return known;
  const computed = computeClass(String.fromCodePoint(codePoint));
  if (codePoint <= 0xffff) classes[codePoint] = computed;
  else supplementaryClasses.set(codePoint, computed);
  return computed;
}

/** True for Han characters proper, 〇 and 々 included; kana and other scripts are not Han. */
export function isHan(codePoint: number): boolean {
  if (codePoint >= 0x4e00 && codePoint <= 0x9fff) return true;
  return codePoint >= 0x2e80 && han.test(String.fromCodePoint(codePoint));
}

const han = /[\p{Script=Han}]/u;
const spaceless =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}\u30fc]/u;

function computeClass(character: string): number {
  if (/\p{M}|[\u200c\u200d]/u.test(character)) return characterClass.mark;
  if (/[\p{L}\p{N}]/u.test(character)) {
    if (spaceless.test(character)) return characterClass.spaceless;
    return /\p{N}/u.test(character) ? characterClass.digit : characterClass.letter;
  }
  return /[\t\p{Zs}\u200b\u00ad]/u.test(character) ? characterClass.space : characterClass.separator;
}
