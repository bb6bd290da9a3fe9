import { readFileSync } from "node:fs";
import path from "node:path";
import { type Course, knowledgeOf, loadCourse, writtenSections } from "@zixue/course";
import { isDictionaryWord, normalize, understandQuestion } from "@zixue/rag";

export interface SlipRate {
  readonly slips: number;
  readonly mended: number;
  /** Of those that were not: typed, what was meant, and what it was read as. */
  readonly missed: readonly string[];
}

export interface SpellingReport {
  /** One letter left out, put in, changed, or two swapped, in Latin words of five letters and more. */
  readonly latin: SlipRate;
  /** One character that sounds alike, or any other one, in Chinese terms of three and more. */
  readonly homophone: SlipRate;
  readonly wrongCharacter: SlipRate;
  /** Questions that hold no slip, and those of them that were changed. */
  readonly sound: number;
  readonly changed: readonly string[];
}

/** The course of this repository, with the questions of its bank as the sound ones. */
export async function measureCourseSpelling(): Promise<SpellingReport> {
  const course = await loadCourse(path.join(import.meta.dirname, "../docs/course"));
  return measureSpelling(
    course,
    (knowledgeOf(course).questions ?? []).flatMap(({ ask, variants }) => [ask, ...variants]),
  );
}

/**
 * Mistypes every term of a course's glossary once or twice, at random but the same each time, and asks for it. A slip
 * that makes a word which the course uses is left aside: nobody could tell. `sound` questions must stay as they are.
 */
async function measureSpelling(course: Course, sound: readonly string[]): Promise<SpellingReport> {
  const { glossary = [] } = knowledgeOf(course);
  const text = normalize(
    writtenSections(course)
      .flatMap(({ title, document }) => [title, document.content])
      .join("\n"),
  );
  const isKnown = (word: string) => text.includes(normalize(word));
  const random = randomFrom(20261124);
  const names = [...new Set(glossary.flatMap(({ zh, en, aliases }) => [zh, en ?? "", ...aliases]))];
  const words = [...new Set(names.flatMap((name) => name.match(/[A-Za-z]{5,}/gu) ?? []))];
  const terms = names.filter((name) => /^\p{Script=Han}{3,}$/u.test(name));

  const rate = async (
    meant: readonly string[],
    mistype: (word: string) => string | null,
  ): Promise<SlipRate> => {
    let [slips, mended] = [0, 0];
    const missed: string[] = [];
    for (const word of [...meant, ...meant]) {
      const typed = mistype(word);
      if (typed === null || typed === word || isKnown(typed)) continue;
      const { question } = await understandQuestion(`什么是${typed}？`, {
        glossary,
        isKnown,
        isWord: isDictionaryWord,
      });
      slips += 1;
      if (singular(question) === singular(`什么是${word}？`)) mended += 1;
      else missed.push(`${typed} (${word}) → ${question}`);
    }
    return { slips, mended, missed };
  };
  const changed: string[] = [];
  for (const question of sound) {
    const { corrections } = await understandQuestion(question, {
      glossary,
      isKnown,
      isWord: isDictionaryWord,
    });
    if (corrections.length > 0)
      changed.push(`${question}: ${corrections.map(({ from, to }) => `${from} → ${to}`).join(", ")}`);
  }
  const alike = homophones(text);
  const common = [...new Set(text.match(/\p{Script=Han}/gu) ?? [])];
  return {
    latin: await rate(words, (word) => mistypeLatin(word, random)),
    homophone: await rate(terms, (term) =>
      replaceOne(term, random, (character) => pick(alike(character), random)),
    ),
    wrongCharacter: await rate(terms, (term) => replaceOne(term, random, () => pick(common, random))),
    sound: sound.length,
    changed,
  };
}

/** Letter case and the plural aside. */
function singular(question: string): string {
  return question.toLowerCase().replace(/s？$/u, "？");
}

function mistypeLatin(word: string, random: () => number): string {
  const at = 1 + Math.floor(random() * (word.length - 1));
  const letter = String.fromCharCode(97 + Math.floor(random() * 26));
  switch (Math.floor(random() * 4)) {
    case 0:
      return word.slice(0, at) + word.slice(at + 1);
    case 1:
      return word.slice(0, at) + letter + word.slice(at);
    case 2:
      return word.slice(0, at) + letter + word.slice(at + 1);
    default:
      return word.slice(0, at - 1) + word[at] + word[at - 1] + word.slice(at + 1);
  }
}

function replaceOne(
  term: string,
  random: () => number,
  by: (character: string) => string | null,
): string | null {
  const at = Math.floor(random() * term.length);
  const other = by(term[at] ?? "");
  return other === null ? null : term.slice(0, at) + other + term.slice(at + 1);
}

/** Characters that the course writes and that are read with the same syllable. */
function homophones(text: string): (character: string) => readonly string[] {
  const table = readFileSync(
    path.join(import.meta.dirname, "../packages/rag/src/retrieve/pinyin-table.ts"),
    "utf8",
  );
  const lines = [...table.matchAll(/^([a-z]+) (\p{Script=Han}+)$/gmu)].map(
    ([, , characters]) => characters ?? "",
  );
  return (character) =>
    [...new Set(lines.filter((line) => line.includes(character)).flatMap((line) => [...line]))].filter(
      (other) => other !== character && text.includes(other),
    );
}

function pick<T>(list: readonly T[], random: () => number): T | null {
  return list[Math.floor(random() * list.length)] ?? null;
}

/** A linear congruential generator: the same slips in every run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
