import { AIMessage, type BaseMessage, ToolMessage } from "@langchain/core/messages";

/**
 * Results for calls that a stopped run left without any. Providers refuse a conversation in which a tool call has no
 * result, so these go in front of the next message.
 */
export function closeOpenCalls(messages: readonly BaseMessage[]): ToolMessage[] {
  const index = messages.findLastIndex((message) => AIMessage.isInstance(message));
  const last = messages[index];
  if (!last || !AIMessage.isInstance(last)) return [];
  const answered = new Set(
    messages
      .slice(index + 1)
      .map((message) => (ToolMessage.isInstance(message) ? message.tool_call_id : undefined)),
  );
  return (last.tool_calls ?? [])
    .filter((call) => !answered.has(call.id))
    .map(
      (call) =>
        new ToolMessage({
          tool_call_id: call.id ?? "",
          name: call.name,
          status: "error",
          content: "Error: the run was stopped before this call finished; there is no result.",
        }),
    );
}
