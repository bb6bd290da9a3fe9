import type { Language } from "../../language/detect-language.ts";
import type { SegmentView } from "./build-segment.ts";
import type { QueryMember } from "./query.ts";
import { type KeywordSegment, TokenBuffer } from "./segment.ts";

/** Counts over the live entries of all segments, of one language or of all. */
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
  readonly #deletedFrequencies = new Map<number, Readonly<Record<Language, Uint32Array>>>();

  constructor(views: readonly SegmentView[]) {
    this.#views = views;
    for (const { segment, deleted } of views) {
      for (let entry = 0; entry < segment.entries; entry++) {
        if (deleted?.has(entry)) continue;
        const counts = this.#counts[segment.language(entry)];
        counts.entries++;
        for (let field = 0; field < 3; field++) counts.lengths[field]! += segment.lengths[entry * 3 + field]!;
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
    let frequencies = this.#deletedFrequencies.get(view);
    if (frequencies === undefined) {
      frequencies = { zh: new Uint32Array(segment.terms), en: new Uint32Array(segment.terms) };
      for (const entry of deleted) {
        if (entry >= segment.entries) continue;
        const target = frequencies[segment.language(entry)];
        for (const term of distinctTerms(segment, entry)) target[term]!++;
      }
      this.#deletedFrequencies.set(view, frequencies);
    }
    return frequencies;
  }
}

function distinctTerms(segment: KeywordSegment, entry: number): Set<number> {
  const codes = new TokenBuffer();
  const count = segment.readTokens(entry, codes);
  const terms = new Set<number>();
  let previous = -1;
  for (let index = 0; index < count; index++) {
    const code = codes.values[index]!;
    if (code < 2 || code & 1) {
      previous = -1;
      if (code >= 2) terms.add(segment.wordTermId((code - 3) / 2));
      continue;
    }
    const character = (code - 2) / 2;
    terms.add(character);
    if (previous >= 0) terms.add(segment.bigramTermId(previous, character));
    previous = character;
  }
  return terms;
}
