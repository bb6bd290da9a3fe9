export { failureOf } from "./chat/failure-of.ts";
export { isUsageEstimated, reasoningOf } from "./chat/reasoning.ts";
export {
  type EmbeddingsSettings,
  type EndpointSettings,
  type Environment,
  type ModelConfig,
  readModelConfig,
} from "./config/model-config.ts";
export type { Language } from "./describe-models.ts";
export type { ProviderEmbeddings } from "./embeddings/provider-embeddings.ts";
export { ModelsError, type ModelsErrorCode, type ModelsErrorDetails } from "./errors.ts";
export { loadEnvFile } from "./load-env-file.ts";
export { findPreset, type ProviderPreset, type ProviderSupport, presets } from "./presets.ts";
export type { Reranker, RerankOptions, RerankResult } from "./rerank/reranker.ts";
export { type ResolvedModels, resolveModels } from "./resolve-models.ts";
export { type CountableMessage, countTokens, truncateToTokens } from "./tokens.ts";
