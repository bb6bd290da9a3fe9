import type { Endpoint } from "./config/endpoint.ts";

export type Language = "zh" | "en";

export interface ResolvedEndpoints {
  readonly chat: Endpoint | undefined;
  readonly embeddings: Endpoint | undefined;
  readonly rerank: Endpoint | undefined;
}

/** Says in a few lines which models answer, or how to set one. Never shows a key. */
export function describeModels({ chat, embeddings, rerank }: ResolvedEndpoints, language: Language): string {
  const words = WORDS[language];
  const lines = [chat === undefined ? words.offline : words.chat(chat)];
  if (embeddings !== undefined) lines.push(words.embeddings(embeddings));
  if (rerank !== undefined) lines.push(words.rerank(rerank));
  return lines.join("\n");
}

const at = ({ preset, baseUrl }: Endpoint) =>
  preset.name === "custom" ? baseUrl : `${preset.label}, ${baseUrl}`;

const WORDS = {
  zh: {
    offline: [
      "对话模型:未设置(离线模式,回答由原文摘录组成,不访问网络)。",
      "要接入模型,设置任一家的密钥即可,例如:DEEPSEEK_API_KEY=sk-…",
      "或使用本机的 Ollama:ZIXUE_PROVIDER=ollama ZIXUE_CHAT_MODEL=qwen3:4b",
    ].join("\n"),
    chat: (endpoint: Endpoint) => `对话模型:${endpoint.model}(${at(endpoint)})`,
    embeddings: (endpoint: Endpoint) => `向量模型:${endpoint.model}(${at(endpoint)})`,
    rerank: (endpoint: Endpoint) => `重排模型:${endpoint.model}(${endpoint.preset.label})`,
  },
  en: {
    offline: [
      "Chat model: none set (offline: answers are quoted from the sources, nothing goes to the network).",
      "To use a model, set the key of any provider, for example: DEEPSEEK_API_KEY=sk-…",
      "or use Ollama on this machine: ZIXUE_PROVIDER=ollama ZIXUE_CHAT_MODEL=qwen3:4b",
    ].join("\n"),
    chat: (endpoint: Endpoint) => `Chat model: ${endpoint.model} (${at(endpoint)})`,
    embeddings: (endpoint: Endpoint) => `Embedding model: ${endpoint.model} (${at(endpoint)})`,
    rerank: (endpoint: Endpoint) => `Rerank model: ${endpoint.model} (${endpoint.preset.label})`,
  },
} as const;
