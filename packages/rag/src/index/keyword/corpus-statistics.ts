import type { Language } from "../../language/detect-language.ts";
import type { SegmentView } from "./build-segment.ts";
import { type DeletedFrequencies, deletedFrequencies } from "./deleted-terms.ts";
import type { QueryMember } from "./query.ts";
import type { KeywordSegment } from "./segment.ts";

/** Counts over entries of one language or of all. */
export interface CorpusCounts {
  entries: number;
  /** Terms of each field: characters, bigrams, words. */
  readonly lengths: [number, number, number];
}

/**
 * What BM25 needs to know of the whole corpus. Exact at any time: a deleted entry is subtracted with all its terms, so
 * that a search after deletions scores as after a merge. Subtracting costs one pass over the deleted entries, on the
 * first search that needs it.
 */
export class CorpusStatistics {
  readonly #views: readonly SegmentView[];
  readonly #counts: Readonly<Record<Language, CorpusCounts>> = {
    zh: { entries: 0, lengths: [0, 0, 0] },
    en: { entries: 0, lengths: [0, 0, 0] },
  };
  readonly #deletedFrequencies = new Map<number, DeletedFrequencies>();

  constructor(views: readonly SegmentView[]) {
    this.#views = views;
    for (const { segment, deleted } of views) {
      for (const language of ["zh", "en"] as const) {
        const { entries, lengths } = segment.counts[language];
        this.#counts[language].entries += entries;
        for (let field = 0; field < 3; field++) this.#counts[language].lengths[field]! += lengths[field]!;
      }
      for (const entry of deleted ?? []) {
        if (entry >= segment.entries) continue;
        const counts = this.#counts[segment.language(entry)];
        counts.entries--;
        for (let field = 0; field < 3; field++) counts.lengths[field]! -= segment.lengths[entry * 3 + field]!;
      }
    }
  }

  counts(language?: Language): CorpusCounts {
    if (language !== undefined) return this.#counts[language];
    const { zh, en } = this.#counts;
    return {
      entries: zh.entries + en.entries,
      lengths: [zh.lengths[0] + en.lengths[0], zh.lengths[1] + en.lengths[1], zh.lengths[2] + en.lengths[2]],
    };
  }

  /** Live entries that have a term; for a member of several terms, those of its rarest. */
  documentFrequency(member: QueryMember, language?: Language): number {
    let rarest = Number.POSITIVE_INFINITY;
    for (const { field, term } of member.terms) {
      let count = 0;
      this.#views.forEach(({ segment }, view) => {
        const id = segment.termId(field, term);
        if (id >= 0) count += this.#liveFrequency(view, id, language);
      });
      rarest = Math.min(rarest, count);
    }
    return rarest === Number.POSITIVE_INFINITY ? 0 : rarest;
  }

  #liveFrequency(view: number, termId: number, language?: Language): number {
    const { segment, deleted } = this.#views[view]!;
    const all = segment.documentFrequency(termId, language);
    if (deleted === undefined || deleted.size === 0) return all;
    const gone = this.#deletedFrequenciesOf(view, segment, deleted);
    return all - (language === undefined ? gone.zh[termId]! + gone.en[termId]! : gone[language][termId]!);
  }

  #deletedFrequenciesOf(view: number, segment: KeywordSegment, deleted: ReadonlySet<number>) {
    const frequencies = this.#deletedFrequencies.get(view) ?? deletedFrequencies(segment, deleted)!;
    this.#deletedFrequencies.set(view, frequencies);
    return frequencies;
  }
}
