import { ModelsError } from "../errors.ts";
import { findPreset, type ProviderPreset, presets } from "../presets.ts";
import type { EndpointSettings, Environment, ModelConfig } from "./model-config.ts";

/** A model that is fully known: where it is, its name and its key. */
export interface Endpoint {
  readonly preset: ProviderPreset;
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  readonly model: string;
  /** Which variable the key came from, or would. For messages. */
  readonly keyVariable: string;
}

type Part = "chat" | "embeddings" | "rerank";

/** Variables of each part, for messages. */
const VARIABLES = {
  chat: { prefix: "ZIXUE", model: "ZIXUE_CHAT_MODEL" },
  embeddings: { prefix: "ZIXUE_EMBEDDINGS", model: "ZIXUE_EMBEDDINGS_MODEL" },
  rerank: { prefix: "ZIXUE_RERANK", model: "ZIXUE_RERANK_MODEL" },
} as const;

/** Finds the chat endpoint; undefined when none is configured. Throws a ModelsError ("invalid-config"). */
export function chatEndpoint(config: ModelConfig, env: Environment): Endpoint | undefined {
  const { provider, baseUrl, apiKey, chatModel } = config;
  const settings = settingsOf({ provider, baseUrl, apiKey, model: chatModel });
  const preset = presetOf("chat", settings) ?? presetWithKey(env);
  if (preset === "none") return undefined;
  if (preset === undefined) {
    failOnOrphans("chat", settings);
    return undefined;
  }
  return complete("chat", preset, settings, env, preset.chatModel);
}

/**
 * Finds the endpoint of embeddings or rerank: its own, or the chat provider's when that one has such a model.
 * Throws a ModelsError ("invalid-config").
 */
export function sideEndpoint(
  part: "embeddings" | "rerank",
  settings: EndpointSettings,
  chat: Endpoint | undefined,
  env: Environment,
): Endpoint | undefined {
  const named = presetOf(part, settings);
  if (named === "none") return undefined;
  const preset = named ?? chat?.preset;
  if (preset === undefined) {
    failOnOrphans(part, settings);
    return undefined;
  }
  const standard = part === "embeddings" ? preset.embeddings?.model : preset.rerank?.model;
  const asked = named !== undefined || settings.model !== undefined;
  const isQuiet = part === "embeddings" && preset.embeddings?.onRequest === true;
  if (!asked && (standard === undefined || isQuiet)) return undefined;
  // The same provider means the same account: its URL and key serve here too.
  const shared = chat?.preset === preset && settings.baseUrl === undefined ? chat : undefined;
  const inherited = settingsOf({
    ...settings,
    baseUrl: settings.baseUrl ?? shared?.baseUrl,
    apiKey: settings.apiKey ?? shared?.apiKey,
  });
  return complete(part, preset, inherited, env, standard);
}

function presetOf(part: Part, settings: EndpointSettings): ProviderPreset | "none" | undefined {
  if (settings.provider === undefined)
    return settings.baseUrl === undefined ? undefined : findPreset("custom");
  if (settings.provider.toLowerCase() === "none") return "none";
  const preset = findPreset(settings.provider);
  if (preset !== undefined) return preset;
  const variable = `${VARIABLES[part].prefix}_PROVIDER`;
  throw configError(
    variable,
    `${variable} is ${JSON.stringify(settings.provider)}, which is no known provider. Accepted: ${presets.map(({ name }) => name).join(", ")}, none. Example: ${variable}=deepseek`,
  );
}

function presetWithKey(env: Environment): ProviderPreset | undefined {
  return presets.find((preset) => preset.keyRequired && keyFrom(preset, env) !== undefined);
}

function complete(
  part: Part,
  preset: ProviderPreset,
  settings: EndpointSettings,
  env: Environment,
  standardModel: string | undefined,
): Endpoint {
  const { prefix, model: modelVariable } = VARIABLES[part];
  const ownUrl = preset.baseUrlVariable === undefined ? undefined : env[preset.baseUrlVariable]?.trim();
  const baseUrl = settings.baseUrl ?? (ownUrl === "" ? undefined : ownUrl) ?? preset.baseUrl;
  if (baseUrl === undefined) {
    const variable = `${prefix}_BASE_URL`;
    throw configError(
      variable,
      `${variable} is not set, but provider "${preset.name}" needs the URL of an OpenAI-compatible server. Example: ${variable}=http://127.0.0.1:8080/v1`,
    );
  }
  const keyVariable = preset.keyVariables[0] ?? `${prefix}_API_KEY`;
  const apiKey = settings.apiKey ?? keyFrom(preset, env);
  if (apiKey === undefined && preset.keyRequired) {
    const others = [...preset.keyVariables.slice(1), `${prefix}_API_KEY`].join(", ");
    throw configError(
      keyVariable,
      `${preset.label} needs a key, and ${keyVariable} is not set (also accepted: ${others}). Example: ${keyVariable}=sk-your-key`,
    );
  }
  const model = settings.model ?? standardModel;
  if (model === undefined) {
    const example = { chat: "qwen3-8b", embeddings: "bge-m3", rerank: "bge-reranker-v2-m3" }[part];
    const why = part === "chat" ? "has no default chat model" : `has no default ${part} model`;
    throw configError(
      modelVariable,
      `${modelVariable} is not set, and provider "${preset.name}" ${why}. Set the name of a model it serves${part === "chat" ? "" : `, or another ${prefix}_PROVIDER`}. Example: ${modelVariable}=${example}`,
    );
  }
  return { preset, baseUrl: checkUrl(`${prefix}_BASE_URL`, baseUrl), apiKey, model, keyVariable };
}

function keyFrom(preset: ProviderPreset, env: Environment): string | undefined {
  for (const variable of preset.keyVariables) {
    const value = env[variable]?.trim();
    if (value !== undefined && value !== "") return value;
  }
  return undefined;
}

function checkUrl(variable: string, value: string): string {
  const example = `Example: ${variable}=http://127.0.0.1:8080/v1`;
  let url: URL;
  try {
    url = new URL(value);
  } catch {
    throw configError(variable, `${variable} is no URL: ${JSON.stringify(value)}. ${example}`);
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw configError(
      variable,
      `${variable} must begin with http:// or https://, got ${url.protocol}//. ${example}`,
    );
  }
  if (/\/(chat\/completions|embeddings|rerank)\/?$/.test(url.pathname) && !variable.includes("RERANK")) {
    throw configError(
      variable,
      `${variable} must be the base URL, without ${url.pathname.match(/\/(chat\/completions|embeddings|rerank)\/?$/)?.[0]}. ${example}`,
    );
  }
  return value.replace(/\/+$/, "");
}

/** A model or key without a provider is a mistake that must not pass for "offline". */
function failOnOrphans(part: Part, settings: EndpointSettings): void {
  const { prefix, model } = VARIABLES[part];
  const set =
    settings.apiKey !== undefined ? `${prefix}_API_KEY` : settings.model !== undefined ? model : undefined;
  if (set === undefined) return;
  throw configError(
    `${prefix}_PROVIDER`,
    `${set} is set, but not whose it is: ${prefix}_PROVIDER is not set. Accepted: ${presets.map(({ name }) => name).join(", ")}. Example: ${prefix}_PROVIDER=deepseek`,
  );
}

function settingsOf(
  values: { [K in keyof EndpointSettings]?: EndpointSettings[K] | undefined },
): EndpointSettings {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function configError(variable: string, message: string): ModelsError {
  return new ModelsError("invalid-config", message, { details: { variable } });
}
