import { AIMessage, type BaseMessage, ToolMessage } from "@langchain/core/messages";
import { type BaseCheckpointSaver, MemorySaver } from "@langchain/langgraph";

/**
 * Where threads live. A store wraps any LangGraph checkpointer, so that threads in a database are the same thing as
 * threads in memory.
 */
export interface ThreadStore {
  readonly checkpointer: BaseCheckpointSaver;
  /** Forgets a thread. */
  delete(threadId: string): Promise<void>;
}

/** Threads that last as long as the process. */
export function memoryThreads(): ThreadStore {
  return threadStore(new MemorySaver());
}

/** Threads in any LangGraph checkpointer. */
export function threadStore(checkpointer: BaseCheckpointSaver): ThreadStore {
  return { checkpointer, delete: (threadId) => checkpointer.deleteThread(threadId) };
}

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
