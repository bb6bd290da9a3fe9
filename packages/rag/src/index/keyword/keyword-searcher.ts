import { detectLanguage, type Language } from "../../language/detect-language.ts";
import type { QueryTerm } from "../chunk-index.ts";
import type { SegmentView } from "./build-segment.ts";
import {
  combineLanguages,
  hasSentences,
  otherLanguage,
  sentenceCandidates,
  withoutSupport,
} from "./combine-languages.ts";
import { CorpusStatistics } from "./corpus-statistics.ts";
import { nearWords } from "./near-words.ts";
import { type QueryGroup, type QueryTranslator, queryGroups } from "./query.ts";
import { bestScore, SegmentScorer, type WeighedGroup } from "./segment-scorer.ts";
import { rescoreBySentences } from "./sentence-stage.ts";
import { TopK } from "./top-k.ts";
import { describeTerms, weighGroups } from "./weigh-groups.ts";

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
  /** Do not translate the question. */
  readonly asWritten?: boolean | undefined;
}

export interface KeywordResult {
  readonly hits: readonly KeywordHit[];
  readonly coverage: number;
  readonly translated: boolean;
  readonly terms: readonly QueryTerm[];
}

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
    if (options.asWritten || this.#translator === undefined || !this.#has(to)) {
      return { ...this.#rank(question, groups, options), translated: false, terms };
    }
    const translation = this.#translator.translate(question, from, to, {
      documentFrequency: (term) => this.#statistics.documentFrequency({ terms: [term], weight: 1 }, to),
    });
    const direct = this.#rank(question, groups, options, from);
    const translated = this.#rank(question, translation, options, to);
    const { coverage } = this.#rank(
      question,
      withoutSupport(translation),
      { ...options, limit: 1, sentences: false },
      to,
    );
    return { ...combineLanguages(direct, { hits: translated.hits, coverage }, options.limit), terms };
  }

  #has(language: Language): boolean {
    return this.#statistics.counts(language).entries > 0;
  }

  /** One list, of one language's entries with that language's statistics, or of all entries. */
  #rank(question: string, groups: readonly QueryGroup[], options: KeywordSearchOptions, language?: Language) {
    const counts = this.#statistics.counts(language);
    const weighed = this.#weigh(groups, language);
    const limit = Math.max(0, Math.floor(options.limit));
    const bySentence = options.sentences ?? hasSentences(counts);
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
    const hits = bySentence ? rescoreBySentences(this.#scorers, candidates, weighed, question) : candidates;
    return { hits: hits.slice(0, limit), coverage: top === 0 ? 0 : top / bestScore(weighed) };
  }

  #weigh(groups: readonly QueryGroup[], language?: Language): WeighedGroup[] {
    return weighGroups(groups, {
      entries: this.#statistics.counts(language).entries,
      documentFrequency: (member) => this.#statistics.documentFrequency(member, language),
      nearWords: (word) => this.#wordsNear(word),
    });
  }

  #wordsNear(word: string): readonly string[] {
    let near = this.#nearWords.get(word);
    if (near === undefined) {
      near = this.#findNearWords(word);
      this.#nearWords.set(word, near);
    }
    return near;
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
