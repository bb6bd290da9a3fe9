import { ToolMessage } from "@langchain/core/messages";
import type { RunnableConfig } from "@langchain/core/runnables";
import { interrupt } from "@langchain/langgraph";
import {
  type BaseCheckpointSaver,
  type CheckpointTuple,
  INTERRUPT,
  RESUME,
} from "@langchain/langgraph-checkpoint";
import type { Decision } from "./decisions.ts";
import type { ApprovalRequest } from "./events.ts";

/** A decision as it is kept with the thread, next to the question it answers. */
export interface Answer {
  readonly interruptId: string;
  readonly callId: string;
  readonly why: ApprovalRequest["why"];
  readonly decision: Decision;
}

/** A call that waits for a person. */
export interface WaitingCall {
  readonly request: ApprovalRequest;
  readonly interruptId: string;
  readonly taskId: string;
  /** To earlier questions about the same call. */
  readonly answers: readonly Answer[];
}

/** Where a thread stands between the model's reply and the results of its calls. */
export interface Pause {
  readonly waiting: readonly WaitingCall[];
  /** Decisions on calls that have no result yet. */
  readonly answers: readonly Answer[];
  /** Results of calls whose neighbours have none yet. */
  readonly finished: readonly ToolMessage[];
}

export const NO_PAUSE: Pause = { waiting: [], answers: [], finished: [] };

/** Puts a question to a person, and is answered at once when it was decided before. */
export function ask(request: ApprovalRequest): Decision {
  return (interrupt({ type: "approval", request }) as Answer).decision;
}

/** Reads questions, decisions and results from what LangGraph keeps of the tasks of an unfinished step. */
export function readPause(saved: Pick<CheckpointTuple, "pendingWrites"> | undefined): Pause {
  const writes = saved?.pendingWrites ?? [];
  const answered = new Map<string, readonly Answer[]>();
  for (const [taskId, channel, value] of writes) {
    if (channel === RESUME && Array.isArray(value)) answered.set(taskId, value.filter(isAnswer));
  }
  const finished = writes.flatMap(([, channel, value]) =>
    channel === "messages" ? toolMessages(value) : [],
  );
  const hasResult = new Set(finished.map((message) => message.tool_call_id));
  const waiting = writes.flatMap(([taskId, channel, value]) => {
    if (channel !== INTERRUPT) return [];
    const answers = answered.get(taskId) ?? [];
    return questionsIn(value)
      .filter(({ interruptId, request }) => {
        const isOpen = !answers.some((answer) => answer.interruptId === interruptId);
        return isOpen && !hasResult.has(request.id);
      })
      .map((question) => ({ ...question, taskId, answers }));
  });
  const answers = [...answered.values()].flat().filter(({ callId }) => !hasResult.has(callId));
  return { waiting, answers, finished };
}

/**
 * Keeps decisions with the thread before anything runs, so that a crash right after does not lose them: going on without
 * input then finds them.
 */
export async function keepAnswers(
  checkpointer: BaseCheckpointSaver,
  config: RunnableConfig,
  decided: readonly { readonly call: WaitingCall; readonly decision: Decision }[],
): Promise<void> {
  for (const { call, decision } of decided) {
    const { interruptId, request, taskId } = call;
    const answer: Answer = { interruptId, callId: request.id, why: request.why, decision };
    await checkpointer.putWrites(config, [[RESUME, [...call.answers, answer]]], taskId);
  }
}

/** Questions in what the graph streams or keeps when it pauses. */
export function questionsIn(interrupts: unknown): { interruptId: string; request: ApprovalRequest }[] {
  if (!Array.isArray(interrupts)) return [];
  return (interrupts as { id?: string; value?: unknown }[]).flatMap(({ id, value }) => {
    const { type, request } = (value ?? {}) as { type?: string; request?: ApprovalRequest };
    return type === "approval" && request && id !== undefined ? [{ interruptId: id, request }] : [];
  });
}

function toolMessages(value: unknown): ToolMessage[] {
  return (Array.isArray(value) ? value : [value]).filter((item) => ToolMessage.isInstance(item));
}

function isAnswer(value: unknown): value is Answer {
  return typeof value === "object" && value !== null && "decision" in value && "interruptId" in value;
}
