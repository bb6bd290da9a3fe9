import { cosine, deterministicVector } from "../deterministic-vector.ts";
import { estimateTokens } from "../pieces.ts";
import { type Reply, reply as replies } from "../reply.ts";
import { isRecord } from "./chat-request.ts";
import { type Exchange, RequestProblem, sendCommon, sendJson } from "./exchange.ts";
import { type RerankForm, rerankFormOf } from "./rerank-form.ts";

const DIMENSIONS = 512;

/** Rerank, best first, `index` into the documents, in the form of the provider whose path was asked. */
export async function answerRerank(
  exchange: Exchange,
  next: (() => Promise<Reply>) | undefined,
): Promise<void> {
  const { number, path } = exchange.request;
  const form = rerankFormOf(path.split("?")[0] ?? "");
  const { query, documents, topN, request } = readRequest(exchange, form);
  const reply = next === undefined ? replies.scores() : await next();
  if (await sendCommon(exchange, reply)) return;
  if (reply.kind !== "scores") {
    throw new RequestProblem(
      500,
      `A rerank request cannot be answered with a reply of kind "${reply.kind}".`,
    );
  }
  const target = deterministicVector(query, DIMENSIONS);
  const scores =
    reply.scores ??
    documents.map((text) => Math.max(0, cosine(target, deterministicVector(text, DIMENSIONS))));
  const results = scores
    .map((score, index) => ({ index, score, text: documents[index] ?? "" }))
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .slice(0, topN);
  const tokens = estimateTokens(query) * documents.length + estimateTokens(documents.join(""));
  sendJson(exchange, 200, form.write(results, request, number, tokens));
}

function readRequest(exchange: Exchange, form: RerankForm) {
  const body: unknown = exchange.request.body;
  if (!isRecord(body)) throw new RequestProblem(400, "The body must be a JSON object.");
  const request = form.read(body);
  const { model, query, documents, topN } = request;
  if (typeof model !== "string" || model === "") {
    throw new RequestProblem(400, "You must provide a model parameter.", { param: "model" });
  }
  if (typeof query !== "string" || query === "") {
    throw new RequestProblem(400, "'query' must be a string that is not empty.", { param: "query" });
  }
  if (!Array.isArray(documents) || documents.length === 0) {
    throw new RequestProblem(400, "'documents' must be a list that is not empty.", { param: "documents" });
  }
  if (topN !== undefined && (typeof topN !== "number" || !Number.isInteger(topN) || topN < 1)) {
    throw new RequestProblem(400, "'top_n' must be a positive integer.", { param: "top_n" });
  }
  const texts = documents.map((document: unknown, i) => {
    const text = isRecord(document) ? document.text : document;
    if (typeof text === "string") return text;
    throw new RequestProblem(400, `'documents[${i}]' must be a string or an object with a text.`, {
      param: `documents[${i}]`,
    });
  });
  return { query, documents: texts, topN, request };
}
