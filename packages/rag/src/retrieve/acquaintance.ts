import type { GlossaryTerm } from "../answer/knowledge.ts";
import type { Chunk } from "../chunk/chunk.ts";
import { extractTerms } from "../language/terms.ts";
import type { ContentWord } from "./content-words.ts";
import { surfaceForms } from "./glossary.ts";

/** What the documents know of the words of a question. Shares are of the words' weight, 0–1. */
export interface Acquaintance {
  readonly words: readonly ContentWord[];
  /** Words that the documents never use. */
  readonly unknown: number;
  /** Words of the field: in the glossary, or in titles and headings of what was found. */
  readonly field: number;
  /** The most that stands together in one passage. */
  readonly together: number;
  /** There is a glossary: what is no word of the field can be told from what is. */
  readonly fieldIsKnown: boolean;
}

/**
 * How the documents stand to the words of a question. A question off the topic is given away by words that are nowhere,
 * and by words that are used somewhere, each in passing, but never together and never as a subject.
 */
export function acquaintanceOf(
  words: readonly ContentWord[],
  chunks: readonly Chunk[],
  glossary: readonly GlossaryTerm[],
): Acquaintance {
  const passages = chunks.map(termsOf);
  const headings = chunks.map(headingTermsOf);
  const vocabulary = vocabularyOf(glossary);
  // In a Chinese question a word in Latin letters that the texts use is a term or a name.
  const chinese = words.some(({ keys }) => keys.some((key) => !key.startsWith("word:")));
  const inField = (key: string) => vocabulary.has(key) || headings.some((terms) => terms.has(key));
  return {
    words,
    unknown: shareOf(words, ({ absent }) => absent),
    field: shareOf(
      words,
      ({ keys, absent, name }) =>
        keys.every(inField) ||
        ((chinese || name) && !absent && keys.every((key) => /^word:[a-z]/u.test(key))),
    ),
    together: Math.max(0, ...passages.map((terms) => shareHeld(words, terms))),
    fieldIsKnown: glossary.length > 0,
  };
}

/** Share of the words' weight that stands in a text, given as its terms (`field:term`). */
export function shareHeld(words: readonly ContentWord[], terms: ReadonlySet<string>): number {
  return shareOf(words, ({ keys }) => keys.every((key) => terms.has(key)));
}

function shareOf(words: readonly ContentWord[], test: (word: ContentWord) => boolean): number {
  let all = 0;
  let held = 0;
  for (const word of words) {
    all += word.weight;
    if (test(word)) held += word.weight;
  }
  return all === 0 ? 0 : held / all;
}

const passageTerms = new WeakMap<Chunk, ReadonlySet<string>>();
const headingTerms = new WeakMap<Chunk, ReadonlySet<string>>();
const vocabularies = new WeakMap<readonly GlossaryTerm[], ReadonlySet<string>>();

/** Terms of a chunk with its title and headings. */
function termsOf(chunk: Chunk): ReadonlySet<string> {
  return remembered(passageTerms, chunk, () =>
    keysOf([chunk.title, ...chunk.headingPath, chunk.text].join("\n")),
  );
}

function headingTermsOf(chunk: Chunk): ReadonlySet<string> {
  return remembered(headingTerms, chunk, () => keysOf([chunk.title, ...chunk.headingPath].join("\n")));
}

function vocabularyOf(glossary: readonly GlossaryTerm[]): ReadonlySet<string> {
  return remembered(vocabularies, glossary, () =>
    keysOf(glossary.flatMap((term) => [...surfaceForms(term), term.definition]).join("\n")),
  );
}

function remembered<K extends object, V>(cache: WeakMap<K, V>, key: K, make: () => V): V {
  let value = cache.get(key);
  if (value === undefined) {
    value = make();
    cache.set(key, value);
  }
  return value;
}

function keysOf(text: string): Set<string> {
  return new Set(extractTerms(text).map(({ field, term }) => `${field}:${term}`));
}
