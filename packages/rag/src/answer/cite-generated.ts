import { splitSentences } from "../language/sentences.ts";
import type { Citation } from "./events.ts";
import type { PackedSource } from "./pack-context.ts";
import { citationFor } from "./render-answer.ts";
import { verifyClaim } from "./verify-claim.ts";

/**
 * Looks up the citations of a model's text and checks each sentence against what it cites. A marker without a source gives
 * a citation with empty ids and `supported: false`, so that a made-up reference is seen for what it is.
 */
export function citeGenerated(text: string, sources: readonly PackedSource[]): Citation[] {
  const claims = claimsByMarker(text);
  return [...claims].map(([marker, sentences]) => {
    const source = sources.find((held) => held.marker === marker);
    if (source === undefined)
      return { marker, documentId: "", blockId: "", headingPath: [], quote: "", supported: false };
    const { chunk, block } = source;
    const context = [chunk.title, ...chunk.headingPath].join("\n");
    const checks = sentences.map((sentence) => supportOf(sentence, marker, source, sources, context));
    const shown = checks.find((check) => check.supported) ?? checks[0];
    return citationFor(
      chunk,
      block.blockId,
      shown?.quote ?? "",
      marker,
      checks.every((check) => check.supported),
    );
  });
}

/** A sentence that cites several sources must be borne out by them together; each must still share words with it. */
function supportOf(
  sentence: CitedSentence,
  marker: number,
  source: PackedSource,
  sources: readonly PackedSource[],
  context: string,
): { quote: string; supported: boolean } {
  const others = sources.filter((held) => held.marker !== marker && sentence.markers.includes(held.marker));
  const together = [context, ...others.map((held) => held.block.text)].join("\n");
  const check = verifyClaim(sentence.text, source.block.text, together);
  return { quote: check.quote, supported: check.supported };
}

interface CitedSentence {
  readonly text: string;
  readonly markers: readonly number[];
}

const MARKER = /[[【](\d{1,3}(?:\s*[,，、]\s*\d{1,3})*)[\]】]/gu;

/** The numbers cited in a text, in order of appearance, with the sentences that cite them. */
function claimsByMarker(text: string): Map<number, CitedSentence[]> {
  const claims = new Map<number, CitedSentence[]>();
  for (const sentence of citedSentences(text)) {
    for (const marker of sentence.markers) claims.set(marker, [...(claims.get(marker) ?? []), sentence]);
  }
  return claims;
}

/** Sentences with the markers in them or right behind them. */
function citedSentences(text: string): CitedSentence[] {
  // 「……。[1]」 must stay with the sentence in front: move the ender behind its markers.
  const moved = text.replace(/([。！？；.!?;])(\s*(?:[[【]\d[\d\s,，、]*[\]】]\s*)+)/gu, "$2$1");
  return splitSentences(withoutCode(moved)).flatMap(({ text: sentence }) => {
    const markers = [...sentence.matchAll(MARKER)].flatMap((match) =>
      (match[1] ?? "").split(/[,，、]/u).map(Number),
    );
    const claim = sentence.replace(MARKER, "").trim();
    return markers.length === 0 || claim === "" ? [] : [{ text: claim, markers: [...new Set(markers)] }];
  });
}

/** `a[1]` in a code block cites nothing. */
function withoutCode(text: string): string {
  return text
    .replace(/```[\s\S]*?(?:```|$)/gu, "")
    .replace(/`[^`\n]*`/gu, (code) => code.replace(/\[/gu, "("));
}
