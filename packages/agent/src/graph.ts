import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessage, SystemMessage } from "@langchain/core/messages";
import { convertToOpenAITool } from "@langchain/core/utils/function_calling";
import type { StateSnapshot } from "@langchain/langgraph";
import { countTokens } from "@zixue/models/tokens";
import { createAgent, createMiddleware } from "langchain";
import { z } from "zod";
import type { Omitted } from "./context/fit-view.ts";
import { manageContext, viewOf } from "./context/manage-context.ts";
import type { AgentToolCall } from "./events.ts";
import { holdUntrusted, reportTaint } from "./guards/taint.ts";
import { isolate } from "./isolate.ts";
import { ModelWatcher } from "./model-watcher.ts";
import { announceResult } from "./policies/announce-result.ts";
import { askApproval } from "./policies/ask-approval.ts";
import { countToolCalls } from "./policies/count-tool-calls.ts";
import { fenceResults } from "./policies/fence-results.ts";
import { journal } from "./policies/journal.ts";
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
import { refuseUnsoundCalls } from "./policies/refuse-unsound-calls.ts";
import { reportToolErrors } from "./policies/report-tool-errors.ts";
import { stopLoops } from "./policies/stop-loops.ts";
import { readReply } from "./reply.ts";

/** What the policies write into the stream: events, and a mark at the end of each reply. */
export type GraphNote = Parameters<Emit>[0];

export type GraphPart =
  | readonly ["messages", readonly [unknown, Record<string, unknown>]]
  | readonly ["updates", Record<string, unknown>]
  | readonly ["custom", GraphNote];

interface Thread {
  readonly configurable: { readonly thread_id: string };
}

/** The little of a compiled graph that a run needs. */
export interface AgentGraph {
  stream(
    input: unknown,
    config: Thread & { readonly signal: AbortSignal },
  ): Promise<AsyncIterable<GraphPart>>;
  getState(thread: Thread): Promise<StateSnapshot>;
  updateState(thread: Thread, values: unknown, asNode: string): Promise<unknown>;
}

/**
 * Builds the graph of one run: `createAgent` with one middleware that holds every policy. Before the model come the
 * limits; around the model, replies are made sound; around each tool come the policies of `toolPoliciesOf`.
 */
export function buildGraph(context: RunContext): AgentGraph {
  const { agent, budget, refusals } = context;
  const watcher = new ModelWatcher(budget);
  const toolTokens = countTokens(JSON.stringify(agent.tools.map((tool) => convertToOpenAITool(tool))));
  const modelPolicies = modelPoliciesOf(context);
  const toolPolicies = toolPoliciesOf(context);

  const beginStep = async (system: string, before: Omitted | undefined) => {
    const overhead = toolTokens + countTokens(system);
    const { messages, omitted } = await viewOf(context, context.thread.messages, before, overhead);
    context.view = messages;
    return { fits: budget.beginStep(messages, overhead), omitted };
  };

  const middleware = createMiddleware({
    name: "policies",
    // Kept with the thread, so that a run resumed in another process has the same frame.
    stateSchema: z.object({
      system: z.string().default(""),
      language: z.string().default("en"),
      /** Has the model read text from outside? Once so, always. */
      tainted: z.boolean().default(false),
      /** What the model is no longer sent. */
      omitted: z.custom<Omitted>().optional(),
    }),

    beforeModel: {
      canJumpTo: ["end"],
      hook: async ({ messages, system, ...state }) => {
        const tainted = state.tainted || holdUntrusted(messages);
        if (tainted) reportTaint();
        context.thread = { messages, tainted };
        const { fits, omitted } = await beginStep(system, state.omitted);
        const kept = { tainted, ...(omitted && { omitted }) };
        return fits ? kept : { ...kept, jumpTo: "end" };
      },
    },

    wrapModelCall: async (request, handler) => {
      const askModel = async ({ model, system, messages }: ModelTurn): Promise<AIMessage> => {
        const systemMessage = system === "" ? {} : { systemMessage: new SystemMessage(system) };
        return handler({ ...request, model, messages: [...messages], ...systemMessage });
      };
      const { messages, model, state } = request;
      // A run that goes on right here, after a crash, has not come past the limits above.
      if (!budget.isInStep) {
        context.thread = { messages, tainted: state.tainted };
        await beginStep(state.system, state.omitted);
      }
      const turn = { model: model as BaseChatModel, system: state.system, messages };
      const reply = await chain(modelPolicies, askModel)(turn);
      budget.endStep(reply);
      const { message, refusals: refused } = readReply(reply, watcher.finishReason, messages);
      for (const [id, reason] of refused) refusals.set(id, reason);
      const emit = emitter(request.runtime);
      emit({ type: "reply", text: message.text });
      for (const call of message.tool_calls ?? []) emit({ type: "tool-call", ...toCall(call) });
      return message;
    },

    wrapToolCall: async (request, handler) => {
      const { messages, tainted } = request.state;
      context.thread = { messages, tainted };
      const callTool = async ({ call }: ToolRun): Promise<ToolOutcome> => ({
        call,
        result: await handler({ ...request, toolCall: { ...request.toolCall, args: { ...call.args } } }),
      });
      const replyId = messages.findLast((message) => AIMessage.isInstance(message))?.id ?? "";
      const run = { call: toCall(request.toolCall), replyId, emit: emitter(request.runtime) };
      return (await chain(toolPolicies, callTool)(run)).result;
    },
  });

  const compiled = createAgent({
    name: agent.name,
    model: agent.model,
    tools: [...agent.tools],
    middleware: [middleware],
    checkpointer: agent.store.checkpointer,
  });
  // Three graph steps for each step of the agent; the limits end the run before this could.
  const recursionLimit = Math.min(3 * agent.limits.steps + 10, 1_000_000);
  const run = compiled as unknown as {
    stream(input: unknown, config: object): Promise<AsyncIterable<GraphPart>>;
  };
  const states = compiled.graph as unknown as Omit<AgentGraph, "stream">;
  const options = {
    recursionLimit,
    callbacks: [watcher],
    streamMode: ["messages", "updates", "custom"],
    // A tool must not run before the reply that calls it is kept: after a crash nobody would know of it. A run without a
    // thread is not gone back to.
    durability: context.canPause ? "sync" : "exit",
  };
  return {
    stream: (input, config) => isolate(budget, () => run.stream(input, { ...config, ...options })),
    getState: (thread) => isolate(budget, () => states.getState(thread)),
    updateState: (thread, values, asNode) =>
      isolate(budget, () => states.updateState(thread, values, asNode)),
  };
}

/** From the outermost to the one next to the model. */
function modelPoliciesOf(context: RunContext): ModelPolicy[] {
  return [manageContext(context)];
}

/** From the outermost to the one next to the tool. */
function toolPoliciesOf(context: RunContext): ToolPolicy[] {
  return [
    announceResult,
    refuseUnsoundCalls(context),
    stopLoops(context),
    askApproval(context),
    countToolCalls(context),
    journal(context),
    fenceResults(context),
    reportToolErrors(context),
  ];
}

function emitter(runtime: { readonly writer?: ((chunk: unknown) => void) | undefined }): Emit {
  return (event) => runtime.writer?.(event);
}

function toCall(call: {
  readonly id?: string | undefined;
  readonly name: string;
  readonly args: unknown;
}): AgentToolCall {
  return { id: call.id ?? "", name: call.name, args: (call.args ?? {}) as Record<string, unknown> };
}
