import { type Chunk, indexedText } from "../../chunk/chunk.ts";
import type { Language } from "../../language/detect-language.ts";
import { buildKeywordSteps } from "../keyword/build-segment.ts";
import { type KeywordSegment, TokenBuffer } from "../keyword/segment.ts";
import type { Steps } from "../keyword/steps.ts";

/** A term's place in the table of terms: field (0 character, 1 bigram, 2 word) and text. */
export interface StoredTerm {
  readonly field: number;
  readonly term: string;
}

/** What the keyword side keeps of one chunk. */
export interface AnalyzedChunk {
  readonly language: Language;
  /** Terms of each field, repeats counted. */
  readonly lengths: readonly [number, number, number];
  /** Distinct terms by `termKey`, with how often each occurs. */
  readonly frequencies: ReadonlyMap<string, number>;
}

/** The same analysis as every index has: the chunks' segment, read back token by token. */
export function* analyzeChunks(chunks: readonly Chunk[]): Steps<AnalyzedChunk[]> {
  const segment = yield* buildKeywordSteps(chunks.map((chunk) => ({ text: indexedText(chunk) })));
  return chunks.map((_, entry) => ({
    language: segment.language(entry),
    lengths: [segment.lengths[entry * 3]!, segment.lengths[entry * 3 + 1]!, segment.lengths[entry * 3 + 2]!],
    frequencies: frequenciesOf(segment, entry),
  }));
}

export function termKey({ field, term }: StoredTerm): string {
  return `${field}${term}`;
}

export function termOfKey(key: string): StoredTerm {
  return { field: Number(key[0]), term: key.slice(1) };
}

function frequenciesOf(segment: KeywordSegment, entry: number): Map<string, number> {
  const frequencies = new Map<string, number>();
  const add = (field: number, term: string): void => {
    const key = termKey({ field, term });
    frequencies.set(key, (frequencies.get(key) ?? 0) + 1);
  };
  const codes = new TokenBuffer();
  const count = segment.readTokens(entry, codes);
  let previous = "";
  for (let index = 0; index < count; index++) {
    const code = codes.values[index]!;
    if (code < 2 || code & 1) {
      previous = "";
      if (code >= 2) add(2, segment.words[(code - 3) / 2]!);
      continue;
    }
    const character = String.fromCodePoint(segment.characters[(code - 2) / 2]!);
    add(0, character);
    if (previous !== "") add(1, previous + character);
    previous = character;
  }
  return frequencies;
}
