import { ModelsError } from "../errors.ts";
import { postJson } from "../request/post-json.ts";
import { makeError, type RequestContext } from "../request/provider-errors.ts";

/** How relevant one document is. `index` points into the documents given. */
export interface RerankResult {
  readonly index: number;
  /** The model's own scale, higher is better; most give 0 to 1. */
  readonly score: number;
}

export interface RerankOptions {
  /** How many to return, best first. Default: all. */
  readonly topN?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Orders documents by relevance to a query with a cross-encoder. */
export interface Reranker {
  rerank(query: string, documents: readonly string[], options?: RerankOptions): Promise<RerankResult[]>;
}

export interface ProviderRerankerOptions {
  readonly context: RequestContext;
  /** The full URL of the rerank endpoint. */
  readonly url: string;
  readonly timeoutMs: number;
  readonly maxRetries: number;
}

/**
 * A reranker over the endpoint that Jina, Cohere, SiliconFlow, DashScope, Zhipu, vLLM and llama.cpp share:
 * `{ model, query, documents, top_n }` → `results: [{ index, relevance_score }]`.
 * Throws a ModelsError; an index or score that makes no sense is an error ("bad-response"), never returned.
 */
export class ProviderReranker implements Reranker {
  readonly provider: string;
  readonly model: string;
  readonly #options: ProviderRerankerOptions;

  constructor(options: ProviderRerankerOptions) {
    this.#options = options;
    this.provider = options.context.provider;
    this.model = options.context.model;
  }

  async rerank(
    query: string,
    documents: readonly string[],
    { topN, signal }: RerankOptions = {},
  ): Promise<RerankResult[]> {
    if (documents.length === 0) return [];
    if (query.trim() === "") throw new ModelsError("invalid-input", "The query to rerank by is empty.");
    if (topN !== undefined && !(Number.isInteger(topN) && topN >= 1)) {
      throw new ModelsError("invalid-input", `topN must be a whole number of at least 1, got ${topN}.`);
    }
    const { context, url, timeoutMs, maxRetries } = this.#options;
    const count = Math.min(topN ?? documents.length, documents.length);
    const body = { model: context.model, query, documents, top_n: count, return_documents: false };
    const answer = await postJson(url, body, context, { timeoutMs, maxRetries, signal });
    return readResults(answer, documents.length, context).slice(0, count);
  }
}

function readResults(answer: unknown, count: number, context: RequestContext): RerankResult[] {
  const body = answer as { results?: unknown; data?: unknown; output?: { results?: unknown } } | null;
  const list = Array.isArray(answer) ? answer : (body?.results ?? body?.data ?? body?.output?.results);
  if (!Array.isArray(list)) {
    const message = `${context.provider} answered a rerank request without "results". Is "${context.model}" a rerank model?`;
    throw makeError("bad-response", message, {}, context);
  }
  const seen = new Set<number>();
  const results = list.map((item: { index?: unknown; relevance_score?: unknown; score?: unknown } | null) => {
    const index = item?.index;
    const score = item?.relevance_score ?? item?.score;
    const isKnown = typeof index === "number" && Number.isInteger(index) && index >= 0 && index < count;
    if (!isKnown || seen.has(index) || typeof score !== "number" || !Number.isFinite(score)) {
      const message = `${context.provider} (${context.model}) sent a rerank result that makes no sense: ${JSON.stringify(item)?.slice(0, 120)} for ${count} documents.`;
      throw makeError("bad-response", message, {}, context);
    }
    seen.add(index);
    return { index, score };
  });
  return results.sort((a, b) => b.score - a.score || a.index - b.index);
}
