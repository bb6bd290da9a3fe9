import type { NamePair } from "./learn-transliteration.ts";

/** "Nikola Tesla (1856–1943), …", "Luther (name)", "Warsaw, capital of Poland", "Oslo": the name alone. */
const NAME = /^(?:the )?(\p{Lu}[\p{L}'’-]+(?: \p{Lu}[\p{L}'’-]+)*)\s*(?:\(|,|$)/u;
/** What is added to a foreign name: county, city, state, island, … */
const ADDED = /(?<=^..+)(?:自治|[县市州省郡派岛山河港区旗城湖人])+$/u;

/**
 * Names in an entry that are transliterated rather than translated, part by part. Chinese names, which the gloss writes
 * in pinyin, are left out.
 *
 * @example namePairs("马丁·路德", "Ma3 ding1 · Lu4 de2", ["Martin Luther (1483-1546)"]) // martin 马丁, luther 路德
 */
export function namePairs(headword: string, pinyin: string, senses: readonly string[]): NamePair[] {
  const romanized = lettersOf(pinyin);
  return senses.flatMap((sense) => {
    const words = (NAME.exec(sense)?.[1] ?? "").split(" ").map(lettersOf);
    const parts = headword.split("·");
    if (words.length !== parts.length || words.join("") === romanized) return [];
    return parts.flatMap((part, index) => {
      const han = part.replace(ADDED, "");
      return /^\p{Script=Han}+$/u.test(han) ? [{ latin: words[index]!, han }] : [];
    });
  });
}

function lettersOf(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z]/g, "");
}
