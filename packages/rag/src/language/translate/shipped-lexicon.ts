import { LexiconError, loadLexicon, stem } from "@zixue/lexicon";
import type { GlossaryTerm } from "../../answer/knowledge.ts";
import { LexiconTranslator } from "./lexicon-translator.ts";

/**
 * A translator by the lexicon that is installed, read when a question first needs it. Where none was built, the
 * glossary translates alone; a damaged one is an error of the search that needs it.
 *
 * @example const index = await LocalIndex.open({ folder: "data/index", translator: lexiconTranslator(glossary) });
 */
export function lexiconTranslator(glossary: readonly GlossaryTerm[] = []): LexiconTranslator {
  return new LexiconTranslator({ lexicon: installedLexicon, glossary });
}

/**
 * Is this a word of the installed lexicon, Chinese or English in any form? False for all where none was built.
 *
 * @example await isDictionaryWord("during"); // true
 */
export async function isDictionaryWord(word: string): Promise<boolean> {
  const lexicon = await installedLexicon();
  if (lexicon === undefined) return false;
  return lexicon.hasHeadword(word) || lexicon.hasStem(stem(word.toLowerCase()));
}

async function installedLexicon() {
  try {
    return await loadLexicon();
  } catch (error) {
    if (error instanceof LexiconError && error.code === "lexicon-missing") return undefined;
    throw error;
  }
}
