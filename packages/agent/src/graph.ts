import { AIMessage, ToolMessage } from "@langchain/core/messages";
import type { StructuredToolInterface } from "@langchain/core/tools";
import { convertToOpenAITool } from "@langchain/core/utils/function_calling";
import { Command, type StateSnapshot } from "@langchain/langgraph";
import { withLangGraph } from "@langchain/langgraph/zod";
import { countTokens } from "@zixue/models/tokens";
import { createAgent, createMiddleware } from "langchain";
import { z } from "zod";
import type { Omitted } from "./context/fit-view.ts";
import { manageContext, viewOf } from "./context/manage-context.ts";
import type { AgentToolCall } from "./events.ts";
import type { PiiValues } from "./guards/pii-vault.ts";
import { holdUntrusted, isWithinTainted, reportTaint } from "./guards/taint.ts";
import { HandOffBound } from "./hand-off.ts";
import { inside, isolate } from "./isolate.ts";
import { isRefusal } from "./model-failure.ts";
import { nameOfModel } from "./model-name.ts";
import { ModelWatcher } from "./model-watcher.ts";
import { readOutput } from "./output.ts";
import { announceResult } from "./policies/announce-result.ts";
import { askApproval } from "./policies/ask-approval.ts";
import { countToolCalls } from "./policies/count-tool-calls.ts";
import { fallBack } from "./policies/fall-back.ts";
import { fenceResults } from "./policies/fence-results.ts";
import { journal } from "./policies/journal.ts";
import { keepLargeResults, tellLargeResults } from "./policies/keep-large-results.ts";
import { limitConcurrency } from "./policies/limit-concurrency.ts";
import { limitToolTime } from "./policies/limit-tool-time.ts";
import {
  chain,
  type Emit,
  type ModelPolicy,
  type ModelTurn,
  type RunContext,
  type ToolOutcome,
  type ToolPolicy,
  type ToolRun,
} from "./policies/policy.ts";
import { protectPii, throughPii } from "./policies/protect-pii.ts";
import { refuseUnsoundCalls } from "./policies/refuse-unsound-calls.ts";
import { reportToolErrors } from "./policies/report-tool-errors.ts";
import { stopLoops } from "./policies/stop-loops.ts";
import { readReply } from "./reply.ts";
import { LimitReached, streamReply } from "./stream-reply.ts";
import { holdParts, READ_RESULT } from "./tools/read-result.ts";
import { traceModel, traceTools } from "./trace/trace-policies.ts";

/** What the policies write into the stream: events, and a mark at the end of each reply. */
export type GraphNote = Parameters<Emit>[0] & { readonly agent: string };

interface Thread {
  readonly configurable: { readonly thread_id: string };
}

/** The little of a compiled graph that a run needs. */
export interface AgentGraph {
  stream(
    input: unknown,
    config: Thread & { readonly signal: AbortSignal },
  ): Promise<AsyncIterable<Record<string, unknown>>>;
  getState(thread: Thread): Promise<StateSnapshot>;
  updateState(thread: Thread, values: unknown, asNode: string): Promise<unknown>;
}

/**
 * Builds the graph of one run: `createAgent` with one middleware that holds every policy. Before the model come the
 * limits; around the model, replies are made sound; around each tool come the policies of `toolPoliciesOf`. The agents
 * are those that the thread may be handed over to, the lead first; each step is taken by the one that is active.
 */
export function buildGraph(crew: readonly [RunContext, ...RunContext[]]): AgentGraph {
  const [lead] = crew;
  const watcher = new ModelWatcher(lead.budget);
  const speakers = new Map(crew.map((context) => [context.agent.name, prepare(context, watcher)]));
  const speakerOf = ({ active }: { active: string }) =>
    speakers.get(active) ?? (speakers.get(lead.agent.name) as Speaker);

  const handOffs = new HandOffBound(lead.agent.maxHandoffs);

  const middleware = createMiddleware({
    name: "policies",
    stateSchema: RUN_STATE,

    beforeModel: {
      canJumpTo: ["end"],
      hook: async ({ messages, ...state }) => {
        const tainted = state.tainted || isWithinTainted() || holdUntrusted(messages);
        if (tainted) reportTaint();
        const { context, beginStep } = speakerOf(state);
        context.thread = { messages, tainted };
        const { fits, omitted } = await beginStep(systemOf(context, state), state);
        const kept = {
          tainted,
          ...(omitted && { omitted }),
          ...(context.pii && { pii: context.pii.keep() }),
        };
        return fits ? kept : { ...kept, jumpTo: "end" };
      },
    },

    wrapModelCall: async ({ messages, state }) => {
      const { context, beginStep, askModel } = speakerOf(state);
      const system = systemOf(context, state);
      // A run that goes on right here, after a crash, has not come past the limits above.
      if (!context.budget.isInStep) {
        context.thread = { messages, tainted: state.tainted };
        await beginStep(system, state);
      }
      const reply = await askModel({ model: context.agent.model, system, messages });
      const { message, refusals } = readReply(reply, messages, (calls) =>
        handOffs.refusalsIn(calls, context.agent.transfers),
      );
      for (const [id, reason] of refusals) context.refusals.set(id, reason);
      context.emit({ type: "reply", text: message.text });
      for (const call of message.tool_calls ?? []) context.emit({ type: "tool-call", ...toCall(call) });
      return message;
    },

    wrapToolCall: async (request, handler) => {
      const { messages, tainted } = request.state;
      const { context, callTool } = speakerOf(request.state);
      context.thread = { messages, tainted };
      const replyId = messages.findLast((message) => AIMessage.isInstance(message))?.id ?? "";
      const run = { call: toCall(request.toolCall), replyId, emit: context.emit };
      const result = await inside(context, () => callTool(run, request, handler as never));
      const to = context.agent.transfers.targets.get(run.call.name);
      if (to === undefined || !ToolMessage.isInstance(result) || result.status === "error") return result;
      context.emit({ type: "handoff", to });
      return new Command({ update: { messages: [result], active: to } });
    },
  });

  const compiled = createAgent({
    name: lead.agent.name,
    model: lead.agent.model,
    tools: allTools(crew),
    middleware: [middleware],
    // A run without a thread is not gone back to, so that nothing of it need be kept.
    ...(lead.canPause && { checkpointer: lead.agent.store.checkpointer }),
  });
  // Three graph steps for each step of the agent; the limits end the run before this could.
  const recursionLimit = Math.min(3 * lead.agent.limits.steps + 10, 1_000_000);
  const run = compiled as unknown as {
    stream(input: unknown, config: object): Promise<AsyncIterable<Record<string, unknown>>>;
  };
  const states = compiled.graph as unknown as Omit<AgentGraph, "stream">;
  const options = {
    recursionLimit,
    callbacks: [watcher],
    streamMode: "updates",
    // A tool must not run before the reply that calls it is kept: after a crash nobody would know of it.
    ...(lead.canPause && { durability: "sync" }),
  };
  return {
    stream: (input, config) => isolate(lead, () => run.stream(input, { ...config, ...options })),
    getState: (thread) => isolate(lead, () => states.getState(thread)),
    updateState: (thread, values, asNode) => isolate(lead, () => states.updateState(thread, values, asNode)),
  };
}

/** An agent of the crew with its policies in place. */
interface Speaker {
  readonly context: RunContext;
  /** Works out what the model is sent, and asks the limits. */
  beginStep(
    system: string,
    kept: { readonly omitted?: Omitted | undefined; readonly pii?: PiiValues | undefined },
  ): Promise<{ readonly fits: boolean; readonly omitted: Omitted | undefined }>;
  askModel(turn: ModelTurn): Promise<AIMessage>;
  callTool(run: ToolRun, request: ToolRequest, handler: ToolHandler): Promise<ToolOutcome["result"]>;
}

type ToolRequest = { readonly toolCall: object };
type ToolHandler = (request: ToolRequest) => Promise<ToolOutcome["result"]>;

function prepare(context: RunContext, watcher: ModelWatcher): Speaker {
  const { agent, budget } = context;
  // Not offered before there is something to read on in.
  const isOffered = ({ name }: StructuredToolInterface) =>
    name !== READ_RESULT || holdParts(context.thread.messages);
  const tokensOf = new Map(
    agent.tools.map((tool) => [tool, countTokens(JSON.stringify(convertToOpenAITool(tool)))]),
  );
  const overhead = (system: string) =>
    agent.tools
      .filter(isOffered)
      .reduce((sum, tool) => sum + (tokensOf.get(tool) ?? 0), system === "" ? 0 : countTokens(system));
  const askOnce = async (turn: ModelTurn): Promise<AIMessage> => {
    const model = nameOfModel(turn.model);
    // The step of the first attempt was begun before the model; every other attempt is a step of its own.
    if (!budget.isInStep && !budget.beginStep(turn.messages, overhead(turn.system), model)) {
      throw new LimitReached("A limit was reached before the model was asked again.");
    }
    try {
      const { message, finishReason } = await streamReply(
        throughPii(context),
        watcher,
        turn,
        agent.tools.filter(isOffered),
      );
      budget.endStep(message);
      context.trace.endStep(message, finishReason);
      if (finishReason !== undefined) message.response_metadata.finish_reason = finishReason;
      return message;
    } catch (error) {
      if (isRefusal(error)) budget.refuseStep();
      else budget.endStep();
      throw error;
    }
  };
  const toolPolicies = toolPoliciesOf(context);
  return {
    context,
    beginStep: async (system, kept) => {
      const { pii, thread, language } = context;
      pii?.load(kept.pii, language, thread.messages);
      const tokens = overhead(pii?.hide(system) ?? system);
      const readable = pii?.hideIn(thread.messages) ?? thread.messages;
      const { messages, omitted } = await viewOf(context, readable, kept.omitted, tokens);
      context.view = messages;
      return { fits: budget.beginStep(messages, tokens), omitted };
    },
    askModel: chain(modelPoliciesOf(context), askOnce),
    callTool: async (run, request, handler) => {
      const callTool = async ({ call, signal }: ToolRun): Promise<ToolOutcome> => {
        const found = agent.tools.find(({ name }) => name === call.name);
        const tool = found && signal ? withSignal(found, signal) : found;
        const toolCall = { ...request.toolCall, args: { ...call.args } };
        return { call, result: await handler({ ...request, tool, toolCall } as never) };
      };
      return (await chain(toolPolicies, callTool)(run)).result;
    },
  };
}

/** The same tool, stopped by another signal. */
function withSignal(
  tool: StructuredToolInterface,
  signal: AbortSignal,
): Pick<typeof tool, "name" | "invoke"> {
  return { name: tool.name, invoke: (input, config) => tool.invoke(input, { ...config, signal }) };
}

/** Of several agents' tools with one name, the graph knows the first; which one runs is the active agent's. */
function allTools(crew: readonly RunContext[]): StructuredToolInterface[] {
  const byName = new Map<string, StructuredToolInterface>();
  for (const { agent } of crew) {
    for (const tool of agent.tools) if (!byName.has(tool.name)) byName.set(tool.name, tool);
  }
  return [...byName.values()];
}

function systemOf(
  { agent }: RunContext,
  state: { system: string; frames: Readonly<Record<string, string>> },
) {
  return state.frames[agent.name] ?? state.system;
}

/**
 * Kept with the thread, so that a run resumed in another process has the same frame. Made once: LangGraph keeps every
 * schema with a reducer for the life of the process, and with it whatever run made it.
 */
const RUN_STATE = z.object({
  system: z.string().default(""),
  language: z.string().default("en"),
  /** Has the model read text from outside? Once so, always. */
  tainted: z.boolean().default(false),
  /** Whose turn it is; `""` is the lead's. */
  active: withLangGraph(z.string().default(""), { reducer: { fn: (_, next: string) => next } }),
  /** System texts of the agents that the thread may be handed over to. */
  frames: z.record(z.string(), z.string()).default({}),
  /** What the model is no longer sent. */
  omitted: z.custom<Omitted>().optional(),
  /** Personal data by the placeholders that the model reads for it. */
  pii: z.custom<PiiValues>().optional(),
});

/** From the outermost to the one next to the model. */
function modelPoliciesOf(context: RunContext): ModelPolicy[] {
  return [
    manageContext(context),
    readOutput(context),
    fallBack(context),
    protectPii(context),
    traceModel(context),
  ];
}

/** From the outermost to the one next to the tool. */
function toolPoliciesOf(context: RunContext): ToolPolicy[] {
  return [
    traceTools(context),
    announceResult,
    tellLargeResults,
    refuseUnsoundCalls(context),
    stopLoops(context),
    askApproval(context),
    countToolCalls(context),
    journal(context),
    limitConcurrency(context),
    fenceResults(context),
    keepLargeResults(context),
    limitToolTime(context),
    reportToolErrors(context),
  ];
}

function toCall(call: {
  readonly id?: string | undefined;
  readonly name: string;
  readonly args: unknown;
}): AgentToolCall {
  return { id: call.id ?? "", name: call.name, args: (call.args ?? {}) as Record<string, unknown> };
}
