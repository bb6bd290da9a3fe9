import { AIMessage, AIMessageChunk, type BaseMessage } from "@langchain/core/messages";
import type { Decisions } from "./decisions.ts";
import type { ReadyAgent, RunOptions } from "./define.ts";
import { AgentError } from "./errors.ts";
import type { AgentEvent, AgentStatus, ApprovalRequest } from "./events.ts";
import { removeGrants } from "./grants.ts";
import { buildGraph } from "./graph.ts";
import { redactSecrets, secretsOf } from "./guards/redact-secrets.ts";
import { enclosingBudget } from "./isolate.ts";
import { Budget } from "./limits.ts";
import { isOwnModel, MODEL_NODE } from "./model-watcher.ts";
import { frameInput } from "./opening.ts";
import { NO_PAUSE, questionsIn, readPause } from "./pause.ts";
import type { RunContext } from "./policies/policy.ts";
import { checkOwner, messagesOf, placeOf, type Start, startAgain, startWith } from "./start.ts";
import { memoryStore } from "./store/memory-store.ts";
import type { Claim } from "./store/state-store.ts";
import { limitMessage } from "./wording.ts";

/** Runs an agent on a new input. */
export async function* runAgent(
  agent: ReadyAgent,
  input: string | Record<string, unknown>,
  options: RunOptions,
): AsyncGenerator<AgentEvent, void, undefined> {
  if (agent.approvals !== undefined && options.threadId === undefined) {
    throw new AgentError(
      "invalid-input",
      `Agent "${agent.name}" asks for approvals, so run needs a threadId to resume.`,
    );
  }
  // A run of its own leaves nothing behind, in no database either.
  const store = options.threadId === undefined ? memoryStore() : agent.store;
  const threadId = options.threadId ?? crypto.randomUUID();
  const canPause = options.threadId !== undefined;
  const framed = await frameInput(agent, input, options);
  const own = { ...agent, store };
  yield* loop(own, threadId, canPause, options.signal, startWith(own, threadId, options, framed));
}

/** Continues a thread that waits for decisions, or that a crash, an error or an abort cut off. */
export async function* resumeAgent(
  agent: ReadyAgent,
  threadId: string,
  decisions: Decisions | undefined,
  options: Omit<RunOptions, "threadId">,
): AsyncGenerator<AgentEvent, void, undefined> {
  await checkOwner(agent, threadId, options.userId);
  const start = startAgain(agent, threadId, decisions, options.language);
  yield* loop(agent, threadId, true, options.signal, start);
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
 * One run: starts the graph, turns what it streams into events, and ends with usage and `done` whatever happens. The
 * graph's own loop is: limits → model → tools → limits → …
 */
async function* loop(
  agent: ReadyAgent,
  threadId: string,
  canPause: boolean,
  userSignal: AbortSignal | undefined,
  start: Start,
): AsyncGenerator<AgentEvent, void, undefined> {
  const claim = await claimThread(agent, threadId);
  const budget = new Budget(agent.limits, agent.prices, agent.modelName);
  const outer = enclosingBudget();
  const stop = new AbortController();
  const timer = stopAfter(agent.limits.milliseconds, budget, stop);
  const signal = AbortSignal.any([stop.signal, claim.lost, ...(userSignal ? [userSignal] : [])]);
  const thread = placeOf(threadId);
  const waiting: ApprovalRequest[] = [];
  let status: AgentStatus = "completed";
  let said = "";
  let unfinished = "";
  let recorded = "";
  let keepUnfinished = async (): Promise<void> => {};
  const recordReply = async (): Promise<void> => {
    await keepUnfinished();
    if (said === recorded) return;
    recorded = said;
    await agent.store.threads.append(threadId, [
      { id: crypto.randomUUID(), role: "assistant", content: said },
    ]);
  };

  try {
    const context: RunContext = {
      agent,
      threadId,
      budget,
      signal,
      refusals: new Map(),
      canPause,
      pause: NO_PAUSE,
      grants: [],
      language: "en",
      thread: { messages: [], tainted: false },
    };
    const graph = buildGraph(context);
    keepUnfinished = async () => {
      if (unfinished === "") return;
      said = unfinished;
      unfinished = "";
      await graph.updateState(thread, { messages: [new AIMessage(said)] }, MODEL_NODE);
    };
    const opening = await start(graph);
    const { language, pause, grants, refusals = [], events = [], end } = opening;
    Object.assign(context, { language, pause, grants });
    for (const [id, reason] of refusals) context.refusals.set(id, reason);
    yield* events;
    try {
      signal.throwIfAborted();
      if (end !== undefined) {
        said = end;
        yield { type: "text", delta: end };
      }
      const parts = end === undefined ? await graph.stream(opening.input, { ...thread, signal }) : [];
      for await (const [mode, part] of parts) {
        if (mode === "messages") {
          const [delta] = deltasOf(part);
          if (!delta) continue;
          // Noted before it is handed out: the reader may stop at any event.
          unfinished += delta.text;
          const mayGoOn = budget.addDelta(delta.reasoning + delta.text + delta.args);
          if (delta.reasoning !== "") yield { type: "reasoning", delta: delta.reasoning };
          if (delta.text !== "") yield { type: "text", delta: delta.text };
          if (!mayGoOn) stop.abort();
        } else if (mode === "updates") {
          waiting.push(...questionsIn(part.__interrupt__).map(({ request }) => request));
        } else if (part.type === "reply") {
          // A model that does not stream says everything at once.
          if (unfinished === "" && part.text !== "") yield { type: "text", delta: part.text };
          said = part.text || said;
          unfinished = "";
        } else {
          yield part;
        }
      }
      if (waiting.length > 0) {
        status = "waiting";
        yield { type: "approval-needed", calls: waiting };
      }
    } catch (error) {
      status = userSignal?.aborted ? "aborted" : "failed";
      if (status === "failed" && budget.reached === undefined)
        yield { type: "error", error: describeFailure(error, agent) };
    }

    budget.endStep();
    await recordReply();
    if (status === "completed") await agent.store.compact(threadId);
    if (budget.reached !== undefined && status !== "aborted" && status !== "waiting") {
      status = "limited";
      const limit = budget.reached;
      const message = limitMessage(limit, budget.max(limit), agent.prices?.currency ?? "", language);
      yield { type: "limit", limit, max: budget.max(limit), message };
    }
    const usage = budget.usage();
    yield { type: "usage", ...usage };
    yield { type: "done", status, text: said, usage };
  } finally {
    // Also reached when the reader stops reading: whatever still runs is stopped.
    stop.abort();
    clearTimeout(timer);
    budget.endStep();
    outer?.addInner(budget);
    await recordReply().finally(() => claim.release());
  }
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

/** What a streamed piece adds, when it comes from the agent's own model and not from one inside a tool. */
function deltasOf([message, metadata]: readonly [unknown, Record<string, unknown>]) {
  if (!(message instanceof AIMessageChunk) || !isOwnModel(metadata)) return [];
  const { reasoning_content: reasoning } = message.additional_kwargs;
  const args = (message.tool_call_chunks ?? []).map((chunk) => chunk.args ?? "").join("");
  return [{ text: message.text, reasoning: typeof reasoning === "string" ? reasoning : "", args }];
}

function describeFailure(error: unknown, agent: ReadyAgent): { code: string; message: string } {
  let root = error;
  while (root instanceof Error && root.name === "MiddlewareError" && root.cause !== undefined)
    root = root.cause;
  const message = redactSecrets(root instanceof Error ? root.message : String(root), secretsOf(agent.model));
  return { code: root instanceof AgentError ? root.code : "model-failed", message };
}
