import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { splitSentences } from "@zixue/rag";

const DATA = fileURLToPath(new URL("../../shared/eval/", import.meta.url));
const SETS = ["drcd-dev", "xquad-zh"];

/** Real passages, and as many more as are wanted, with real questions. */
export interface PassageCorpus {
  readonly passages: readonly string[];
  readonly questions: readonly string[];
}

/**
 * Chinese passages of about `length` characters. The public sets hold a few thousand; beyond them passages are made
 * by drawing sentences of those sets at random (seeded) until one is long enough, so that characters, bigrams and
 * their document frequencies stay those of real text.
 *
 * @throws Error where the evaluation data is absent.
 */
export function recombinedPassages(count: number, { length = 250, seed = 7 } = {}): PassageCorpus {
  const missing = SETS.filter((set) => !existsSync(`${DATA}${set}/corpus.jsonl`));
  if (missing.length > 0) throw new Error(`Evaluation data is missing: ../shared/eval/${missing.join(", ")}`);
  const texts = SETS.flatMap((set) => lines(`${set}/corpus.jsonl`).map(({ text }) => text));
  const questions = SETS.flatMap((set) => lines(`${set}/queries.jsonl`).map(({ text }) => text));
  const sentences = texts.flatMap((text) => splitSentences(text).map((sentence) => sentence.text));
  const random = mulberry32(seed);
  const passages = Array.from({ length: count }, () => {
    let passage = "";
    while (passage.length < length) passage += sentences[Math.floor(random() * sentences.length)];
    return passage;
  });
  return { passages, questions };
}

function lines(file: string): { id: string; text: string }[] {
  return readFileSync(DATA + file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { id: string; text: string });
}

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
