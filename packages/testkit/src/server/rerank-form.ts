import { isRecord } from "./chat-request.ts";

/** A rerank request, whichever provider's form it came in. */
export interface RerankRequest {
  readonly model: unknown;
  readonly query: unknown;
  readonly documents: unknown;
  readonly topN: unknown;
  readonly returnsDocuments: boolean;
}

export interface ScoredDocument {
  readonly index: number;
  readonly score: number;
  readonly text: string;
}

/** How one provider writes requests and answers. */
export interface RerankForm {
  read(body: Readonly<Record<string, unknown>>): RerankRequest;
  write(results: readonly ScoredDocument[], request: RerankRequest, number: number, tokens: number): unknown;
}

/** The form that belongs to a path. */
export function rerankFormOf(path: string): RerankForm {
  if (path.endsWith("/text-rerank")) return DASHSCOPE;
  if (path === "/v2/rerank") return COHERE;
  if (path === "/rerank") return TEXT_EMBEDDINGS_INFERENCE;
  return JINA;
}

const JINA: RerankForm = {
  read: (body) => ({
    model: body.model,
    query: body.query,
    documents: body.documents,
    topN: body.top_n,
    returnsDocuments: body.return_documents === true,
  }),
  write: (results, request, number, tokens) => ({
    id: `rerank-${number}`,
    model: request.model,
    results: results.map((result) => scored(result, request)),
    usage: { total_tokens: tokens },
  }),
};

/** https://docs.cohere.com/reference/rerank: no documents in the answer, and usage as billed units. */
const COHERE: RerankForm = {
  read: (body) => ({ ...JINA.read(body), returnsDocuments: false }),
  write: (results, request, number) => ({
    id: `rerank-${number}`,
    results: results.map((result) => scored(result, request)),
    meta: { api_version: { version: "2" }, billed_units: { search_units: 1 } },
  }),
};

/** DashScope's own API: `input` and `parameters` in the request, `output` around the results. */
const DASHSCOPE: RerankForm = {
  read: ({ model, input, parameters }) => {
    const texts = isRecord(input) ? input : {};
    const settings = isRecord(parameters) ? parameters : {};
    return {
      model,
      query: texts.query,
      documents: texts.documents,
      topN: settings.top_n,
      returnsDocuments: settings.return_documents === true,
    };
  },
  write: (results, request, number, tokens) => ({
    output: { results: results.map((result) => scored(result, request)) },
    usage: { total_tokens: tokens },
    request_id: `rerank-${number}`,
  }),
};

/** Hugging Face's server: `texts` in, a bare list of `score`s out, no model and no limit. */
const TEXT_EMBEDDINGS_INFERENCE: RerankForm = {
  read: (body) => ({
    model: "served",
    query: body.query,
    documents: body.texts,
    topN: undefined,
    returnsDocuments: body.return_text === true,
  }),
  write: (results, request) =>
    results.map(({ index, score, text }) => ({
      index,
      score,
      ...(request.returnsDocuments ? { text } : {}),
    })),
};

function scored({ index, score, text }: ScoredDocument, { returnsDocuments }: RerankRequest) {
  return { index, relevance_score: score, ...(returnsDocuments ? { document: { text } } : {}) };
}
