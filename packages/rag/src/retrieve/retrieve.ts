import type { HistoryMessage } from "../answer/events.ts";
import type { GlossaryTerm, Knowledge } from "../answer/knowledge.ts";
import type { Chunk } from "../chunk/chunk.ts";
import { RagError } from "../errors.ts";
import type { ChunkIndex, QueryTerm, SearchResult } from "../index/chunk-index.ts";
import type { Filter } from "../index/filter.ts";
import { detectLanguage } from "../language/detect-language.ts";
import { normalize } from "../language/normalize.ts";
import { isFunctionWord, isQuestionWord } from "../language/question-words.ts";
import { acquaintanceOf } from "./acquaintance.ts";
import { bankEvidence } from "./bank-evidence.ts";
import { contentWords } from "./content-words.ts";
import { diversify } from "./diversify.ts";
import { type Expansion, expandPassages } from "./expand-passages.ts";
import { type FusedHit, type RankedList, reciprocalRankFusion, weightedFusion } from "./fuse.ts";
import { glossaryExpansion, namedTerms } from "./glossary.ts";
import { matchBank } from "./match-bank.ts";
import { toPassage } from "./passage.ts";
import { questionCoverage } from "./question-coverage.ts";
import { sameChunk } from "./recent-chunks.ts";
import { type Rerank, rerankHits } from "./rerank.ts";
import type { Retrieval, RetrievalProblem } from "./retrieval.ts";
import { type SearchSettings, searchQuestion } from "./search-question.ts";
import { type RewriteQuestion, understandQuestion } from "./understand-question.ts";

export interface RetrievalSettings extends SearchSettings {
  readonly knowledge?: Knowledge;
  readonly rerank?: Rerank;
  readonly rewrite?: RewriteQuestion;
  /** Tells words of a dictionary, which are not mended as slips of the glossary's terms (see `isDictionaryWord`). */
  readonly isWord?: (word: string) => boolean | Promise<boolean>;
  /** Passages wanted; default 5. */
  readonly limit?: number;
  /** Hits that each side may bring to the fusion; default 50. */
  readonly candidates?: number;
  /**
   * How lists are joined: by scaled score (default), or by rank. By score a poor list costs little and a good one helps as
   * much: docs/decisions/0006-fusion.md.
   */
  readonly fusion?: "weighted" | "rrf";
  /** Weights of the lists; default keyword 1, vector 0.4, glossary 0.5, a model's other wordings 1 together. */
  readonly weights?: FusionWeights;
  /** Relevance against difference in maximal marginal relevance, 0–1; 1 keeps the order. Default 0.9. */
  readonly diversity?: number;
  /** Extends passages by what stands around them under the same heading; default: not. */
  readonly expand?: Expansion | false;
  /** Tokens that all passages together may grow to by `expand`; default 2,000. */
  readonly expandBudget?: number;
  /** False leaves the author's question bank out, for measuring without it. */
  readonly useQuestionBank?: boolean;
  /** One wording of the bank to leave out, for measuring with the others. */
  readonly withoutWording?: string;
}

export interface FusionWeights {
  readonly keyword?: number;
  readonly vector?: number;
  readonly glossary?: number;
  readonly queries?: number;
}

export interface RetrievalRequest {
  readonly history?: readonly HistoryMessage[];
  readonly filter?: Filter;
  readonly signal?: AbortSignal;
}

/**
 * Finds the passages for a question: reads it, searches by keyword and (with embeddings) by vector in parallel, adds a
 * search for what the glossary calls its terms (and with `queries` for a model's other wordings), joins the lists, reranks
 * when there is a reranker, spreads the choice, puts the evidence of a matching bank question first, and with `expand`
 * extends the passages by what stands around them. A failing model is reported in `problems` and done without.
 *
 * @throws RagError `invalid-input` for a question that cannot be read; the signal's reason when aborted.
 */
export async function retrieve(
  question: string,
  settings: RetrievalSettings,
  request: RetrievalRequest = {},
): Promise<Retrieval> {
  const { index, knowledge = {} } = settings;
  const { signal, filter } = request;
  signal?.throwIfAborted();
  const limit = positive(settings.limit ?? 5, "limit");
  const candidates = Math.max(positive(settings.candidates ?? 50, "candidates"), limit);
  const problems: RetrievalProblem[] = [];

  const understood = await understandQuestion(question, {
    glossary: knowledge.glossary ?? [],
    history: request.history ?? [],
    isKnown: (word) => occurs(index, word),
    ...(settings.isWord ? { isWord: settings.isWord } : {}),
    ...(settings.rewrite ? { rewrite: settings.rewrite } : {}),
    onProblem: (message) => problems.push({ stage: "rewrite", message }),
    ...(signal ? { signal } : {}),
  });
  if (understood.intent !== "question")
    return {
      understood,
      queries: [],
      passages: [],
      context: [],
      chunks: [],
      scores: [],
      coverage: 0,
      absent: 0,
      acquaintance: acquaintanceOf([], [], knowledge.glossary ?? []),
      similarity: null,
      translated: false,
      terms: [],
      bank: null,
      problems,
    };

  const shared = { limit: candidates, ...(filter ? { filter } : {}), ...(signal ? { signal } : {}) };
  const named = namedTerms(understood.question, knowledge.glossary ?? []);
  const expansion = glossaryExpansion(understood.question, named);
  const [{ keyword, vector, glossary, wordings }, stats] = await Promise.all([
    searchQuestion(understood.question, expansion, settings, shared, problems),
    index.stats(),
  ]);

  const chunks = new Map<string, Chunk>();
  const list = (result: SearchResult | null, side: "keyword" | "vector", weight: number): RankedList => ({
    weight: side === "keyword" && result !== null ? weight * confidence(result) : weight,
    hits: (result?.[side] ?? []).map(({ chunk, score }) => {
      if (!chunks.has(chunk.id)) chunks.set(chunk.id, sameChunk(index, chunk));
      return { id: chunk.id, score };
    }),
  });
  const weights = { ...DEFAULT_WEIGHTS, ...settings.weights };
  const share = weights.queries / Math.max(1, wordings.length);
  const lists = [
    list(keyword, "keyword", weights.keyword),
    list(vector, "vector", weights.vector),
    list(glossary, "keyword", weights.glossary),
    ...wordings.flatMap((wording) => [
      list(wording.keyword, "keyword", share * weights.keyword),
      list(wording.vector, "vector", share * weights.vector),
    ]),
  ].filter((ranked) => ranked.hits.length > 0);
  let ranked = join(lists, settings.fusion ?? "weighted");

  ranked = homeFirst(ranked, chunks, understood.terms);

  if (settings.rerank !== undefined)
    ranked = await rerankHits(understood.question, ranked, chunks, settings.rerank, problems, signal);
  ranked = diversify(ranked, chunks, { limit, lambda: settings.diversity ?? 0.9 });

  const bank =
    settings.useQuestionBank === false
      ? null
      : matchBank(
          understood.question,
          knowledge,
          ranked.flatMap(({ id }) => chunks.get(id) ?? []),
          settings,
        );
  const evidence =
    bank === null ? [] : (await bankEvidence(index, bank, filter)).map((chunk) => sameChunk(index, chunk));
  for (const chunk of evidence) chunks.set(chunk.id, chunk);
  const first = new Set(evidence.map((chunk) => chunk.id));
  const ordered = [
    ...evidence.map(({ id }) => ({ id, score: 1 })),
    ...ranked.filter((hit) => !first.has(hit.id)),
  ].slice(0, Math.max(limit, evidence.length));

  const found = ordered.flatMap(({ id, score }) => {
    const chunk = chunks.get(id);
    return chunk === undefined ? [] : [{ chunk, score }];
  });
  const expanded = settings.expand
    ? await expandPassages(found, index, {
        expand: settings.expand,
        budget: positive(settings.expandBudget ?? 2_000, "expandBudget"),
        filter,
      })
    : found;
  const words = contentWords(understood.question, keyword.terms, stats.chunks);
  // A lexicon is asked wherever there is text of another language; it counts when it found the best passage.
  const translated = keyword.translated && detectLanguage(found[0]?.chunk.text ?? "") !== understood.language;
  return {
    understood,
    queries: wordings.map(({ text }) => text),
    passages: expanded.map(({ chunk, score }) => toPassage(chunk, score)),
    context: expanded.map(({ chunk }) => chunk),
    chunks: found.map(({ chunk }) => chunk),
    scores: found.map(({ score }) => score),
    coverage: questionCoverage(keyword, glossary, named, words, translated),
    absent: absentShare(keyword.terms, stats.chunks),
    acquaintance: acquaintanceOf(
      words,
      found.map(({ chunk }) => chunk),
      knowledge.glossary ?? [],
    ),
    similarity: vector?.vector[0]?.score ?? null,
    translated,
    terms: [
      ...keyword.terms,
      ...(glossary?.terms.map((term) => ({ ...term, weight: term.weight * 0.5 })) ?? []),
    ],
    bank: evidence.length === 0 ? null : bank,
    problems,
  };
}

/** A passage of the section that explains a term of the question goes before one that only uses the term. */
function homeFirst(
  ranked: readonly FusedHit[],
  chunks: ReadonlyMap<string, Chunk>,
  terms: readonly GlossaryTerm[],
): FusedHit[] {
  const homes = new Set(terms.flatMap(({ documentId }) => documentId ?? []));
  if (homes.size === 0) return [...ranked];
  return ranked
    .map(({ id, score }) => ({
      id,
      score: homes.has(chunks.get(id)?.documentId ?? "") ? score : score * AWAY,
    }))
    .sort((a, b) => b.score - a.score);
}

const AWAY = 0.85;

/** How far a list can be trusted: one that hardly covers its query should not outvote one that does. */
function confidence(result: SearchResult): number {
  return Math.min(1, Math.max(0.2, result.coverage / 0.4));
}

const DEFAULT_WEIGHTS = { keyword: 1, vector: 0.4, glossary: 0.5, queries: 1 };

/** Small, so that what only a poor list ranks high does not overtake what a good one does. */
const RRF_K = 5;

/** Joined lists with the best score scaled to 1. */
function join(lists: readonly RankedList[], fusion: "rrf" | "weighted"): FusedHit[] {
  const [only] = lists;
  const fused =
    lists.length === 1 && only !== undefined
      ? [...only.hits]
      : fusion === "rrf"
        ? reciprocalRankFusion(lists, { k: RRF_K })
        : weightedFusion(lists);
  const top = fused[0]?.score ?? 0;
  return fused.map((hit) => ({ id: hit.id, score: top > 0 ? Math.max(0, hit.score / top) : 1 }));
}

/** Weight of the question's terms that no chunk has ÷ weight of all its content terms. */
function absentShare(terms: readonly QueryTerm[], chunks: number): number {
  // Halfway between the idf of a term that is nowhere and of one that is once.
  const nowhere = (Math.log(2 * chunks + 2) + Math.log((chunks + 1) / 1.5)) / 2;
  let absent = 0;
  let all = 0;
  for (const { field, term, weight, idf } of terms) {
    if (isQuestionWord(field, term) || isFunctionWord(field, term)) continue;
    all += weight * idf;
    if (idf > nowhere) absent += weight * idf;
  }
  return all === 0 ? 0 : absent / all;
}

/** Do the documents use this word? */
async function occurs(index: ChunkIndex, word: string): Promise<boolean> {
  const { keyword } = await index.search({ text: word, limit: 5, asWritten: true });
  const wanted = normalize(word);
  return keyword.some(({ chunk }) => normalize(chunk.text).includes(wanted));
}

function positive(value: number, name: string): number {
  if (Number.isInteger(value) && value > 0) return value;
  throw new RagError("invalid-input", `${name} must be a whole number above 0, got ${String(value)}.`);
}
