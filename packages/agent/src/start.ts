import { AIMessage, type BaseMessage } from "@langchain/core/messages";
import type { CheckpointTuple } from "@langchain/langgraph-checkpoint";
import { reachableFrom } from "./crew.ts";
import { type Decisions, matchDecisions } from "./decisions.ts";
import type { ReadyAgent, RunOptions } from "./define.ts";
import { AgentError } from "./errors.ts";
import type { AgentEventBody } from "./events.ts";
import { addGrants, type Grant, readGrants } from "./grants.ts";
import type { AgentGraph } from "./graph.ts";
import { closeOpenCalls } from "./open-calls.ts";
import type { Framed } from "./opening.ts";
import { keepAnswers, NO_PAUSE, type Pause, readPause } from "./pause.ts";
import { refusalsOf } from "./reply.ts";
import type { StateStore } from "./store/state-store.ts";
import type { Language } from "./wording.ts";

/** What a run begins with, once the thread is its own. */
export interface Opening {
  /** For the graph; `null` goes on where the thread stands. */
  readonly input: unknown;
  readonly language: Language;
  readonly pause: Pause;
  readonly grants: readonly Grant[];
  /** Why calls of the thread's last reply must not run. */
  readonly refusals?: ReadonlyMap<string, string>;
  /** What is known before the graph runs. */
  readonly events?: readonly AgentEventBody[];
  /** Whose turn it is, where the thread was handed over. */
  readonly active?: string | undefined;
  /** What a run said last that reached its end, but did not live to record it. The graph has nothing to do then. */
  readonly end?: string;
}

/** The system texts of a run, and what it adds to the thread. */
type FullyFramed = Framed & { readonly frames: Readonly<Record<string, string>> };

export type Start = (graph: AgentGraph) => Promise<Opening>;

/** Begins with something new that the user says. */
export function startWith(
  agent: ReadyAgent,
  threadId: string,
  options: RunOptions,
  { system, frames, messages, language }: FullyFramed,
): Start {
  return async () => {
    await recordInput(agent.store, threadId, options.userId, messages);
    if (options.threadId === undefined) {
      return { input: { system, frames, language, messages }, language, pause: NO_PAUSE, grants: [] };
    }
    const saved = await agent.store.checkpointer.getTuple(placeOf(threadId));
    // A run that was stopped may have left calls without results, which providers refuse.
    const closed = await closeOpenCalls(
      activeAgent(agent, saved),
      threadId,
      messagesOf(saved),
      readPause(saved),
    );
    const events = closed
      .filter(({ isNew }) => isNew)
      .map(({ call, message, mayHaveRun }): AgentEventBody => {
        const { text: content, artifact, status } = message;
        return {
          type: "tool-result",
          ...call,
          content,
          isError: status === "error",
          ...(mayHaveRun && { mayHaveRun }),
          ...(artifact !== undefined && { artifact: artifact as unknown }),
        };
      });
    const results = closed.map(({ message }) => message);
    const input = { system, frames, language, messages: [...results, ...messages] };
    const grants = await grantsFor(agent, threadId);
    return { input, language, pause: NO_PAUSE, grants, events, active: activeIn(saved) };
  };
}

/**
 * Goes on with a thread: with decisions where it waits for some, without where a run was cut off.
 *
 * @throws AgentError `nothing-to-resume`, `invalid-decision`
 */
export function startAgain(
  agent: ReadyAgent,
  threadId: string,
  decisions: Decisions | undefined,
  wanted: Language | undefined,
): Start {
  return async (graph) => {
    const { checkpointer } = agent.store;
    const place = placeOf(threadId);
    const saved = await checkpointer.getTuple(place);
    const pause = readPause(saved);
    const language = wanted ?? (saved?.checkpoint.channel_values.language as Language | undefined) ?? "en";
    const refusals = refusalsOf(messagesOf(saved));
    const opening = { input: null, language, pause, grants: [], refusals, active: activeIn(saved) };
    if (decisions !== undefined) {
      const decided = await matchDecisions(threadId, activeAgent(agent, saved).tools, pause, decisions);
      // The decisions first: a call that was rejected must not be let through by what another's approval grants.
      await keepAnswers(checkpointer, saved?.config ?? place, decided);
      await addGrants(checkpointer, threadId, decided);
      const kept = readPause(await checkpointer.getTuple(place));
      return { ...opening, pause: kept, grants: await grantsFor(agent, threadId) };
    }
    const { next, tasks } = await graph.getState(place);
    if (next.length === 0) {
      const end = await unrecordedEnd(agent.store, threadId, messagesOf(saved));
      if (end !== undefined) return { ...opening, end };
      throw new AgentError("nothing-to-resume", `Thread "${threadId}" has no run to go on with. Use run.`, {
        details: { threadId },
      });
    }
    const done = new Set(
      (saved?.pendingWrites ?? []).flatMap(([id, channel]) => (channel === "messages" ? [id] : [])),
    );
    const stuck = new Set(pause.waiting.map(({ taskId }) => taskId));
    if (tasks.every(({ id }) => stuck.has(id) || done.has(id))) {
      await matchDecisions(threadId, activeAgent(agent, saved).tools, pause, {});
    }
    return { ...opening, grants: await grantsFor(agent, threadId) };
  };
}

/** The agent that the thread was handed over to: the calls that are open are its own. */
function activeAgent(lead: ReadyAgent, saved: CheckpointTuple | undefined): ReadyAgent {
  const name = activeIn(saved);
  const active = name === undefined ? undefined : reachableFrom(lead).find((agent) => agent.name === name);
  return active ? { ...active, store: lead.store } : lead;
}

function activeIn(saved: CheckpointTuple | undefined): string | undefined {
  return saved?.checkpoint.channel_values.active as string | undefined;
}

export function messagesOf(saved: CheckpointTuple | undefined): readonly BaseMessage[] {
  return (saved?.checkpoint.channel_values.messages as BaseMessage[] | undefined) ?? [];
}

export function placeOf(threadId: string) {
  return { configurable: { thread_id: threadId } };
}

/**
 * A thread of another user is as if it were not there.
 *
 * @throws AgentError `not-found`
 */
export async function checkOwner(
  { store }: ReadyAgent,
  threadId: string,
  userId: string | undefined,
): Promise<void> {
  if (userId === undefined) return;
  const thread = await store.threads.get(threadId);
  if (thread?.userId === userId) return;
  throw new AgentError("not-found", `There is no thread "${threadId}".`, { details: { threadId } });
}

/** Without a policy nothing is asked that a grant could answer. */
async function grantsFor(lead: ReadyAgent, threadId: string): Promise<readonly Grant[]> {
  const asks = [lead, ...reachableFrom(lead)].some(({ approvals }) => approvals !== undefined);
  return asks ? readGrants(lead.store.checkpointer, threadId) : [];
}

/** The reply that ended a run, when the process died before it could be put where people read it. */
async function unrecordedEnd(
  store: StateStore,
  threadId: string,
  messages: readonly BaseMessage[],
): Promise<string | undefined> {
  const last = messages.at(-1);
  if (!last || !AIMessage.isInstance(last) || last.text === "" || last.tool_calls?.length) return undefined;
  const recorded = await store.threads.messages(threadId);
  return recorded.at(-1)?.role === "user" ? last.text : undefined;
}

/** Puts what the user said where people read it; the first of it names the thread. */
async function recordInput(
  store: StateStore,
  threadId: string,
  userId: string | undefined,
  messages: readonly BaseMessage[],
): Promise<void> {
  const said = messages.filter((message) => message.getType() === "human");
  const old = await store.threads.get(threadId);
  await store.threads.save({
    id: threadId,
    ...(userId !== undefined && { userId }),
    ...(!old?.title && { title: [...(said[0]?.text ?? "")].slice(0, TITLE_LENGTH).join("") }),
  });
  const added = said.map(({ text }) => ({ id: crypto.randomUUID(), role: "user", content: text }) as const);
  await store.threads.append(threadId, added);
}

const TITLE_LENGTH = 60;
