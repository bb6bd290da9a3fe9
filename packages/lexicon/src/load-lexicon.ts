import { LexiconError } from "./errors.ts";
import { Lexicon } from "./lexicon.ts";

let loaded: Promise<Lexicon> | undefined;

/**
 * The lexicon that this package ships, read from disk the first time and shared afterwards (some tens of milliseconds).
 * In a browser, fetch the file yourself and use {@link Lexicon.fromBytes}.
 *
 * @throws LexiconError `lexicon-missing` when it was not built yet; `lexicon-corrupt`.
 */
export function loadLexicon(): Promise<Lexicon> {
  loaded ??= read().catch((error: unknown) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
}

async function read(): Promise<Lexicon> {
  // Imported here, so that a browser bundle of the rest holds no Node module.
  const { readFile } = await import("node:fs/promises");
  const file = new URL("../data/lexicon.bin", import.meta.url);
  try {
    return Lexicon.fromBytes(await readFile(file));
  } catch (error) {
    if (error instanceof LexiconError) throw error;
    throw new LexiconError(
      "lexicon-missing",
      `The lexicon was not found at ${file.pathname}. In a clone build it with: npm run setup`,
      { cause: error },
    );
  }
}
