import { ToolMessage } from "@langchain/core/messages";
import type { AgentToolCall } from "../events.ts";
import type { ToolOutcome } from "./policy.ts";

/** The outcome of a call that was not run, or that failed: what the model reads instead of a result. */
export function refused(call: AgentToolCall, content: string): ToolOutcome {
  return {
    call,
    result: new ToolMessage({ tool_call_id: call.id, name: call.name, status: "error", content }),
  };
}

/** The same outcome with other text for the model. */
export function withText(outcome: ToolOutcome, change: (text: string) => string): ToolOutcome {
  const { result } = outcome;
  if (!ToolMessage.isInstance(result)) return outcome;
  return {
    ...outcome,
    result: new ToolMessage({
      content: change(result.text),
      tool_call_id: result.tool_call_id,
      additional_kwargs: result.additional_kwargs,
      ...(result.name !== undefined && { name: result.name }),
      ...(result.status !== undefined && { status: result.status }),
      ...(result.artifact !== undefined && { artifact: result.artifact as unknown }),
    }),
  };
}

export function isError({ result }: ToolOutcome): boolean {
  return ToolMessage.isInstance(result) && result.status === "error";
}
