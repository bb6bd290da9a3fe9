/** A tool call that a scripted reply makes. `args` as a string is sent as it is, even when it is no JSON. */
export interface ScriptedToolCall {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>> | string;
  /** Default: an id in the dialect's own form. */
  readonly id?: string;
}

/** Tokens reported by a reply. Default: estimated from the request and the reply. */
export interface ScriptedUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens?: number;
  readonly cachedTokens?: number;
}

/** An assistant message: text, reasoning, tool calls, or any mix. */
export interface MessageReply {
  readonly kind: "message";
  readonly text: string;
  readonly reasoning?: string;
  readonly toolCalls?: readonly ScriptedToolCall[];
  /** Exact pieces for a stream, or how many pieces to cut the text into. Default: about six characters each. */
  readonly chunks?: readonly string[] | number;
  readonly usage?: ScriptedUsage;
  /** Default: `tool_calls` when there are tool calls, else `stop`. */
  readonly finishReason?: string;
  /** Milliseconds before the first byte. */
  readonly delayMs?: number;
  /** Milliseconds between two chunks of a stream. */
  readonly chunkDelayMs?: number;
  /** Break the stream after so many content chunks (a plain reply breaks in the middle of its body). */
  readonly breakAfter?: {
    readonly chunks: number;
    /** `reset`: the connection dies. `end`: it ends politely, unfinished. `stall`: silence. `error`: an error event. */
    readonly how: "reset" | "end" | "stall" | "error";
    readonly message?: string;
  };
}

/** An error answered with an OpenAI-shaped body. */
export interface ErrorReply {
  readonly kind: "error";
  readonly status: number;
  readonly message: string;
  readonly type: string;
  /** OpenAI's word for the error; a dialect may send the status instead. */
  readonly code: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly delayMs?: number;
}

/** Exact bytes, for everything the other kinds cannot say. */
export interface RawReply {
  readonly kind: "raw";
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly delayMs?: number;
}

/** Accept the request and never answer it. */
export interface HangReply {
  readonly kind: "hang";
}

/** Broken JSON: half a body, or in a stream one `data:` line that does not parse. */
export interface BadJsonReply {
  readonly kind: "bad-json";
}

/** Vectors for an embeddings request. Default: deterministic vectors made from the texts. */
export interface VectorsReply {
  readonly kind: "vectors";
  readonly vectors?: readonly (readonly number[])[];
  readonly flaw?: "zero" | "not-a-number" | "wrong-length" | "missing" | "out-of-order" | "base64";
  /** For `wrong-length`: the length to send. Default: half the right one. */
  readonly length?: number;
  readonly delayMs?: number;
}

/** Relevance scores for a rerank request, one per document in the request's order. Default: by similarity. */
export interface ScoresReply {
  readonly kind: "scores";
  readonly scores?: readonly number[];
  readonly delayMs?: number;
}

/** What a script may answer. A plain string is short for `reply.text(string)`. */
export type Reply =
  | MessageReply
  | ErrorReply
  | RawReply
  | HangReply
  | BadJsonReply
  | VectorsReply
  | ScoresReply;

type MessageOptions = Partial<Omit<MessageReply, "kind" | "text" | "toolCalls" | "breakAfter">>;

/**
 * Builders for replies. Each returns plain data, so a reply can also be written, stored or changed by hand.
 *
 * @example
 * const script = [
 *   reply.fault.rateLimit({ retryAfter: 1 }),
 *   reply.toolCalls([{ name: "search", args: { query: "注意力" } }]),
 *   reply.text("注意力给每个词一个权重。", { reasoning: "先查定义。" }),
 * ];
 */
export const reply = {
  text: (text: string, options: MessageOptions = {}): MessageReply => ({ kind: "message", text, ...options }),

  toolCalls: (
    toolCalls: readonly ScriptedToolCall[],
    options: MessageOptions & { readonly text?: string } = {},
  ): MessageReply => ({ kind: "message", text: "", ...options, toolCalls }),

  /** A JSON value as the message text, as a structured-output request expects it. */
  json: (value: unknown, options: MessageOptions = {}): MessageReply => ({
    kind: "message",
    text: JSON.stringify(value),
    ...options,
  }),

  vectors: (vectors?: readonly (readonly number[])[]): VectorsReply =>
    vectors === undefined ? { kind: "vectors" } : { kind: "vectors", vectors },

  scores: (scores?: readonly number[]): ScoresReply =>
    scores === undefined ? { kind: "scores" } : { kind: "scores", scores },

  raw: (body: string, options: Partial<Omit<RawReply, "kind" | "body">> = {}): RawReply => ({
    kind: "raw",
    status: 200,
    contentType: "application/json",
    body,
    ...options,
  }),

  error: (
    status: number,
    message: string,
    options: Partial<Omit<ErrorReply, "kind" | "status" | "message">> = {},
  ): ErrorReply => ({
    kind: "error",
    status,
    message,
    type: status >= 500 ? "server_error" : "invalid_request_error",
    code: null,
    ...options,
  }),

  fault: {
    /** 429. `retryAfter` in seconds, sent as the Retry-After header. */
    rateLimit: ({ retryAfter }: { readonly retryAfter?: number } = {}): ErrorReply => ({
      kind: "error",
      status: 429,
      message: "Rate limit reached for requests. Please slow down.",
      type: "rate_limit_error",
      code: "rate_limit_exceeded",
      ...(retryAfter === undefined ? {} : { headers: { "retry-after": String(retryAfter) } }),
    }),
    /** 429 too, but no retry will help: the account has no money left. */
    quotaExceeded: (): ErrorReply => ({
      kind: "error",
      status: 429,
      message: "You exceeded your current quota, please check your plan and billing details.",
      type: "insufficient_quota",
      code: "insufficient_quota",
    }),
    serverError: (status = 500): ErrorReply => ({
      kind: "error",
      status,
      message: "The server had an error while processing your request.",
      type: "server_error",
      code: null,
    }),
    unauthorized: (): ErrorReply => ({
      kind: "error",
      status: 401,
      message: "Incorrect API key provided.",
      type: "invalid_request_error",
      code: "invalid_api_key",
    }),
    modelNotFound: (model = "the requested model"): ErrorReply => ({
      kind: "error",
      status: 404,
      message: `The model \`${model}\` does not exist or you do not have access to it.`,
      type: "invalid_request_error",
      code: "model_not_found",
    }),
    contextTooLong: (limit = 8192): ErrorReply => ({
      kind: "error",
      status: 400,
      message: `This model's maximum context length is ${limit} tokens. Please reduce the length of the messages.`,
      type: "invalid_request_error",
      code: "context_length_exceeded",
    }),
    /** Answer `then` (default: a short text) only after `ms` milliseconds. */
    slow: <R extends Exclude<Reply, HangReply | BadJsonReply> = MessageReply>(ms: number, then?: R): R =>
      ({ ...(then ?? { kind: "message", text: "Slow, but here." }), delayMs: ms }) as R,
    hang: (): HangReply => ({ kind: "hang" }),
    /** The connection dies after so many content chunks. `clean: true`: it ends politely without a finish reason. */
    cutMidStream: (
      afterChunks: number,
      options: { readonly text?: string; readonly clean?: boolean } = {},
    ): MessageReply => ({
      ...LONG_MESSAGE,
      ...(options.text === undefined ? {} : { text: options.text }),
      breakAfter: { chunks: afterChunks, how: options.clean === true ? "end" : "reset" },
    }),
    /** So many content chunks, then silence on an open connection. */
    stallMidStream: (afterChunks: number, options: { readonly text?: string } = {}): MessageReply => ({
      ...LONG_MESSAGE,
      ...(options.text === undefined ? {} : { text: options.text }),
      breakAfter: { chunks: afterChunks, how: "stall" },
    }),
    /** An error event inside a stream that began with status 200. */
    errorMidStream: (afterChunks: number, message = "The model crashed."): MessageReply => ({
      ...LONG_MESSAGE,
      breakAfter: { chunks: afterChunks, how: "error", message },
    }),
    badJson: (): BadJsonReply => ({ kind: "bad-json" }),
    /** A well-formed completion with an empty `choices`. */
    noChoices: (): RawReply => ({
      kind: "raw",
      status: 200,
      contentType: "application/json",
      body: JSON.stringify({
        id: "chatcmpl-empty",
        object: "chat.completion",
        model: "scripted",
        choices: [],
      }),
    }),
    /** A tool call cut off by the token limit: partial arguments and `finish_reason: "length"`. */
    truncatedToolCall: (name = "search", partialArgs = '{"query": "注意'): MessageReply => ({
      kind: "message",
      text: "",
      toolCalls: [{ name, args: partialArgs }],
      finishReason: "length",
    }),
    zeroVectors: (): VectorsReply => ({ kind: "vectors", flaw: "zero" }),
    nanVectors: (): VectorsReply => ({ kind: "vectors", flaw: "not-a-number" }),
    wrongLengthVectors: (length?: number): VectorsReply => ({
      kind: "vectors",
      flaw: "wrong-length",
      ...(length === undefined ? {} : { length }),
    }),
    missingVectors: (): VectorsReply => ({ kind: "vectors", flaw: "missing" }),
    /** Base64 strings although lists of numbers were asked for. */
    base64Vectors: (): VectorsReply => ({ kind: "vectors", flaw: "base64" }),
    /** The right vectors in the wrong order; only their `index` says which is which. */
    outOfOrderVectors: (): VectorsReply => ({ kind: "vectors", flaw: "out-of-order" }),
  },
} as const;

const LONG_MESSAGE: MessageReply = {
  kind: "message",
  text: "The quick brown fox jumps over the lazy dog and goes on running through the quiet forest.",
};
