export { compileLexicon, type DictionaryEntry } from "./compile-lexicon.ts";
export { LexiconError, type LexiconErrorCode } from "./errors.ts";
export { contentStems, type Gloss, glosses, wordForm } from "./glosses.ts";
export { Lexicon, type Translation } from "./lexicon.ts";
export { loadLexicon } from "./load-lexicon.ts";
export { simplify, simplifyCodePoint } from "./simplify.ts";
export { stem } from "./stem.ts";
