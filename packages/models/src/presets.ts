/** What an endpoint can do, where providers differ. */
export interface ProviderSupport {
  readonly tools: boolean;
  /** `response_format: { type: "json_schema" }`. Otherwise structured output goes through a tool call. */
  readonly jsonSchema: boolean;
  /** `stream_options.include_usage` is accepted. */
  readonly streamUsage: boolean;
  /**
   * How one tool can be forced: by its name, only by "required" (then that tool is the only one sent), or not at all.
   */
  readonly toolChoice: "named" | "required" | "auto";
}

/** One provider: a row of data. */
export interface ProviderPreset {
  readonly name: string;
  readonly label: string;
  /** Other names people use for it. */
  readonly aliases: readonly string[];
  /** Undefined for `custom`, which needs one. */
  readonly baseUrl: string | undefined;
  /** The provider's own variable for another base URL. */
  readonly baseUrlVariable?: string;
  /** The provider's own variables for a key, first found wins. */
  readonly keyVariables: readonly string[];
  readonly keyRequired: boolean;
  readonly chatModel: string | undefined;
  readonly embeddings?: {
    readonly model: string;
    /** Vector length of each known model when no `dimensions` is sent. */
    readonly dimensions: Readonly<Record<string, number>>;
    /** Most texts in one request. */
    readonly batchLimit: number;
    /** On this machine models must be downloaded first, so embeddings are used only when asked for. */
    readonly onRequest?: boolean;
  };
  readonly rerank?: { readonly model: string; readonly url: string };
  readonly supports: ProviderSupport;
  /** Milliseconds without a sign of life before a request fails. A local model may think long before its first word. */
  readonly timeoutMs: number;
}

const HOSTED: Pick<ProviderPreset, "keyRequired" | "timeoutMs"> = { keyRequired: true, timeoutMs: 60_000 };
const LOCAL: Pick<ProviderPreset, "keyRequired" | "timeoutMs"> = { keyRequired: false, timeoutMs: 300_000 };
const FULL: ProviderSupport = { tools: true, jsonSchema: true, streamUsage: true, toolChoice: "named" };

/**
 * The known providers, in the order in which their key variables are looked for. Model names go out of date:
 * ZIXUE_CHAT_MODEL, ZIXUE_EMBEDDINGS_MODEL and ZIXUE_RERANK_MODEL override them.
 */
export const presets: readonly ProviderPreset[] = [
  {
    ...HOSTED,
    name: "openai",
    label: "OpenAI",
    aliases: [],
    baseUrl: "https://api.openai.com/v1",
    baseUrlVariable: "OPENAI_BASE_URL",
    keyVariables: ["OPENAI_API_KEY"],
    chatModel: "gpt-4.1-mini",
    embeddings: {
      model: "text-embedding-3-small",
      dimensions: {
        "text-embedding-3-small": 1536,
        "text-embedding-3-large": 3072,
        "text-embedding-ada-002": 1536,
      },
      batchLimit: 2048,
    },
    supports: FULL,
  },
  {
    ...HOSTED,
    name: "deepseek",
    label: "DeepSeek",
    aliases: [],
    baseUrl: "https://api.deepseek.com/v1",
    keyVariables: ["DEEPSEEK_API_KEY"],
    chatModel: "deepseek-v4-flash",
    supports: { ...FULL, jsonSchema: false, toolChoice: "auto" },
  },
  {
    ...HOSTED,
    name: "qwen",
    label: "通义千问 (DashScope)",
    aliases: ["dashscope", "tongyi", "bailian"],
    baseUrl: "https://dashscope.aliyuncs.com/compatible-mode/v1",
    keyVariables: ["DASHSCOPE_API_KEY"],
    chatModel: "qwen-plus",
    embeddings: {
      model: "text-embedding-v4",
      dimensions: { "text-embedding-v4": 1024, "text-embedding-v3": 1024 },
      batchLimit: 10,
    },
    rerank: { model: "qwen3-rerank", url: "https://dashscope.aliyuncs.com/compatible-api/v1/reranks" },
    supports: { ...FULL, jsonSchema: false },
  },
  {
    ...HOSTED,
    name: "moonshot",
    label: "Moonshot (Kimi)",
    aliases: ["kimi"],
    baseUrl: "https://api.moonshot.cn/v1",
    keyVariables: ["MOONSHOT_API_KEY"],
    chatModel: "kimi-k2.5",
    supports: { ...FULL, jsonSchema: false, toolChoice: "auto" },
  },
  {
    ...HOSTED,
    name: "zhipu",
    label: "智谱 (GLM)",
    aliases: ["zhipuai", "glm", "bigmodel"],
    baseUrl: "https://open.bigmodel.cn/api/paas/v4",
    keyVariables: ["ZHIPUAI_API_KEY", "ZHIPU_API_KEY", "BIGMODEL_API_KEY"],
    chatModel: "glm-4.6",
    embeddings: {
      model: "embedding-3",
      dimensions: { "embedding-3": 2048, "embedding-2": 1024 },
      batchLimit: 64,
    },
    rerank: { model: "rerank", url: "https://open.bigmodel.cn/api/paas/v4/rerank" },
    supports: { ...FULL, jsonSchema: false, toolChoice: "auto" },
  },
  {
    ...HOSTED,
    name: "siliconflow",
    label: "硅基流动 (SiliconFlow)",
    aliases: [],
    baseUrl: "https://api.siliconflow.cn/v1",
    keyVariables: ["SILICONFLOW_API_KEY"],
    chatModel: "deepseek-ai/DeepSeek-V3.2",
    embeddings: {
      model: "BAAI/bge-m3",
      dimensions: { "BAAI/bge-m3": 1024, "Pro/BAAI/bge-m3": 1024, "BAAI/bge-large-zh-v1.5": 1024 },
      batchLimit: 32,
    },
    rerank: { model: "BAAI/bge-reranker-v2-m3", url: "https://api.siliconflow.cn/v1/rerank" },
    supports: { ...FULL, jsonSchema: false, toolChoice: "auto" },
  },
  {
    ...HOSTED,
    name: "doubao",
    label: "豆包 (火山方舟)",
    aliases: ["ark", "volcengine"],
    baseUrl: "https://ark.cn-beijing.volces.com/api/v3",
    keyVariables: ["ARK_API_KEY"],
    chatModel: "doubao-seed-1-6-250615",
    embeddings: {
      model: "doubao-embedding-text-240715",
      dimensions: { "doubao-embedding-text-240715": 2560, "doubao-embedding-large-text-250515": 2048 },
      batchLimit: 32,
    },
    supports: { ...FULL, jsonSchema: false },
  },
  {
    ...HOSTED,
    name: "openrouter",
    label: "OpenRouter",
    aliases: [],
    baseUrl: "https://openrouter.ai/api/v1",
    keyVariables: ["OPENROUTER_API_KEY"],
    chatModel: "openai/gpt-4.1-mini",
    supports: { ...FULL, jsonSchema: false },
  },
  {
    ...LOCAL,
    name: "ollama",
    label: "Ollama",
    aliases: [],
    baseUrl: "http://127.0.0.1:11434/v1",
    keyVariables: [],
    chatModel: "qwen3:4b",
    embeddings: {
      model: "bge-m3",
      dimensions: { "bge-m3": 1024, "nomic-embed-text": 768 },
      batchLimit: 32,
      onRequest: true,
    },
    supports: { ...FULL, toolChoice: "auto" },
  },
  {
    ...LOCAL,
    name: "lmstudio",
    label: "LM Studio",
    aliases: ["lm-studio"],
    baseUrl: "http://127.0.0.1:1234/v1",
    keyVariables: [],
    chatModel: undefined,
    supports: { ...FULL, toolChoice: "required" },
  },
  {
    ...LOCAL,
    name: "vllm",
    label: "vLLM",
    aliases: [],
    baseUrl: "http://127.0.0.1:8000/v1",
    keyVariables: ["VLLM_API_KEY"],
    chatModel: undefined,
    supports: FULL,
  },
  {
    ...LOCAL,
    name: "custom",
    label: "OpenAI-compatible",
    aliases: ["openai-compatible", "llama-cpp", "llamacpp"],
    baseUrl: undefined,
    keyVariables: [],
    chatModel: undefined,
    supports: { ...FULL, jsonSchema: false, toolChoice: "required" },
  },
];

/** Batch size for a provider that does not state one. Small enough for every one known. */
export const DEFAULT_BATCH_LIMIT = 10;

/** Finds a preset by name or alias, in any case; undefined when there is none. */
export function findPreset(name: string): ProviderPreset | undefined {
  const wanted = name.trim().toLowerCase();
  return presets.find((preset) => preset.name === wanted || preset.aliases.includes(wanted));
}
