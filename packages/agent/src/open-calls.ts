import { AIMessage, type BaseMessage, ToolMessage } from "@langchain/core/messages";
import { isJournaled, journalKey, MAY_HAVE_RUN, readOutcome } from "./call-journal.ts";
import type { ReadyAgent } from "./define.ts";
import type { AgentToolCall } from "./events.ts";
import type { Pause } from "./pause.ts";

/** A result for a call that a stopped run left without one. */
export interface ClosedCall {
  readonly call: AgentToolCall;
  readonly message: ToolMessage;
  /** Nobody was told of this result before. */
  readonly isNew: boolean;
  readonly mayHaveRun: boolean;
}

/**
 * Results for calls that a stopped run left without any: what came of them where that is known, else what may have become
 * of them. Providers refuse a conversation in which a tool call has no result, so these go in front of the next message.
 */
export async function closeOpenCalls(
  agent: ReadyAgent,
  threadId: string,
  messages: readonly BaseMessage[],
  pause: Pause,
): Promise<ClosedCall[]> {
  const index = messages.findLastIndex((message) => AIMessage.isInstance(message));
  const reply = messages[index];
  if (!reply || !AIMessage.isInstance(reply)) return [];
  const answered = new Set(
    messages
      .slice(index + 1)
      .map((message) => (ToolMessage.isInstance(message) ? message.tool_call_id : undefined)),
  );
  const open = (reply.tool_calls ?? []).filter((call) => !answered.has(call.id));
  return Promise.all(
    open.map(({ id = "", name, args }) =>
      closeCall(agent, threadId, { id, name, args }, reply.id ?? "", pause),
    ),
  );
}

async function closeCall(
  agent: ReadyAgent,
  threadId: string,
  call: AgentToolCall,
  replyId: string,
  pause: Pause,
): Promise<ClosedCall> {
  const close = (content: string, mayHaveRun = false): ClosedCall => ({
    call,
    message: new ToolMessage({ tool_call_id: call.id, name: call.name, status: "error", content }),
    isNew: true,
    mayHaveRun,
  });
  const known = pause.finished.find((message) => message.tool_call_id === call.id);
  if (known) return { call, message: known, isNew: false, mayHaveRun: false };
  const waiting = pause.waiting.find(({ request }) => request.id === call.id);
  if (waiting && waiting.request.why !== "unfinished") return close(UNDECIDED);
  if (!isJournaled(agent.tools.find((tool) => tool.name === call.name))) return close(STOPPED);
  let begun = false;
  for (let attempt = 0; ; attempt++) {
    const found = await agent.store.journal.begin(threadId, journalKey(replyId, call.id, attempt), call.name);
    if (found === "new") return begun ? close(MAY_HAVE_RUN, true) : close(NOT_BEGUN);
    if (found === "unfinished") {
      begun = true;
      continue;
    }
    const result = await readOutcome(found.result);
    if (ToolMessage.isInstance(result)) return { call, message: result, isNew: true, mayHaveRun: false };
    return close(STOPPED);
  }
}

const STOPPED = "Error: the run was stopped before this call finished; there is no result.";
const NOT_BEGUN = "Error: the run was stopped before this call began; it was not run.";
const UNDECIDED = "Error: not run. The user said something else instead of approving this call.";
