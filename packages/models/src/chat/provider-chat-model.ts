import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { BaseMessage } from "@langchain/core/messages";
import type { ChatGenerationChunk, ChatResult } from "@langchain/core/outputs";
import { ChatOpenAICompletions, type OpenAIClient } from "@langchain/openai";
import type { ProviderSupport } from "../presets.ts";
import { Deadline } from "../request/deadline.ts";
import { interruptionOf } from "../request/post-json.ts";
import type { RequestContext } from "../request/provider-errors.ts";
import { withRetries } from "../request/with-retries.ts";
import { clientError } from "./client-error.ts";
import { normaliseCompletion } from "./normalise-completion.ts";
import { normaliseStream } from "./normalise-stream.ts";
import { collectReasoning, prepareRequest, type ReasoningByToolCall } from "./prepare-request.ts";
import type { WireCompletion, WireRequest } from "./wire.ts";

export interface ProviderChatModelOptions {
  readonly context: RequestContext;
  readonly supports: ProviderSupport;
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly temperature?: number;
  readonly maxTokens?: number;
}

/**
 * ChatOpenAI for every OpenAI-compatible provider: requests are adapted to what the provider understands, replies
 * are brought into one form, and every failure is a ModelsError. All of it happens at one seam, where the request
 * leaves LangChain and the reply enters it; the rest is LangChain's own.
 *
 * An abort surfaces as the signal's own reason where LangChain notices it first, else as ModelsError "aborted".
 */
export class ProviderChatModel extends ChatOpenAICompletions {
  readonly provider: string;
  readonly supports: ProviderSupport;
  readonly #options: ProviderChatModelOptions;

  constructor(options: ProviderChatModelOptions) {
    const { context, supports, temperature, maxTokens, timeoutMs } = options;
    super({
      model: context.model,
      // The client insists on a key; local servers ignore it.
      apiKey: context.apiKey ?? "not-needed",
      // Retries and time limits are ours, so the client must not add its own.
      maxRetries: 0,
      timeout: timeoutMs * 2,
      streamUsage: supports.streamUsage,
      ...(temperature === undefined ? {} : { temperature }),
      ...(maxTokens === undefined ? {} : { maxTokens }),
      configuration: { baseURL: context.baseUrl, logLevel: "off" },
    });
    // The client reads OpenAI's own variables, which must not travel to another provider.
    if (context.provider !== "openai")
      Object.assign(this.clientConfig, { organization: null, project: null });
    this.clientConfig.baseURL = context.baseUrl;
    this.provider = context.provider;
    this.supports = supports;
    this.#options = options;
  }

  override getName(): string {
    return "ProviderChatModel";
  }

  override _generate(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): Promise<ChatResult> {
    return super._generate(messages, withReasoning(options, messages), runManager);
  }

  override _streamResponseChunks(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    return super._streamResponseChunks(messages, withReasoning(options, messages), runManager);
  }

  // OpenAI's own event converter reads raw chunks; the general one goes through the normalised stream.
  override _streamChatModelEvents(
    ...args: Parameters<BaseChatModel["_streamChatModelEvents"]>
  ): ReturnType<BaseChatModel["_streamChatModelEvents"]> {
    return BaseChatModel.prototype._streamChatModelEvents.apply(this, args);
  }

  // biome-ignore lint/suspicious/noExplicitAny: the overloads of LangChain cannot be written out without theirs
  override withStructuredOutput(schema: any, config?: any): any {
    const method = this.supports.jsonSchema
      ? "jsonSchema"
      : this.supports.tools
        ? "functionCalling"
        : "jsonMode";
    return super.withStructuredOutput(schema, { method, ...config });
  }

  // biome-ignore lint/suspicious/noExplicitAny: see above
  override async completionWithRetry(request: any, requestOptions?: any): Promise<any> {
    const { signal, maxRetries, headers, reasoning, options } = (requestOptions ?? {}) as RequestOptions;
    const { context, supports, timeoutMs } = this.#options;
    const prepared = prepareRequest(
      request as WireRequest,
      supports,
      reasoning ?? options?.reasoning ?? new Map(),
    );
    this._getClientOptions(undefined);
    return withRetries(
      async () => {
        const deadline = new Deadline(timeoutMs, signal);
        try {
          const reply = await this.client.chat.completions.create(
            prepared as unknown as OpenAIClient.ChatCompletionCreateParams,
            {
              signal: deadline.signal,
              ...((headers ?? options?.headers) && { headers: headers ?? options?.headers }),
            },
          );
          if (prepared.stream === true) {
            return normaliseStream(
              reply as unknown as AsyncIterable<WireCompletion>,
              prepared,
              deadline,
              context,
            );
          }
          deadline.stop();
          return normaliseCompletion(reply as unknown as WireCompletion, prepared, context);
        } catch (error) {
          deadline.stop();
          throw interruptionOf(deadline, context) ?? clientError(error, false, context);
        }
      },
      { maxRetries: maxRetries ?? this.#options.maxRetries, signal },
    );
  }
}

interface RequestOptions {
  signal?: AbortSignal;
  maxRetries?: number;
  headers?: Record<string, string>;
  reasoning?: ReasoningByToolCall;
  options?: { headers?: Record<string, string>; reasoning?: ReasoningByToolCall };
}

/** Hands the messages' reasoning down to completionWithRetry, past LangChain's converter, which drops it. */
function withReasoning<O>(options: O, messages: readonly BaseMessage[]): O {
  const reasoning = collectReasoning(messages);
  if (reasoning.size === 0) return options;
  const inner = (options as { options?: object }).options;
  return { ...options, options: { ...inner, reasoning } };
}
