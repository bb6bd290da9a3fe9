import { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import type { AIMessage, UsageMetadata } from "@langchain/core/messages";
import type { ChatGeneration, LLMResult } from "@langchain/core/outputs";
import type { Budget } from "./limits.ts";

/** Name that createAgent gives to the node that calls the model. */
export const MODEL_NODE = "model_request";

/** Is this the agent's own model, and not one that a tool calls, or that of an agent inside a tool? */
export function isOwnModel(metadata: Readonly<Record<string, unknown>> | undefined): boolean {
  return (
    metadata?.langgraph_node === MODEL_NODE && !String(metadata.langgraph_checkpoint_ns ?? "").includes("|")
  );
}

/**
 * Sees every model call of a run. LangChain drops the finish reason of streamed replies from the message, so it is
 * picked up here; and what models inside tools use is added to the budget.
 */
export class ModelWatcher extends BaseCallbackHandler {
  override readonly name = "model-watcher";
  // The reply is read right after its end, so this must have run by then.
  override awaitHandlers = true;
  /** Of the last reply of the agent's own model. */
  finishReason: string | undefined;
  readonly #budget: Budget;
  readonly #own = new Set<string>();

  constructor(budget: Budget) {
    super();
    this.#budget = budget;
  }

  override handleChatModelStart(
    ...args: Parameters<NonNullable<BaseCallbackHandler["handleChatModelStart"]>>
  ): void {
    const [, , runId, , , , metadata] = args;
    if (!isOwnModel(metadata)) return;
    this.#own.add(runId);
    this.finishReason = undefined;
  }

  override handleLLMEnd(output: LLMResult, runId: string): void {
    const generation = output.generations[0]?.[0] as ChatGeneration | undefined;
    if (this.#own.delete(runId)) {
      const reason: unknown = generation?.generationInfo?.finish_reason;
      if (typeof reason === "string") this.finishReason = reason;
      return;
    }
    const usage = (generation?.message as AIMessage | undefined)?.usage_metadata as UsageMetadata | undefined;
    if (usage) this.#budget.add(usage);
  }
}
