import type { BaseMessage } from "@langchain/core/messages";
import type { ProviderSupport } from "../presets.ts";
import { reasoningOf } from "./reasoning.ts";
import type { WireRequest } from "./wire.ts";

/** Reasoning of earlier assistant messages by the id of a tool call that they made. */
export type ReasoningByToolCall = ReadonlyMap<string, string>;

/**
 * Collects the reasoning that must go back to the provider. Thinking models (DeepSeek, Kimi) refuse a history whose
 * tool calls lost the reasoning they came with, and LangChain's converter drops it.
 */
export function collectReasoning(messages: readonly BaseMessage[]): ReasoningByToolCall {
  const found = new Map<string, string>();
  for (const message of messages) {
    const reasoning = reasoningOf(message);
    const calls = (message as { tool_calls?: { id?: string }[] }).tool_calls ?? [];
    for (const { id } of calls) if (reasoning !== "" && id !== undefined) found.set(id, reasoning);
  }
  return found;
}

/** Adapts a request to what the provider understands: how a tool can be forced, and reasoning put back. */
export function prepareRequest<R extends WireRequest>(
  request: R,
  support: ProviderSupport,
  reasoning: ReasoningByToolCall,
): R {
  const messages = request.messages.map((message) => {
    const id = message.tool_calls?.find((call) => call.id && reasoning.has(call.id))?.id;
    return id ? { ...message, reasoning_content: reasoning.get(id) } : message;
  });
  return { ...request, messages, ...toolChoice(request, support) };
}

/** Where a tool cannot be forced by name, only that tool is sent, which comes to the same. */
function toolChoice(request: WireRequest, support: ProviderSupport): Partial<WireRequest> {
  const choice = request.tool_choice as { function?: { name?: string } } | string | undefined;
  if (choice === undefined || choice === null || support.toolChoice === "named") return {};
  if (typeof choice === "string") {
    return choice === "required" && support.toolChoice === "auto" ? { tool_choice: "auto" } : {};
  }
  const only = request.tools?.filter((tool) => tool.function?.name === choice.function?.name);
  if (only === undefined || only.length === 0) return {};
  return { tools: only, tool_choice: support.toolChoice };
}
