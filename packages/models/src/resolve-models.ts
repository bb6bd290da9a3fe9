import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { chatEndpoint, type Endpoint, sideEndpoint } from "./config/endpoint.ts";
import {
  type Environment,
  type ModelConfig,
  mergeModelConfig,
  readModelConfig,
} from "./config/model-config.ts";
import { describeModels, type Language } from "./describe-models.ts";
import type { ProviderEmbeddings } from "./embeddings/provider-embeddings.ts";
import { ModelsError } from "./errors.ts";
import { DEFAULT_BATCH_LIMIT } from "./presets.ts";
import type { RequestContext } from "./request/provider-errors.ts";
import { ProviderReranker, type Reranker } from "./rerank/reranker.ts";

/** The models that a configuration names. What is not configured is undefined. */
export interface ResolvedModels {
  readonly chat: BaseChatModel | undefined;
  readonly embeddings: ProviderEmbeddings | undefined;
  readonly reranker: Reranker | undefined;
  /** Says in a few lines which models answer, or how to set one. Never shows a key. Default language: zh. */
  describe(language?: Language): string;
}

/**
 * Finds out which models to use, from the environment, with a program's own settings over it. Nothing is sent: a
 * wrong key or an unreachable server shows at the first request. With nothing set, all are undefined: offline.
 *
 * A provider's own key variable (DEEPSEEK_API_KEY, DASHSCOPE_API_KEY, OPENAI_API_KEY, …) is enough. ZIXUE_PROVIDER
 * chooses among several or names a local one, and "none" switches off.
 *
 * @throws ModelsError "invalid-config" naming the variable, what it accepts and an example line
 * @example
 * const { chat, describe } = await resolveModels();
 * console.log(describe("en"));
 * if (chat) console.log((await chat.invoke("你好")).text);
 */
export async function resolveModels(
  config: ModelConfig = {},
  env: Environment = process.env,
): Promise<ResolvedModels> {
  const merged = mergeModelConfig(config, readModelConfig(env));
  const chat = chatEndpoint(merged, env);
  const embeddings = sideEndpoint("embeddings", merged.embeddings ?? {}, chat, env);
  const rerank = sideEndpoint("rerank", merged.rerank ?? {}, chat, env);
  const [chatModel, embeddingModel] = await Promise.all([
    chat && makeChatModel(chat, merged),
    embeddings && makeEmbeddings(embeddings, merged),
  ]);
  return {
    chat: chatModel,
    embeddings: embeddingModel,
    reranker: rerank && makeReranker(rerank, merged),
    describe: (language = "zh") => describeModels({ chat, embeddings, rerank }, language),
  };
}

// Imported only here and only when needed: loading it takes longer than starting an offline app.
async function makeChatModel(endpoint: Endpoint, config: ModelConfig): Promise<BaseChatModel> {
  const { ProviderChatModel } = await import("./chat/provider-chat-model.ts").catch((cause: unknown) => {
    const message =
      "@langchain/openai could not be loaded. Install it beside @zixue/models: pnpm add @langchain/openai";
    throw new ModelsError("missing-dependency", message, { cause });
  });
  return new ProviderChatModel({
    context: contextOf(endpoint, "ZIXUE_CHAT_MODEL"),
    supports: endpoint.preset.supports,
    ...limitsOf(endpoint, config),
    ...(config.temperature === undefined ? {} : { temperature: config.temperature }),
    ...(config.maxTokens === undefined ? {} : { maxTokens: config.maxTokens }),
  });
}

async function makeEmbeddings(endpoint: Endpoint, config: ModelConfig): Promise<ProviderEmbeddings> {
  const { ProviderEmbeddings } = await import("./embeddings/provider-embeddings.ts");
  const { dimensions, batchSize } = config.embeddings ?? {};
  return new ProviderEmbeddings({
    context: contextOf(endpoint, "ZIXUE_EMBEDDINGS_MODEL"),
    dimensions: dimensions ?? endpoint.preset.embeddings?.dimensions[endpoint.model],
    sendsDimensions: dimensions !== undefined,
    batchSize: batchSize ?? endpoint.preset.embeddings?.batchLimit ?? DEFAULT_BATCH_LIMIT,
    ...limitsOf(endpoint, config),
  });
}

function makeReranker(endpoint: Endpoint, config: ModelConfig): Reranker {
  const { preset, baseUrl } = endpoint;
  // A preset's rerank endpoint may be outside its base URL; a changed base URL moves it along.
  const standard = baseUrl === preset.baseUrl ? preset.rerank?.url : undefined;
  const url = standard ?? (/\/reranks?$/.test(baseUrl) ? baseUrl : `${baseUrl}/rerank`);
  return new ProviderReranker({
    context: contextOf(endpoint, "ZIXUE_RERANK_MODEL"),
    url,
    ...limitsOf(endpoint, config),
  });
}

function limitsOf({ preset }: Endpoint, config: ModelConfig) {
  return { timeoutMs: config.timeoutMs ?? preset.timeoutMs, maxRetries: config.maxRetries ?? 2 };
}

function contextOf(endpoint: Endpoint, modelVariable: string): RequestContext {
  const { preset, model, baseUrl, apiKey, keyVariable } = endpoint;
  return { provider: preset.name, model, baseUrl, apiKey, keyVariable, modelVariable };
}
