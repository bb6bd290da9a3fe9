import type { Language } from "../../language/detect-language.ts";
import type { CorpusCounts } from "./corpus-statistics.ts";
import type { QueryGroup } from "./query.ts";

/** How many of the first stage the sentences decide between. */
export const sentenceCandidates = 50;
/** Mean of Han characters + 3 × words from which passages have sentences worth telling apart. */
const longPassage = 60;
/** What a translated question's coverage counts beside that of the question itself: translations match too easily. */
const translationTrust = 0.75;

/** The best entries of one language, best first, and how much of the question the best of them covers. */
export interface RankedEntries<Hit extends { readonly score: number }> {
  readonly hits: readonly Hit[];
  readonly coverage: number;
}

export function otherLanguage(language: Language): Language {
  return language === "zh" ? "en" : "zh";
}

/** True where passages are long enough to have several sentences. */
export function hasSentences({ entries, lengths }: CorpusCounts): boolean {
  return entries > 0 && (lengths[0] + 3 * lengths[2]) / entries >= longPassage;
}

/** A translated question without what only supports the rest: what its coverage is measured by. */
export function withoutSupport(groups: readonly QueryGroup[]): QueryGroup[] {
  return groups
    .filter(({ support }) => support !== true)
    .map((group) => ({ ...group, members: group.members.filter(({ support }) => support !== true) }));
}

/** One list of the entries in the question's language and of those that its translation found. */
export function combineLanguages<Hit extends { readonly score: number }>(
  direct: RankedEntries<Hit>,
  translated: RankedEntries<Hit>,
  limit: number,
): RankedEntries<Hit> & { readonly translated: boolean } {
  const trusted = translated.coverage * translationTrust;
  const isBest = trusted > direct.coverage;
  return {
    hits: mergeByCoverage([direct, { hits: translated.hits, coverage: trusted }], limit),
    coverage: isBest ? translated.coverage : direct.coverage,
    translated: isBest,
  };
}

/**
 * Scores against different statistics compare only by their distance from their own list's best; how good that is
 * itself says the coverage, so that a few pages of another language do not stand between a question and its answer.
 */
function mergeByCoverage<Hit extends { readonly score: number }>(
  lists: readonly RankedEntries<Hit>[],
  limit: number,
): Hit[] {
  const best = Math.max(...lists.map(({ coverage }) => coverage));
  return lists
    .flatMap(({ hits, coverage }) =>
      hits.map((hit) => ({
        ...hit,
        // With nothing covered only supporting terms were found: as good as one another.
        score: (hit.score / hits[0]!.score) * (best === 0 ? 1 : Math.sqrt(coverage / best)),
      })),
    )
    .sort((one, other) => other.score - one.score)
    .slice(0, limit);
}
