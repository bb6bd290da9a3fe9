import { type Chunk, indexedText } from "../../chunk/chunk.ts";
import { detectLanguage, type Language } from "../../language/detect-language.ts";
import type { SearchHit, SearchRequest, SearchResult } from "../chunk-index.ts";
import { buildKeywordSegment } from "../keyword/build-segment.ts";
import {
  combineLanguages,
  hasSentences,
  otherLanguage,
  type RankedEntries,
  sentenceCandidates,
  withoutSupport,
} from "../keyword/combine-languages.ts";
import { type QueryGroup, type QueryTranslator, queryGroups } from "../keyword/query.ts";
import { bestScore, SegmentScorer, type WeighedGroup } from "../keyword/segment-scorer.ts";
import { rescoreBySentences } from "../keyword/sentence-stage.ts";
import { describeTerms, weighGroups } from "../keyword/weigh-groups.ts";
import type { Session } from "./database.ts";
import { scoreChunks } from "./score-chunks.ts";
import { countsFor, type IndexState } from "./state.ts";
import type { Tables } from "./tables.ts";
import { TermStatistics } from "./term-statistics.ts";

/** True when a search for this question asks the translator, which must be ready by then. */
export function translates(
  question: string,
  translator: QueryTranslator | undefined,
  state: IndexState,
): boolean {
  return translator !== undefined && state.counts[otherLanguage(detectLanguage(question))].entries > 0;
}

/** The keyword side of a search, within one transaction: the steps of `KeywordSearcher`, with SQL for the postings. */
export async function searchKeyword(
  session: Session,
  tables: Tables,
  state: IndexState,
  question: string,
  request: Pick<SearchRequest, "filter" | "limit">,
  translator: QueryTranslator | undefined,
): Promise<Omit<SearchResult, "vector">> {
  const search = new Search(session, tables, state, { ...request, question });
  const groups = queryGroups(question);
  const from = detectLanguage(question);
  const terms = describeTerms(await search.weigh(groups));
  if (translator === undefined || !translates(question, translator, state)) {
    const { hits, coverage } = await search.rank(groups);
    return { keyword: hits, coverage, translated: false, terms };
  }
  const to = otherLanguage(from);
  const translation = await search.statistics.settle(
    (documentFrequency) => translator.translate(question, from, to, { documentFrequency }),
    to,
  );
  const direct = await search.rank(groups, from);
  const translated = await search.rank(translation, to);
  const coverage = await search.coverage(withoutSupport(translation), to);
  const { hits, ...rest } = combineLanguages(direct, { hits: translated.hits, coverage }, request.limit);
  return { ...rest, keyword: hits, terms };
}

interface KeywordRequest extends Pick<SearchRequest, "filter" | "limit"> {
  readonly question: string;
}

class Search {
  readonly statistics: TermStatistics;
  readonly #session: Session;
  readonly #tables: Tables;
  readonly #state: IndexState;
  readonly #request: KeywordRequest;

  constructor(session: Session, tables: Tables, state: IndexState, request: KeywordRequest) {
    this.statistics = new TermStatistics(session, tables, state);
    this.#session = session;
    this.#tables = tables;
    this.#state = state;
    this.#request = request;
  }

  async weigh(groups: readonly QueryGroup[], language?: Language): Promise<WeighedGroup[]> {
    await this.statistics.prepare(groups, language);
    return weighGroups(groups, this.statistics.corpus(language));
  }

  async rank(groups: readonly QueryGroup[], language?: Language): Promise<RankedEntries<SearchHit>> {
    const { limit, question } = this.#request;
    const bySentence = hasSentences(countsFor(this.#state, language));
    const weighed = await this.weigh(groups, language);
    const found = await this.#score(
      weighed,
      bySentence ? Math.max(limit, sentenceCandidates) : limit,
      language,
    );
    const top = found[0]?.score ?? 0;
    const hits = bySentence ? bySentences(found, weighed, question) : found;
    return { hits: hits.slice(0, limit), coverage: top === 0 ? 0 : top / bestScore(weighed) };
  }

  async coverage(groups: readonly QueryGroup[], language: Language): Promise<number> {
    const weighed = await this.weigh(groups, language);
    const [best] = await this.#score(weighed, 1, language);
    return best === undefined ? 0 : best.score / bestScore(weighed);
  }

  async #score(groups: readonly WeighedGroup[], limit: number, language?: Language): Promise<SearchHit[]> {
    const { filter } = this.#request;
    const counts = countsFor(this.#state, language);
    const task = { groups, counts, language, filter, limit };
    const rows = await scoreChunks(this.#session, this.#tables, this.statistics, task);
    return rows.map(({ chunk, score }) => ({ chunk: JSON.parse(chunk) as Chunk, score }));
  }
}

/** The sentence stage of a search over segments, on a segment of the candidates alone. */
function bySentences(
  candidates: readonly SearchHit[],
  groups: readonly WeighedGroup[],
  question: string,
): SearchHit[] {
  const segment = buildKeywordSegment(candidates.map(({ chunk }) => ({ text: indexedText(chunk) })));
  const hits = candidates.map(({ score }, entry) => ({ view: 0, entry, score }));
  return rescoreBySentences([new SegmentScorer({ segment })], hits, groups, question).map(
    ({ entry, score }) => ({
      chunk: candidates[entry]!.chunk,
      score,
    }),
  );
}
