import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import type { BaseLanguageModelInput } from "@langchain/core/language_models/base";
import {
  BaseChatModel,
  type BaseChatModelCallOptions,
  type BindToolsInput,
} from "@langchain/core/language_models/chat_models";
import {
  AIMessageChunk,
  type BaseMessage,
  type InvalidToolCall,
  type ToolCall,
  type UsageMetadata,
} from "@langchain/core/messages";
import { ChatGenerationChunk, type ChatResult } from "@langchain/core/outputs";
import type { Runnable } from "@langchain/core/runnables";
import { convertToOpenAITool } from "@langchain/core/utils/function_calling";
import { TestkitError } from "./errors.ts";
import { estimateTokens, piecesOf } from "./pieces.ts";
import type { MessageReply, Reply, ScriptedToolCall } from "./reply.ts";
import { playScript, type Script } from "./script.ts";

/** A call of the scripted model, as its script sees it. */
export interface ChatCall {
  readonly messages: readonly BaseMessage[];
  /** Names of the bound tools. */
  readonly toolNames: readonly string[];
  readonly options: Readonly<ScriptedChatCallOptions>;
}

export interface ScriptedChatCallOptions extends BaseChatModelCallOptions {
  tools?: BindToolsInput[];
  response_format?: unknown;
}

/**
 * A chat model that answers from a script, without HTTP: a real `BaseChatModel` with tools, streaming, usage,
 * errors and cancellation. Use `scriptedChatModel(script)` to make one.
 */
export class ScriptedChatModel extends BaseChatModel<ScriptedChatCallOptions> {
  /** Every call so far, in order. */
  readonly calls: ChatCall[] = [];
  readonly #next: (call: ChatCall) => Promise<Reply>;
  #toolCallNumber = 0;

  constructor(script: Script<ChatCall>) {
    // Retries would consume the script behind the test's back.
    super({ maxRetries: 0 });
    const player = playScript(script, describeCall);
    this.#next = (call) => player.next(call);
  }

  override _llmType(): string {
    return "scripted";
  }

  override getName(): string {
    return "ScriptedChatModel";
  }

  override bindTools(
    tools: BindToolsInput[],
    kwargs?: Partial<ScriptedChatCallOptions>,
  ): Runnable<BaseLanguageModelInput, AIMessageChunk, ScriptedChatCallOptions> {
    return this.withConfig({ tools, ...kwargs } as Partial<ScriptedChatCallOptions>);
  }

  override async _generate(messages: BaseMessage[], options: this["ParsedCallOptions"]): Promise<ChatResult> {
    const reply = await this.#answer(messages, options);
    if (reply.breakAfter !== undefined) {
      if (reply.breakAfter.how === "stall") await untilAborted(options.signal);
      throw brokenOff(reply.breakAfter, reply.breakAfter.chunks);
    }
    const { toolCalls, invalidToolCalls } = this.#parseToolCalls(reply.toolCalls ?? []);
    // A chunk, since BaseChatModel's withStructuredOutput accepts nothing else; a chunk is an AIMessage too.
    const message = new AIMessageChunk({
      content: reply.text,
      tool_calls: toolCalls,
      additional_kwargs: reply.reasoning === undefined ? {} : { reasoning_content: reply.reasoning },
      usage_metadata: usageOf(reply, messages) as never,
      response_metadata: { finish_reason: finishReasonOf(reply), model_name: "scripted" },
    });
    message.invalid_tool_calls = invalidToolCalls;
    return { generations: [{ text: reply.text, message }] };
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    const reply = await this.#answer(messages, options);
    let sent = 0;
    for (const fields of this.#chunkFields(reply)) {
      if (reply.breakAfter !== undefined && sent >= reply.breakAfter.chunks) break;
      if (sent > 0) await wait(reply.chunkDelayMs ?? 0, options.signal);
      options.signal?.throwIfAborted();
      const chunk = generationChunk(fields);
      yield chunk;
      await runManager?.handleLLMNewToken(chunk.text, undefined, undefined, undefined, undefined, { chunk });
      sent++;
    }
    if (reply.breakAfter?.how === "end") return;
    if (reply.breakAfter?.how === "stall") await untilAborted(options.signal);
    if (reply.breakAfter !== undefined) throw brokenOff(reply.breakAfter, sent);
    yield generationChunk({
      content: "",
      usage_metadata: usageOf(reply, messages) as never,
      response_metadata: { finish_reason: finishReasonOf(reply), model_name: "scripted" },
    });
  }

  async #answer(messages: BaseMessage[], options: this["ParsedCallOptions"]): Promise<MessageReply> {
    options.signal?.throwIfAborted();
    const toolNames = (options.tools ?? []).map((tool) => convertToOpenAITool(tool as never).function.name);
    const call: ChatCall = { messages: [...messages], toolNames, options };
    this.calls.push(call);
    const reply = await this.#next(call);
    if (reply.kind === "hang") return untilAborted(options.signal);
    if ("delayMs" in reply && reply.delayMs !== undefined) await wait(reply.delayMs, options.signal);
    if (reply.kind === "message") return reply;
    if (reply.kind === "error") {
      throw new TestkitError("scripted-fault", reply.message, {
        status: reply.status,
        details: { type: reply.type, code: reply.code, headers: reply.headers },
      });
    }
    if (reply.kind === "bad-json") throw new TestkitError("scripted-fault", "The reply is no JSON.");
    throw new TestkitError(
      "invalid-script",
      `A chat model cannot answer with a reply of kind "${reply.kind}"; use the scripted server for that.`,
    );
  }

  #parseToolCalls(calls: readonly ScriptedToolCall[]) {
    const toolCalls: ToolCall[] = [];
    const invalidToolCalls: InvalidToolCall[] = [];
    for (const call of calls) {
      const id = call.id ?? this.#newToolCallId();
      const args = typeof call.args === "string" ? parseObject(call.args) : { ...call.args };
      if (args !== undefined) toolCalls.push({ type: "tool_call", id, name: call.name, args });
      else {
        const error = "Malformed args.";
        invalidToolCalls.push({
          type: "invalid_tool_call",
          id,
          name: call.name,
          args: String(call.args),
          error,
        });
      }
    }
    return { toolCalls, invalidToolCalls };
  }

  *#chunkFields(reply: MessageReply): Generator<ChunkFields> {
    for (const piece of piecesOf(reply.reasoning ?? "")) {
      yield { content: "", additional_kwargs: { reasoning_content: piece } };
    }
    for (const piece of piecesOf(reply.text, reply.chunks)) yield { content: piece };
    for (const [index, call] of (reply.toolCalls ?? []).entries()) {
      const id = call.id ?? this.#newToolCallId();
      const args = typeof call.args === "string" ? call.args : JSON.stringify(call.args);
      yield {
        content: "",
        tool_call_chunks: [{ type: "tool_call_chunk", index, id, name: call.name, args: "" }],
      };
      for (const piece of piecesOf(args)) {
        yield { content: "", tool_call_chunks: [{ type: "tool_call_chunk", index, args: piece }] };
      }
    }
  }

  #newToolCallId(): string {
    return `call_${String(this.#toolCallNumber++).padStart(8, "0")}`;
  }
}

/**
 * Makes a chat model that answers from a script.
 *
 * @example
 * const model = scriptedChatModel([reply.toolCalls([{ name: "add", args: { a: 1, b: 2 } }]), "The sum is 3."]);
 * const agent = createAgent({ model, tools: [add] });
 * // afterwards: model.calls[1].messages ends with the tool's result
 */
export function scriptedChatModel(script: Script<ChatCall>): ScriptedChatModel {
  return new ScriptedChatModel(script);
}

type ChunkFields = Exclude<ConstructorParameters<typeof AIMessageChunk>[0], string> & { content: string };

function generationChunk(fields: ChunkFields): ChatGenerationChunk {
  return new ChatGenerationChunk({ text: fields.content, message: new AIMessageChunk(fields) });
}

function describeCall({ messages }: ChatCall): string {
  const last = messages.at(-1);
  return last === undefined
    ? "no messages"
    : `${last.getType()} message ${JSON.stringify(last.text.slice(0, 120))}`;
}

function finishReasonOf(reply: MessageReply): string {
  return reply.finishReason ?? ((reply.toolCalls?.length ?? 0) > 0 ? "tool_calls" : "stop");
}

// LangChain's message types infer `undefined` for usage under exactOptionalPropertyTypes; hence the casts above.
function usageOf(reply: MessageReply, messages: readonly BaseMessage[]): UsageMetadata {
  const input =
    reply.usage?.inputTokens ?? estimateTokens(messages.map((message) => message.text).join("\n"));
  const calls = (reply.toolCalls ?? []).map((call) => JSON.stringify(call.args)).join("");
  const output = reply.usage?.outputTokens ?? estimateTokens(reply.text + (reply.reasoning ?? "") + calls);
  const { cachedTokens, reasoningTokens } = reply.usage ?? {};
  return {
    input_tokens: input,
    output_tokens: output,
    total_tokens: input + output,
    ...(cachedTokens === undefined ? {} : { input_token_details: { cache_read: cachedTokens } }),
    ...(reasoningTokens === undefined ? {} : { output_token_details: { reasoning: reasoningTokens } }),
  };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function brokenOff({ how, message }: NonNullable<MessageReply["breakAfter"]>, chunks: number): TestkitError {
  if (how === "error" && message !== undefined)
    return new TestkitError("scripted-fault", message, { status: 500 });
  return new TestkitError("scripted-fault", `The connection broke off after ${chunks} chunks, as scripted.`);
}

function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}

function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
