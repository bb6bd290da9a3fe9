import { detectLanguage, type Language } from "../../language/detect-language.ts";
import type { QueryTerm } from "../chunk-index.ts";
import type { SegmentView } from "./build-segment.ts";
import { CorpusStatistics } from "./corpus-statistics.ts";
import { nearWords, tolerance } from "./near-words.ts";
import { type QueryGroup, type QueryTranslator, queryGroups } from "./query.ts";
import { bestScore, fieldWeights, SegmentScorer, type WeighedGroup } from "./segment-scorer.ts";
import { rescoreBySentences } from "./sentence-stage.ts";
import { TopK } from "./top-k.ts";

/** An entry of a segment: `view` counts the segments as they were given to the searcher. */
export interface KeywordHit {
  readonly view: number;
  readonly entry: number;
  readonly score: number;
}

export interface KeywordSearchOptions {
  readonly limit: number;
  /** Called only for entries good enough to be returned. */
  readonly accept?: (view: number, entry: number) => boolean;
  /** Weigh sentences too; the default is yes where passages are long enough to have several. */
  readonly sentences?: boolean;
}

export interface KeywordResult {
  readonly hits: readonly KeywordHit[];
  readonly coverage: number;
  readonly translated: boolean;
  readonly terms: readonly QueryTerm[];
}

/** How many of the first stage the sentences decide between. */
const sentenceCandidates = 50;
/** Mean of Han characters + 3 × words from which passages have sentences worth telling apart. */
const longPassage = 60;
/** What a translated question's coverage counts beside that of the question itself: translations match too easily. */
const translationTrust = 0.75;

/**
 * BM25F-like search over a list of segments as if they were one: three fields with their own length norms (characters
 * 1.2, bigrams 1, words 3; k1 0.9, b 0.75), then the best sentences of the first 50 (Robertson & Zaragoza, "The
 * Probabilistic Relevance Framework", 2009). Immutable; make a new one when a segment is added or entries are deleted.
 *
 * @example
 * const searcher = new KeywordSearcher([{ segment: buildKeywordSegment([{ text: "注意力机制是什么" }]) }]);
 * searcher.search("注意力", { limit: 5 }).hits[0] // { view: 0, entry: 0, score: … }
 */
export class KeywordSearcher {
  readonly #views: readonly SegmentView[];
  readonly #scorers: readonly SegmentScorer[];
  readonly #statistics: CorpusStatistics;
  readonly #nearWords = new Map<string, readonly string[]>();
  readonly #translator: QueryTranslator | undefined;

  constructor(views: readonly SegmentView[], options: { translator?: QueryTranslator } = {}) {
    this.#views = views;
    this.#scorers = views.map((view) => new SegmentScorer(view));
    this.#statistics = new CorpusStatistics(views);
    this.#translator = options.translator;
  }

  /** True when a search for this question asks the translator, which must be ready by then. */
  translates(question: string): boolean {
    return this.#translator !== undefined && this.#has(otherLanguage(detectLanguage(question)));
  }

  search(question: string, options: KeywordSearchOptions): KeywordResult {
    const groups = queryGroups(question);
    const from = detectLanguage(question);
    const to = otherLanguage(from);
    const terms = describeTerms(this.#weigh(groups));
    if (this.#translator === undefined || !this.#has(to)) {
      return { ...this.#rank(groups, options), translated: false, terms };
    }
    const translation = this.#translator.translate(question, from, to, {
      documentFrequency: (term) => this.#statistics.documentFrequency({ terms: [term], weight: 1 }, to),
    });
    const direct = this.#rank(groups, options, from);
    const translated = this.#rank(translation, options, to);
    const coverage = this.#coverage(translation, options, to);
    const trusted = coverage * translationTrust;
    const isBest = trusted > direct.coverage;
    return {
      hits: mergeByCoverage([direct, { hits: translated.hits, coverage: trusted }], options.limit),
      coverage: isBest ? coverage : direct.coverage,
      translated: isBest,
      terms,
    };
  }

  #has(language: Language): boolean {
    return this.#statistics.counts(language).entries > 0;
  }

  /** One list, of one language's entries with that language's statistics, or of all entries. */
  #rank(groups: readonly QueryGroup[], options: KeywordSearchOptions, language?: Language) {
    const counts = this.#statistics.counts(language);
    const weighed = this.#weigh(groups, language);
    const limit = Math.max(0, Math.floor(options.limit));
    const long =
      counts.entries > 0 && (counts.lengths[0] + 3 * counts.lengths[2]) / counts.entries >= longPassage;
    const bySentence = options.sentences ?? long;
    const wanted = bySentence ? Math.max(limit, sentenceCandidates) : limit;
    const best = new TopK<{ view: number; entry: number }>(wanted);
    this.#views.forEach(({ segment, deleted }, view) => {
      this.#scorers[view]!.score({
        groups: weighed,
        counts,
        language,
        limit: wanted,
        accept: (entry) =>
          deleted?.has(entry) !== true &&
          (language === undefined || segment.language(entry) === language) &&
          (options.accept === undefined || options.accept(view, entry)),
        offer: (entry, score) => best.add(score, { view, entry }),
        threshold: () => best.threshold,
      });
    });
    const candidates = best.finish().map(({ score, item }) => ({ ...item, score }));
    const top = candidates[0]?.score ?? 0;
    const hits = bySentence ? rescoreBySentences(this.#scorers, candidates, weighed) : candidates;
    return { hits: hits.slice(0, limit), coverage: top === 0 ? 0 : top / bestScore(weighed) };
  }

  /** The coverage without what only supports the rest, of whichever entry has most of it. */
  #coverage(groups: readonly QueryGroup[], options: KeywordSearchOptions, language: Language): number {
    const asked = groups
      .filter(({ support }) => support !== true)
      .map((group) => ({ ...group, members: group.members.filter(({ support }) => support !== true) }));
    return this.#rank(asked, { ...options, limit: 1, sentences: false }, language).coverage;
  }

  #weigh(groups: readonly QueryGroup[], language?: Language): WeighedGroup[] {
    const { entries } = this.#statistics.counts(language);
    const weighed: WeighedGroup[] = [];
    for (const original of groups) {
      let group = original;
      let frequency = this.#frequency(group, language);
      if (frequency === 0) {
        if (group.optional) continue;
        group = this.#withNearWords(group);
        frequency = this.#frequency(group, language);
      }
      frequency = Math.min(frequency, entries);
      const idf = Math.log(1 + (entries - frequency + 0.5) / (frequency + 0.5));
      weighed.push({ group, idf, weight: group.weight * fieldWeights[group.field] });
    }
    return weighed;
  }

  #frequency(group: QueryGroup, language?: Language): number {
    return group.members.reduce(
      (sum, member) => sum + member.weight * this.#statistics.documentFrequency(member, language),
      0,
    );
  }

  /** A word that occurs nowhere is taken for a misspelling of those nearest to it. */
  #withNearWords(group: QueryGroup): QueryGroup {
    if (group.field !== "word" || tolerance(group.term) === 0) return group;
    const near = this.#nearWords.get(group.term) ?? this.#findNearWords(group.term);
    this.#nearWords.set(group.term, near);
    if (near.length === 0) return group;
    const members = near.map((term) => ({ terms: [{ field: group.field, term }], weight: 1 / near.length }));
    return { ...group, members };
  }

  *#words(): Generator<string> {
    for (const { segment } of this.#views) yield* segment.words;
  }

  #findNearWords(word: string): string[] {
    const isLive = (term: string): boolean => {
      const member = { terms: [{ field: "word" as const, term }], weight: 1 };
      return this.#statistics.documentFrequency(member) > 0;
    };
    return nearWords(word, this.#words(), isLive);
  }
}

function describeTerms(weighed: readonly WeighedGroup[]): QueryTerm[] {
  return weighed.map(({ group, idf, weight }) => ({
    field: group.field,
    term: group.term,
    weight: group.question ? 0 : weight,
    idf,
  }));
}

function otherLanguage(language: Language): Language {
  return language === "zh" ? "en" : "zh";
}

/**
 * Scores against different statistics compare only by their distance from their own list's best; how good that is
 * itself says the coverage, so that a few pages of another language do not stand between a question and its answer.
 */
function mergeByCoverage(
  lists: readonly { readonly hits: readonly KeywordHit[]; readonly coverage: number }[],
  limit: number,
): KeywordHit[] {
  const best = Math.max(...lists.map(({ coverage }) => coverage));
  return lists
    .flatMap(({ hits, coverage }) =>
      hits.map((hit) => ({ ...hit, score: (hit.score / hits[0]!.score) * Math.sqrt(coverage / best) })),
    )
    .sort((one, other) => other.score - one.score)
    .slice(0, limit);
}
