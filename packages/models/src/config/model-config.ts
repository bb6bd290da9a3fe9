import { ModelsError } from "../errors.ts";

/** Variables by name, as `process.env` is. An empty value counts as not set. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where an embedding or rerank model is, when it is not where the chat model is. */
export interface EndpointSettings {
  /** A preset's name, or "none" to switch this part off. Default: the chat model's provider. */
  readonly provider?: string;
  readonly baseUrl?: string;
  readonly apiKey?: string;
  readonly model?: string;
}

export interface EmbeddingsSettings extends EndpointSettings {
  /** Ask for vectors of this length. Default: the model's own. */
  readonly dimensions?: number;
  /** Texts in one request. Default: the provider's limit. */
  readonly batchSize?: number;
}

/** Which models to use. Everything is optional; nothing at all means offline. */
export interface ModelConfig {
  /** A preset's name, or "none" for no chat model. Default: the first provider whose own key is set. */
  readonly provider?: string;
  readonly baseUrl?: string;
  readonly apiKey?: string;
  readonly chatModel?: string;
  readonly embeddings?: EmbeddingsSettings;
  readonly rerank?: EndpointSettings;
  /** Milliseconds without a sign of life before a request fails. Default: 60,000, local 300,000. */
  readonly timeoutMs?: number;
  /** How often to try again after a failure that may pass. Default: 2. */
  readonly maxRetries?: number;
  /** Sampling temperature. Default: the provider's. */
  readonly temperature?: number;
  /** Most tokens of one reply. Default: the provider's. */
  readonly maxTokens?: number;
}

/**
 * Reads the ZIXUE_ variables. Throws a ModelsError ("invalid-config") that names the variable when a number is none.
 */
export function readModelConfig(env: Environment): ModelConfig {
  return compact({
    provider: text(env, "ZIXUE_PROVIDER"),
    baseUrl: text(env, "ZIXUE_BASE_URL"),
    apiKey: text(env, "ZIXUE_API_KEY"),
    chatModel: text(env, "ZIXUE_CHAT_MODEL"),
    embeddings: compact({
      provider: text(env, "ZIXUE_EMBEDDINGS_PROVIDER"),
      baseUrl: text(env, "ZIXUE_EMBEDDINGS_BASE_URL"),
      apiKey: text(env, "ZIXUE_EMBEDDINGS_API_KEY"),
      model: text(env, "ZIXUE_EMBEDDINGS_MODEL"),
      dimensions: number(env, "ZIXUE_EMBEDDINGS_DIMENSIONS", { min: 1, integer: true, example: "1024" }),
      batchSize: number(env, "ZIXUE_EMBEDDINGS_BATCH_SIZE", { min: 1, integer: true, example: "10" }),
    }),
    rerank: compact({
      provider: text(env, "ZIXUE_RERANK_PROVIDER"),
      baseUrl: text(env, "ZIXUE_RERANK_BASE_URL"),
      apiKey: text(env, "ZIXUE_RERANK_API_KEY"),
      model: text(env, "ZIXUE_RERANK_MODEL"),
    }),
    timeoutMs: number(env, "ZIXUE_TIMEOUT_MS", { min: 1, integer: true, example: "60000" }),
    maxRetries: number(env, "ZIXUE_MAX_RETRIES", { min: 0, integer: true, example: "2" }),
    temperature: number(env, "ZIXUE_TEMPERATURE", { min: 0, integer: false, example: "0.3" }),
    maxTokens: number(env, "ZIXUE_MAX_TOKENS", { min: 1, integer: true, example: "2000" }),
  });
}

/**
 * Puts a program's settings over the environment's. A program that names a provider or a URL means all of that
 * group: the environment's key and model for another provider must not slip in.
 */
export function mergeModelConfig(config: ModelConfig, environment: ModelConfig): ModelConfig {
  const { provider, baseUrl, apiKey, chatModel, ...rest } = environment;
  const names = config.provider !== undefined || config.baseUrl !== undefined;
  const chat = names ? {} : compact({ provider, baseUrl, apiKey, chatModel });
  return {
    ...rest,
    ...chat,
    ...compact(config),
    embeddings: mergeEndpoint(config.embeddings, environment.embeddings),
    rerank: mergeEndpoint(config.rerank, environment.rerank),
  };
}

function mergeEndpoint<T extends EndpointSettings>(config: T | undefined, environment: T | undefined): T {
  const names = config?.provider !== undefined || config?.baseUrl !== undefined;
  return { ...(names ? {} : environment), ...compact(config ?? {}) } as T;
}

function text(env: Environment, variable: string): string | undefined {
  const value = env[variable]?.trim();
  return value === "" ? undefined : value;
}

function number(
  env: Environment,
  variable: string,
  rule: { min: number; integer: boolean; example: string },
): number | undefined {
  const value = text(env, variable);
  if (value === undefined) return undefined;
  const parsed = Number(value);
  if (Number.isFinite(parsed) && parsed >= rule.min && (!rule.integer || Number.isInteger(parsed)))
    return parsed;
  const kind = rule.integer ? "a whole number" : "a number";
  throw new ModelsError(
    "invalid-config",
    `${variable} must be ${kind} of at least ${rule.min}, got ${JSON.stringify(value)}. Example: ${variable}=${rule.example}`,
    { details: { variable } },
  );
}

type Compact<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function compact<T extends object>(value: T): Compact<T> {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as Compact<T>;
}
