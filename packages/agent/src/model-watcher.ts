import { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import type { AIMessage, UsageMetadata } from "@langchain/core/messages";
import type { ChatGeneration, LLMResult } from "@langchain/core/outputs";
import type { Budget } from "./limits.ts";

/** Name that createAgent gives to the node that calls the model. */
export const MODEL_NODE = "model_request";

/** A whole reply, and why it ended. */
export interface WatchedReply {
  readonly message: AIMessage;
  readonly finishReason: string | undefined;
}

/**
 * Sees every model call of a run. LangChain puts the pieces of a streamed reply together for its callbacks anyway, and
 * drops the finish reason from the message, so replies are picked up here; and what other models use, such as those
 * inside tools, is added to the budget.
 */
export class ModelWatcher extends BaseCallbackHandler {
  override readonly name = "model-watcher";
  // The reply is read right after its end, so this must have run by then.
  override awaitHandlers = true;
  readonly #budget: Budget;
  readonly #own = new Map<string, WatchedReply | undefined>();
  readonly #models = new Map<string, string>();

  constructor(budget: Budget) {
    super();
    this.#budget = budget;
  }

  /** Announces a call whose reply is wanted. */
  expect(runId: string): void {
    this.#own.set(runId, undefined);
  }

  /** The reply of that call, if it came to its end. */
  take(runId: string): WatchedReply | undefined {
    const reply = this.#own.get(runId);
    this.#own.delete(runId);
    return reply;
  }

  override handleChatModelStart(
    ...args: Parameters<NonNullable<BaseCallbackHandler["handleChatModelStart"]>>
  ): void {
    const [, , runId, , , , metadata] = args;
    if (this.#own.has(runId)) return;
    if (typeof metadata?.ls_model_name === "string") this.#models.set(runId, metadata.ls_model_name);
  }

  override handleLLMError(_error: unknown, runId: string): void {
    this.#models.delete(runId);
  }

  override handleLLMEnd(output: LLMResult, runId: string): void {
    const generation = output.generations[0]?.[0] as ChatGeneration | undefined;
    const message = generation?.message as AIMessage | undefined;
    if (this.#own.has(runId)) {
      const reason: unknown = generation?.generationInfo?.finish_reason;
      const finishReason = typeof reason === "string" ? reason : undefined;
      if (message) this.#own.set(runId, { message, finishReason });
      return;
    }
    const usage = message?.usage_metadata as UsageMetadata | undefined;
    if (usage) this.#budget.add(usage, this.#models.get(runId));
    this.#models.delete(runId);
  }
}
