import { isHan } from "../../language/character-class.ts";
import { languageOf } from "../../language/detect-language.ts";
import { normalize } from "../../language/normalize.ts";
import { splitSentences } from "../../language/sentences.ts";
import { scanTokens } from "../../language/terms.ts";
import { type KeywordSegment, TokenBuffer } from "./segment.ts";
import { SegmentBuilder } from "./segment-builder.ts";
import { runSteps, type Steps } from "./steps.ts";

/** A segment and the entries of it that are gone. */
export interface SegmentView {
  readonly segment: KeywordSegment;
  readonly deleted?: ReadonlySet<number>;
}

/**
 * Analyses texts into a segment; entry `i` is `entries[i]`. Pass `indexedText(chunk)`.
 *
 * @example const segment = buildKeywordSegment([{ text: "注意力机制" }, { text: "Attention is all you need" }])
 */
export function buildKeywordSegment(entries: Iterable<{ readonly text: string }>): KeywordSegment {
  return runSteps(buildKeywordSteps(entries));
}

/** `buildKeywordSegment` with pauses. */
export function* buildKeywordSteps(entries: Iterable<{ readonly text: string }>): Steps<KeywordSegment> {
  const builder = new SegmentBuilder();
  let han = 0;
  let words = 0;
  const sink = {
    character(codePoint: number): void {
      if (isHan(codePoint)) han++;
      builder.character(codePoint);
    },
    word(word: string): void {
      if (!/^[\d.,]+$/.test(word)) words++;
      builder.word(word);
    },
    gap: (): void => builder.gap(),
  };
  for (const { text } of entries) {
    han = 0;
    words = 0;
    for (const sentence of splitSentences(text)) {
      scanTokens(normalize(sentence.text), sink);
      builder.endSentence();
    }
    builder.endEntry(languageOf(han, words));
    yield;
  }
  return yield* builder.finish();
}

/** Where each entry of a merged segment was. */
export type EntryOrigins = readonly { readonly view: number; readonly entry: number }[];

/**
 * One segment of the entries that are left, in the order of the views: byte for byte what `buildKeywordSegment` makes
 * of the same texts. `origins[i]` says where entry `i` was.
 */
export function mergeKeywordSegments(views: readonly SegmentView[]): {
  segment: KeywordSegment;
  origins: EntryOrigins;
} {
  const origins = views.flatMap(({ segment, deleted }, view) =>
    Array.from({ length: segment.entries }, (_, entry) => ({ view, entry })).filter(
      ({ entry }) => deleted?.has(entry) !== true,
    ),
  );
  return { segment: runSteps(mergeKeywordSteps(views)), origins };
}

/** `mergeKeywordSegments` with pauses. */
export function* mergeKeywordSteps(views: readonly SegmentView[]): Steps<KeywordSegment> {
  // A token takes at least a byte.
  const builder = new SegmentBuilder(views.reduce((sum, { segment }) => sum + segment.streams.length, 0));
  const codes = new TokenBuffer();
  for (const { segment, deleted } of views) {
    // Ids in the merged segment by ids here, given out when they are first met.
    const characterIds = new Int32Array(segment.characters.length).fill(-1);
    const wordIds = new Int32Array(segment.words.length).fill(-1);
    for (let entry = 0; entry < segment.entries; entry++) {
      if (deleted?.has(entry)) continue;
      const count = segment.readTokens(entry, codes);
      for (let index = 0; index < count; index++) {
        const code = codes.values[index]!;
        if (code === 0) builder.endSentence();
        else if (code === 1) builder.gap();
        else if (code & 1) {
          const id = (code - 3) >>> 1;
          if (wordIds[id] === -1) wordIds[id] = builder.idOfWord(segment.words[id]!);
          builder.wordId(wordIds[id]!);
        } else {
          const id = (code - 2) >>> 1;
          if (characterIds[id] === -1) characterIds[id] = builder.idOfCharacter(segment.characters[id]!);
          builder.characterId(characterIds[id]!);
        }
      }
      builder.endEntry(segment.language(entry));
      if (entry % 16 === 0) yield;
    }
  }
  return yield* builder.finish();
}
