import { isHan } from "../../language/character-class.ts";
import { languageOf } from "../../language/detect-language.ts";
import { normalize } from "../../language/normalize.ts";
import { splitSentences } from "../../language/sentences.ts";
import { scanTokens } from "../../language/terms.ts";
import { type KeywordSegment, TokenBuffer } from "./segment.ts";
import { SegmentBuilder } from "./segment-builder.ts";

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
  }
  return builder.finish();
}

/**
 * One segment of the entries that are left, in the order of the views: byte for byte what `buildKeywordSegment` makes
 * of the same texts. `origins[i]` says where entry `i` was.
 */
export function mergeKeywordSegments(views: readonly SegmentView[]): {
  segment: KeywordSegment;
  origins: { view: number; entry: number }[];
} {
  const builder = new SegmentBuilder();
  const origins: { view: number; entry: number }[] = [];
  const codes = new TokenBuffer();
  views.forEach(({ segment, deleted }, view) => {
    for (let entry = 0; entry < segment.entries; entry++) {
      if (deleted?.has(entry)) continue;
      const count = segment.readTokens(entry, codes);
      for (let index = 0; index < count; index++) {
        const code = codes.values[index]!;
        if (code === 0) builder.endSentence();
        else if (code === 1) builder.gap();
        else if (code & 1) builder.wordTerm(segment.words[(code - 3) / 2]!);
        else builder.character(segment.characters[(code - 2) / 2]!);
      }
      builder.endEntry(segment.language(entry));
      origins.push({ view, entry });
    }
  });
  return { segment: builder.finish(), origins };
}
