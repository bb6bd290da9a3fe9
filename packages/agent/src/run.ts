import { AIMessage, type BaseMessage } from "@langchain/core/messages";
import { Channel } from "./channel.ts";
import { crewOf } from "./crew.ts";
import type { Decisions } from "./decisions.ts";
import type { ReadyAgent, RunOptions } from "./define.ts";
import { AgentError } from "./errors.ts";
import type { AgentEvent, AgentEventBody, AgentStatus, ApprovalRequest } from "./events.ts";
import { removeGrants } from "./grants.ts";
import { buildGraph, type GraphNote } from "./graph.ts";
import { redactSecrets, secretsOf } from "./guards/redact-secrets.ts";
import { enclosingRun } from "./isolate.ts";
import { Budget, type BudgetTie } from "./limits.ts";
import { MODEL_NODE } from "./model-watcher.ts";
import { frameInput, frameOthers } from "./opening.ts";
import { questionsIn, readPause } from "./pause.ts";
import { checkOwner, messagesOf, placeOf, type Start, startAgain, startWith } from "./start.ts";
import { memoryStore } from "./store/memory-store.ts";
import type { Claim } from "./store/state-store.ts";
import { TraceRecorder } from "./trace/recorder.ts";
import { limitMessage } from "./wording.ts";

/** Runs an agent on a new input. */
export function runAgent(
  agent: ReadyAgent,
  input: string | Record<string, unknown>,
  options: RunOptions & LoopOptions,
): AsyncGenerator<AgentEvent, void, undefined> {
  return loop(async () => {
    if (agent.approvals !== undefined && options.threadId === undefined) {
      throw new AgentError(
        "invalid-input",
        `Agent "${agent.name}" asks for approvals, so run needs a threadId to resume.`,
      );
    }
    // A run of its own leaves nothing behind, in no database either.
    const store = options.threadId === undefined ? memoryStore() : agent.store;
    const threadId = options.threadId ?? crypto.randomUUID();
    const framed = await frameInput(agent, input, options);
    const frames = await frameOthers(agent, input, options, framed);
    const own = { ...agent, store };
    const start = startWith(own, threadId, options, { ...framed, frames });
    return { agent: own, threadId, canPause: options.threadId !== undefined, start };
  }, options);
}

/** Continues a thread that waits for decisions, or that a crash, an error or an abort cut off. */
export function resumeAgent(
  agent: ReadyAgent,
  threadId: string,
  decisions: Decisions | undefined,
  options: Omit<RunOptions, "threadId"> & LoopOptions,
): AsyncGenerator<AgentEvent, void, undefined> {
  return loop(async () => {
    await checkOwner(agent, threadId, options.userId);
    const start = startAgain(agent, threadId, decisions, options.language);
    return { agent, threadId, canPause: true, start };
  }, options);
}

/** The messages of a thread so far. */
export async function threadMessages(agent: ReadyAgent, threadId: string): Promise<readonly BaseMessage[]> {
  return messagesOf(await agent.store.checkpointer.getTuple(placeOf(threadId)));
}

/** Calls of a thread that wait for decisions. */
export async function pendingCalls(
  agent: ReadyAgent,
  threadId: string,
  userId: string | undefined,
): Promise<readonly ApprovalRequest[]> {
  await checkOwner(agent, threadId, userId);
  const saved = await agent.store.checkpointer.getTuple(placeOf(threadId));
  return readPause(saved).waiting.map(({ request }) => request);
}

/** Takes back grants of a thread, which must not be running: a run reads them when it begins. */
export async function revokeGrants(
  agent: ReadyAgent,
  threadId: string,
  grantId: string | undefined,
): Promise<boolean> {
  const claim = await claimThread(agent, threadId);
  try {
    return await removeGrants(agent.store.checkpointer, threadId, grantId);
  } finally {
    await claim.release();
  }
}

/**
 * One run: starts the graph, turns what its parts say into events, and ends with usage and `done` whatever happens. The
 * graph's own loop is: limits → model → tools → limits → …
 */
async function* loop(
  prepare: () => Promise<Prepared>,
  { signal: userSignal, tie = "apart" }: LoopOptions,
): AsyncGenerator<AgentEvent, void, undefined> {
  const { agent, threadId, canPause, start } = await prepare();
  const claim = await claimThread(agent, threadId);
  const outer = enclosingRun();
  const budget = new Budget({ agent, ...(outer && { within: { budget: outer.budget, tie } }) });
  const stop = new AbortController();
  const timer = stopAfter(agent.limits.milliseconds, budget, stop);
  const signal = AbortSignal.any([stop.signal, claim.lost, ...(userSignal ? [userSignal] : [])]);
  const trace = new TraceRecorder({ agent, threadId, hasThread: canPause, budget, signal });
  const thread = placeOf(threadId);
  const notes = new Channel<GraphNote>();
  const waiting: ApprovalRequest[] = [];
  let working: Promise<void> | undefined;
  let speaker = agent.name;
  let status: AgentStatus = "completed";
  let failure: { readonly code: string; readonly message: string } | undefined;
  let said = "";
  let unfinished = "";
  // Of an attempt that failed, in case that no other says anything.
  let dropped = "";
  let recorded = "";
  let keepUnfinished = async (): Promise<void> => {};
  const by = (event: AgentEventBody): AgentEvent => ({ ...event, agent: speaker });
  const recordReply = async (): Promise<void> => {
    await keepUnfinished();
    if (said === recorded) return;
    recorded = said;
    await agent.store.threads.append(threadId, [
      { id: crypto.randomUUID(), role: "assistant", content: said },
    ]);
  };

  try {
    const crew = crewOf(agent, budget, {
      threadId,
      trace,
      signal,
      canPause,
      write: (note) => notes.push(note),
    });
    const graph = buildGraph(crew);
    keepUnfinished = async () => {
      if (unfinished === "" && dropped === "") return;
      said = unfinished || dropped;
      unfinished = dropped = "";
      if (canPause) await graph.updateState(thread, { messages: [new AIMessage(said)] }, MODEL_NODE);
    };
    const opening = await start(graph);
    const { language, pause, grants, refusals = [], events = [], end, active } = opening;
    for (const context of crew) {
      Object.assign(context, { language, pause, grants });
      for (const [id, reason] of refusals) context.refusals.set(id, reason);
    }
    speaker = crew.find((context) => context.agent.name === active)?.agent.name ?? agent.name;
    await trace.begin({ isResumed: opening.input === null });
    for (const event of events) yield by(event);
    const work = async () => {
      signal.throwIfAborted();
      if (end !== undefined) {
        said = end;
        notes.push({ type: "text", delta: end, agent: speaker });
        notes.push({ type: "reply", text: end, agent: speaker });
        return;
      }
      for await (const part of await graph.stream(opening.input, { ...thread, signal })) {
        waiting.push(...questionsIn(part.__interrupt__).map(({ request }) => request));
      }
    };
    working = work().then(
      () => notes.close(),
      (error: unknown) => notes.close({ error }),
    );
    try {
      for await (const batch of notes.batches()) {
        for (const note of batch) {
          speaker = note.agent;
          if (note.type === "reply") {
            said = note.text || said;
            unfinished = dropped = "";
            continue;
          }
          // Noted before it is handed out: the reader may stop at any event.
          if (note.type === "text" || note.type === "reasoning") trace.sawDelta();
          if (note.type === "text") {
            unfinished += note.delta;
            dropped = "";
          } else if (note.type === "retry") {
            dropped = unfinished || dropped;
            unfinished = "";
          }
          if (note.type === "handoff") speaker = note.to;
          yield note;
        }
      }
      if (waiting.length > 0) {
        status = "waiting";
        yield by({ type: "approval-needed", calls: waiting });
      }
    } catch (error) {
      status = userSignal?.aborted ? "aborted" : "failed";
      if (status === "failed" && budget.reached === undefined) {
        failure = describeFailure(error, agent);
        yield by({ type: "error", error: failure });
      }
    }

    for (const context of crew) context.budget.endStep();
    await recordReply();
    if (status === "completed") await agent.store.compact(threadId);
    if (budget.reached !== undefined && status !== "aborted" && status !== "waiting") {
      status = "limited";
      const limit = budget.reached;
      const max = budget.max(limit);
      const message = limitMessage(limit, max, agent.prices?.currency ?? "", language);
      yield by({ type: "limit", limit, max, message });
    }
    const usage = budget.usage();
    await trace.finish(status, failure);
    const output = status === "completed" ? crew.find((context) => context.output)?.output : undefined;
    yield by({ type: "usage", ...usage });
    yield by({
      type: "done",
      status,
      text: said,
      usage,
      traceId: trace.traceId,
      ...(output && { output: output.value }),
    });
  } finally {
    // Also reached when the reader stops reading: whatever still runs is stopped.
    stop.abort();
    clearTimeout(timer);
    await working;
    budget.endStep();
    // The reader left, or a store failed.
    await trace.finish(failure ? "failed" : "aborted", failure);
    await recordReply().finally(() => claim.release());
  }
}

interface Prepared {
  readonly agent: ReadyAgent;
  readonly threadId: string;
  readonly canPause: boolean;
  readonly start: Start;
}

interface LoopOptions {
  readonly signal?: AbortSignal | undefined;
  /** How the run stands to the one whose tool it is run by. @default "apart" */
  readonly tie?: BudgetTie | undefined;
}

/** @throws AgentError `thread-busy` */
async function claimThread(agent: ReadyAgent, threadId: string): Promise<Claim> {
  const claim = await agent.store.claim(threadId);
  if (claim) return claim;
  const message = `Thread "${threadId}" is being run. Wait for its "done", or abort it.`;
  throw new AgentError("thread-busy", message, { details: { threadId } });
}

function stopAfter(
  milliseconds: number,
  budget: Budget,
  stop: AbortController,
): ReturnType<typeof setTimeout> | undefined {
  // setTimeout fires at once for what does not fit 31 bits; that is some 24 days.
  if (milliseconds > 2 ** 31 - 1) return undefined;
  return setTimeout(() => {
    budget.reach("milliseconds");
    stop.abort();
  }, milliseconds);
}

function describeFailure(error: unknown, agent: ReadyAgent): { code: string; message: string } {
  let root = error;
  // LangChain's wrapper takes the name of what it wraps; only its brand tells it apart.
  while (root instanceof Error && "~brand" in root && root["~brand"] === "MiddlewareError" && root.cause)
    root = root.cause;
  const message = redactSecrets(root instanceof Error ? root.message : String(root), secretsOf(agent.model));
  return { code: root instanceof AgentError ? root.code : "model-failed", message };
}
