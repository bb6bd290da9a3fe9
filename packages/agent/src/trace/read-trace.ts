import type { ReadyAgent } from "../define.ts";
import type { TraceSpan } from "../store/state-store.ts";

/** Spans of a trace; those of another user's thread are as if they were not there. */
export async function readTrace(
  { ownTraces, store }: ReadyAgent,
  traceId: string,
  userId: string | undefined,
): Promise<readonly TraceSpan[]> {
  const own = await ownTraces.get(traceId);
  if (own.length > 0) return own;
  const spans = await store.traces.get(traceId);
  if (userId === undefined) return spans;
  const threadId = spans.find(({ parentId }) => parentId === null)?.attributes["gen_ai.conversation.id"];
  const thread = typeof threadId === "string" ? await store.threads.get(threadId, userId) : null;
  return thread ? spans : [];
}
