import { TestkitError } from "./errors.ts";

/** How a provider's answers differ from OpenAI's, as data. Every field describes what goes over the wire. */
export interface Dialect {
  readonly name: string;
  /** When a stream carries usage: only with `stream_options.include_usage`, always, or never. */
  readonly streamUsage: "on-request" | "always" | "never";
  /** Where: a last chunk with empty `choices`, the chunk with the finish reason, or running totals in every chunk. */
  readonly usagePlace: "own-chunk" | "finish-chunk" | "every-chunk";
  /** Whether a plain (not streamed) reply carries usage. */
  readonly plainUsage: boolean;
  /** Content of the first delta, which announces the role. */
  readonly firstDeltaContent: "" | null;
  readonly reasoningField: "reasoning_content" | "reasoning";
  /** Form of tool-call ids; `missing` sends none. */
  readonly toolCallIds: "call-prefix" | "bare" | "missing";
  /** Whether a streamed tool call comes in several chunks or whole in one. */
  readonly toolCallChunks: "split" | "whole";
  /** `code` of an error: OpenAI's word, or the numeric HTTP status. */
  readonly errorCode: "word" | "status";
  readonly badRequestJsonStatus: number;
  /** `type` of the 400 for a prompt beyond the context; OpenAI says `invalid_request_error`. */
  readonly contextErrorType: string;
  /** Whether a model that is not listed is refused with 404 (only where the `models` option is given). */
  readonly checksModel: boolean;
  /** Whether `dimensions` of an embeddings request has an effect. */
  readonly honoursDimensions: boolean;
  /** Which encodings of embeddings it knows; an unknown one falls back to float. */
  readonly base64Embeddings: boolean;
  /** SSE comment lines between events, as proxies send to keep a connection open. */
  readonly keepAliveComments: boolean;
}

export type DialectName =
  | "openai"
  | "deepseek"
  | "llama-cpp"
  | "no-usage"
  | "always-usage"
  | "usage-every-chunk"
  | "no-tool-call-ids"
  | "ollama"
  | "openrouter";

const OPENAI: Dialect = {
  name: "openai",
  streamUsage: "on-request",
  usagePlace: "own-chunk",
  plainUsage: true,
  firstDeltaContent: "",
  reasoningField: "reasoning_content",
  toolCallIds: "call-prefix",
  toolCallChunks: "split",
  errorCode: "word",
  badRequestJsonStatus: 400,
  contextErrorType: "invalid_request_error",
  checksModel: true,
  honoursDimensions: true,
  base64Embeddings: true,
  keepAliveComments: false,
};

/** The dialects known by name. Pass an object of your own for any other. */
export const dialects: Readonly<Record<DialectName, Dialect>> = {
  openai: OPENAI,
  deepseek: { ...OPENAI, name: "deepseek", streamUsage: "always", usagePlace: "finish-chunk" },
  "llama-cpp": {
    ...OPENAI,
    name: "llama-cpp",
    firstDeltaContent: null,
    toolCallIds: "bare",
    errorCode: "status",
    badRequestJsonStatus: 500,
    contextErrorType: "exceed_context_size_error",
    checksModel: false,
    honoursDimensions: false,
  },
  "no-usage": { ...OPENAI, name: "no-usage", streamUsage: "never", plainUsage: false },
  "always-usage": { ...OPENAI, name: "always-usage", streamUsage: "always" },
  "usage-every-chunk": {
    ...OPENAI,
    name: "usage-every-chunk",
    streamUsage: "always",
    usagePlace: "every-chunk",
  },
  "no-tool-call-ids": { ...OPENAI, name: "no-tool-call-ids", toolCallIds: "missing" },
  ollama: {
    ...OPENAI,
    name: "ollama",
    reasoningField: "reasoning",
    toolCallChunks: "whole",
    base64Embeddings: false,
  },
  openrouter: { ...OPENAI, name: "openrouter", reasoningField: "reasoning", keepAliveComments: true },
};

/** Finds a dialect by name, fills an object from OpenAI's. Throws a TestkitError for an unknown name. */
export function resolveDialect(dialect: DialectName | Partial<Dialect> = "openai"): Dialect {
  if (typeof dialect !== "string") return { ...OPENAI, name: "custom", ...dialect };
  const found = dialects[dialect];
  if (found === undefined) {
    throw new TestkitError(
      "unknown-dialect",
      `Unknown dialect "${dialect}". Known: ${Object.keys(dialects).join(", ")}; or pass an object.`,
    );
  }
  return found;
}
