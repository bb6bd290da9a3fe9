import { type CitedSentence, citedSentences } from "../answer/cited-text.ts";
import type { Answer, Citation } from "../answer/events.ts";
import { messages } from "../answer/messages.ts";
import { verifyClaim } from "../answer/verify-claim.ts";
import type { ClaimPair } from "../answer/verify-with-model.ts";
import type { QueryTranslator } from "../index/keyword/query.ts";

export interface CitationQuality {
  /** Pairs of a sentence and a text that it cites, and those of them where the text supports the sentence. */
  readonly pairs: readonly (ClaimPair & { readonly supported: boolean })[];
  /** Sentences that claim something, and those of them that carry a citation which supports them. */
  readonly claims: number;
  readonly supportedClaims: number;
}

/**
 * Looks at an answer's text anew, whatever its citations say of themselves: which sentences cite what, and whether it is
 * there (citation precision and recall after Gao et al., EMNLP 2023, with words in place of an entailment model).
 *
 * @param sourceText the whole text of what a citation points to; default: its quote
 */
export function citationQuality(
  answer: Answer,
  sourceText: (citation: Citation) => string = ({ quote }) => quote,
  translator?: QueryTranslator,
): CitationQuality {
  const byMarker = new Map(answer.citations.map((citation) => [citation.marker, citation]));
  const pairs: (ClaimPair & { supported: boolean })[] = [];
  let claims = 0;
  let supportedClaims = 0;
  const sentences = citedSentences(withoutNotes(answer.text));
  sentences.forEach((sentence, index) => {
    const own = citedBy(sentence, byMarker);
    const checked = own.map((citation) => {
      const source = sourceText(citation);
      const supported = verifyClaim(sentence.text, source, citation.headingPath.join("\n"), {
        translator,
      }).supported;
      return { claim: sentence.text, source, supported };
    });
    pairs.push(...checked);
    if (!sentence.isClaim) return;
    claims += 1;
    // A citation behind a run of sentences stands for all of them.
    const next = sentences[index + 1];
    const behind = sentence.markers.length === 0 && next !== undefined ? citedBy(next, byMarker) : [];
    const borne =
      checked.some(({ supported }) => supported) ||
      behind.some(
        (citation) => verifyClaim(sentence.text, sourceText(citation), "", { translator }).supported,
      );
    if (borne) supportedClaims += 1;
  });
  return { pairs, claims, supportedClaims };
}

function citedBy(sentence: CitedSentence, byMarker: ReadonlyMap<number, Citation>): Citation[] {
  return sentence.markers.flatMap((marker) => byMarker.get(marker) ?? []);
}

/** What the pipeline says in its own name is no claim about the documents. */
function withoutNotes(text: string): string {
  const notes = Object.values(messages).flatMap(({ partial, otherLanguage }) => [partial, otherLanguage]);
  return notes.reduce((rest, note) => rest.replace(note, ""), text).replace(/^> ?/gmu, "");
}
