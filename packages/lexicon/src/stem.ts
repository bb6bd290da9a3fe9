/**
 * The Porter stemmer (M. F. Porter, "An algorithm for suffix stripping", Program 14(3), 1980). Takes a lower-case
 * word; anything that is not a–z throughout, or shorter than three letters, comes back as it is.
 *
 * @example stem("relational") // "relat"
 * @example stem("GPT-4") // "GPT-4"
 */
export function stem(word: string): string {
  if (word.length < 3 || !/^[a-z]+$/.test(word)) return word;
  let result = removePlural(word);
  result = removePastAndGerund(result);
  if (result.endsWith("y") && hasVowel(result.slice(0, -1))) result = `${result.slice(0, -1)}i`;
  result = replaceLongestSuffix(result, doubleSuffixes, 1);
  result = replaceLongestSuffix(result, singleSuffixes, 1);
  result = removeResidualSuffix(result);
  return tidyEnd(result);
}

/** Step 2: two suffixes in one, the first of them reduced. */
const doubleSuffixes: readonly (readonly [string, string])[] = [
  ["ational", "ate"],
  ["ization", "ize"],
  ["iveness", "ive"],
  ["fulness", "ful"],
  ["ousness", "ous"],
  ["tional", "tion"],
  ["biliti", "ble"],
  ["entli", "ent"],
  ["ousli", "ous"],
  ["ation", "ate"],
  ["alism", "al"],
  ["aliti", "al"],
  ["iviti", "ive"],
  ["enci", "ence"],
  ["anci", "ance"],
  ["izer", "ize"],
  ["abli", "able"],
  ["alli", "al"],
  ["ator", "ate"],
  ["eli", "e"],
];

/** Step 3. */
const singleSuffixes: readonly (readonly [string, string])[] = [
  ["icate", "ic"],
  ["ative", ""],
  ["alize", "al"],
  ["iciti", "ic"],
  ["ical", "ic"],
  ["ness", ""],
  ["ful", ""],
];

/** Step 4, longest first. */
const residualSuffixes = [
  ..."ement ance ence able ible ment ant ent ism ate iti ous ive ize ion al er ic ou".split(" "),
];

function removePlural(word: string): string {
  if (word.endsWith("sses") || word.endsWith("ies")) return word.slice(0, -2);
  if (word.endsWith("s") && !word.endsWith("ss")) return word.slice(0, -1);
  return word;
}

function removePastAndGerund(word: string): string {
  if (word.endsWith("eed")) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  const suffix = word.endsWith("ed") ? 2 : word.endsWith("ing") ? 3 : 0;
  if (suffix === 0) return word;
  const base = word.slice(0, -suffix);
  if (!hasVowel(base)) return word;
  if (/(?:at|bl|iz)$/.test(base)) return `${base}e`;
  if (endsInDouble(base) && !/[lsz]$/.test(base)) return base.slice(0, -1);
  return measure(base) === 1 && endsInShortSyllable(base) ? `${base}e` : base;
}

function replaceLongestSuffix(
  word: string,
  suffixes: readonly (readonly [string, string])[],
  minimum: number,
): string {
  const match = suffixes.find(([suffix]) => word.endsWith(suffix));
  if (match === undefined) return word;
  const base = word.slice(0, -match[0].length);
  return measure(base) >= minimum ? base + match[1] : word;
}

function removeResidualSuffix(word: string): string {
  const suffix = residualSuffixes.find((candidate) => word.endsWith(candidate));
  if (suffix === undefined) return word;
  const base = word.slice(0, -suffix.length);
  if (measure(base) < 2 || (suffix === "ion" && !/[st]$/.test(base))) return word;
  return base;
}

function tidyEnd(word: string): string {
  let result = word;
  if (result.endsWith("e")) {
    const base = result.slice(0, -1);
    const size = measure(base);
    if (size > 1 || (size === 1 && !endsInShortSyllable(base))) result = base;
  }
  return result.endsWith("ll") && measure(result.slice(0, -1)) > 1 ? result.slice(0, -1) : result;
}

/** Number of vowel–consonant sequences: the m of Porter's paper. */
function measure(word: string): number {
  let count = 0;
  let afterVowel = false;
  for (let index = 0; index < word.length; index++) {
    const vowel = isVowel(word, index);
    if (afterVowel && !vowel) count++;
    afterVowel = vowel;
  }
  return count;
}

function hasVowel(word: string): boolean {
  for (let index = 0; index < word.length; index++) if (isVowel(word, index)) return true;
  return false;
}

/** `y` is a vowel after a consonant. */
function isVowel(word: string, index: number): boolean {
  const letter = word[index]!;
  if ("aeiou".includes(letter)) return true;
  return letter === "y" && index > 0 && !isVowel(word, index - 1);
}

function endsInDouble(word: string): boolean {
  const last = word.length - 1;
  return last > 0 && word[last] === word[last - 1] && !isVowel(word, last);
}

/** Consonant, vowel, consonant, the last not w, x or y: -wil, -hop. */
function endsInShortSyllable(word: string): boolean {
  const last = word.length - 1;
  return (
    last >= 2 &&
    !isVowel(word, last) &&
    isVowel(word, last - 1) &&
    !isVowel(word, last - 2) &&
    !"wxy".includes(word[last]!)
  );
}
