import { RagError } from "../errors.ts";
import type { ChunkIndex, SearchHit, SearchResult } from "../index/chunk-index.ts";
import type { Filter } from "../index/filter.ts";
import { detectLanguage, type Language } from "../language/detect-language.ts";
import type { GenerateQueries } from "./model-queries.ts";
import type { RetrievalProblem } from "./retrieval.ts";

/** Turns a question into a vector of the index's dimensions. */
export type EmbedQuery = (
  text: string,
  options: { readonly signal?: AbortSignal },
) => Promise<ArrayLike<number>>;

export interface SearchSettings {
  readonly index: ChunkIndex;
  readonly embedQuery?: EmbedQuery;
  readonly queries?: { readonly count: number; readonly generate: GenerateQueries };
}

/** What one wording found on each side; `vector` is `null` without embeddings or when they failed. */
export interface SidesFound {
  readonly keyword: SearchResult;
  readonly vector: SearchResult | null;
}

export interface QuestionFound extends SidesFound {
  /** What the glossary's other names for the question's terms found. */
  readonly glossary: SearchResult | null;
  readonly wordings: readonly (SidesFound & { readonly text: string })[];
}

interface SharedRequest {
  readonly limit: number;
  readonly filter?: Filter;
  readonly signal?: AbortSignal;
}

/** Searches for a question, its glossary expansion and a model's other wordings of it, all at once. */
export async function searchQuestion(
  question: string,
  expansion: string,
  settings: SearchSettings,
  shared: SharedRequest,
  problems: RetrievalProblem[],
): Promise<QuestionFound> {
  const keyword = settings.index.search({ ...shared, text: question });
  const [found, vector, glossary, wordings] = await Promise.all([
    keyword,
    searchByVector(question, settings, shared, problems),
    expansion === "" ? null : settings.index.search({ ...shared, text: expansion }),
    keyword.then((hits) => searchWordings(question, hits.keyword, settings, shared, problems)),
  ]);
  shared.signal?.throwIfAborted();
  return { keyword: found, vector, glossary, wordings };
}

async function searchWordings(
  question: string,
  hits: readonly SearchHit[],
  settings: SearchSettings,
  shared: SharedRequest,
  problems: RetrievalProblem[],
): Promise<QuestionFound["wordings"]> {
  const { queries, index } = settings;
  if (queries === undefined) return [];
  const { signal } = shared;
  let texts: readonly string[];
  try {
    texts = await queries.generate(question, {
      count: queries.count,
      documents: languageOfHits(hits),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    signal?.throwIfAborted();
    problems.push({ stage: "queries", message: messageOf(error) });
    return [];
  }
  // One problem is enough: the question's own vector search reports it too when embeddings are down.
  const ignored: RetrievalProblem[] = [];
  return Promise.all(
    texts.slice(0, queries.count).map(async (text) => {
      const [keyword, vector] = await Promise.all([
        index.search({ ...shared, text }),
        searchByVector(text, settings, shared, ignored),
      ]);
      return { text, keyword, vector };
    }),
  );
}

/** Language of most of the best hits. */
function languageOfHits(hits: readonly SearchHit[]): Language | null {
  if (hits.length === 0) return null;
  const best = hits.slice(0, 5);
  const chinese = best.filter(({ chunk }) => detectLanguage(chunk.text) === "zh").length;
  return 2 * chinese >= best.length ? "zh" : "en";
}

async function searchByVector(
  question: string,
  settings: SearchSettings,
  shared: SharedRequest,
  problems: RetrievalProblem[],
): Promise<SearchResult | null> {
  const { index, embedQuery } = settings;
  if (embedQuery === undefined && index.embedsText !== true) return null;
  try {
    if (embedQuery === undefined) return await index.search({ ...shared, vectorText: question });
    const embedding = embedQuery(question, shared.signal ? { signal: shared.signal } : {});
    const vector = await (shared.signal ? Promise.race([embedding, abortOf(shared.signal)]) : embedding);
    return await index.search({ ...shared, vector: Float32Array.from(vector) });
  } catch (error) {
    shared.signal?.throwIfAborted();
    const store = error instanceof RagError && error.code === "vector-store-failed";
    problems.push({ stage: store ? "vector-store" : "embeddings", message: messageOf(error) });
    return null;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Rejects when aborted: an embeddings client may know no signal. */
function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
