export interface Endpoint {
  readonly name: "chat" | "embeddings" | "rerank" | "models";
  readonly method: "GET" | "POST";
}

/** Jina, SiliconFlow, Zhipu and vLLM rerank alike; the others have a path, and so a form, of their own. */
const RERANK_PATHS = [
  "/v1/rerank",
  "/v1/reranks",
  "/v2/rerank",
  "/rerank",
  "/compatible-api/v1/reranks",
  "/api/v1/services/rerank/text-rerank/text-rerank",
];

/** What the scripted server answers, by path. */
export const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  "/v1/chat/completions": { name: "chat", method: "POST" },
  "/v1/embeddings": { name: "embeddings", method: "POST" },
  "/v1/models": { name: "models", method: "GET" },
  ...Object.fromEntries(
    RERANK_PATHS.map((path): [string, Endpoint] => [path, { name: "rerank", method: "POST" }]),
  ),
};
