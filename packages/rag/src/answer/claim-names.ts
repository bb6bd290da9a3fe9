import { detectLanguage } from "../language/detect-language.ts";
import { normalize } from "../language/normalize.ts";

/**
 * Names of a claim that a text does not have: codes (GPT-3, QLoRA) whatever the language, and where claim and text are
 * of one language also capitalised words, names with a middle dot (托马斯·戴维斯) and titles in 《》.
 */
export function missingNames(claim: string, text: string): string[] {
  const folded = normalize(text);
  const translated = detectLanguage(claim) !== detectLanguage(text);
  const names = new Set<string>();
  for (const match of claim.matchAll(/[\p{Script=Latin}][\p{Script=Latin}\d.-]*[\p{Script=Latin}\d]/gu)) {
    const word = match[0];
    const inner = /\p{Lu}/u.test(word.slice(1)) || /\d/u.test(word);
    const opensSentence = /(?:^|[.!?。！？]\s*)$/u.test(claim.slice(0, match.index));
    const capital = /^\p{Lu}/u.test(word) && (!opensSentence || detectLanguage(claim) === "zh");
    // A translation spells ordinary names anew; codes such as GPT-3 it keeps.
    if (translated ? isCode(word) : inner || capital) names.add(word);
  }
  if (!translated) for (const [, title] of claim.matchAll(/《([^》]{1,40})》/gu)) if (title) names.add(title);
  // Where a name of several parts begins and ends cannot be seen, so each joint of it is looked for: 斯·戴维.
  if (!translated)
    for (const { index } of claim.matchAll(/(?<=\p{Script=Han})[·・](?=\p{Script=Han})/gu))
      names.add(claim.slice(index - 1, index + 3).replace(/[^\p{Script=Han}·・].*$/u, ""));
  const compact = folded.replace(SEPARATORS, "");
  return [...names].filter((name) => {
    const wanted = normalize(name);
    return !folded.includes(wanted) && !compact.includes(wanted.replace(SEPARATORS, "").replace(/s$/u, ""));
  });
}

const SEPARATORS = /[-\s·・]/gu;

/** Letters and digits together, or several capitals: GPT-4, FP16, BERT; not McDonald, not Anglo-Saxon. */
function isCode(word: string): boolean {
  const capitals = (word.match(/\p{Lu}/gu) ?? []).length;
  // Numerals of kings and volumes are numbers in the other language.
  if (/^[IVXL]+$/u.test(word)) return false;
  return (/\d/u.test(word) && capitals > 0) || capitals > word.split(/[-.]/u).length;
}
