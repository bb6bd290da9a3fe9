import { SystemMessage, ToolMessage } from "@langchain/core/messages";
import { convertToOpenAITool } from "@langchain/core/utils/function_calling";
import { interrupt, isGraphInterrupt, type StateSnapshot } from "@langchain/langgraph";
import { countTokens } from "@zixue/models/tokens";
import { untrusted } from "@zixue/prompts";
import { createAgent, createMiddleware } from "langchain";
import { z } from "zod";
import { type Decision, needsApproval, type PendingApproval } from "./approvals.ts";
import type { ReadyAgent } from "./define.ts";
import type { AgentEvent, AgentToolCall } from "./events.ts";
import { isolate } from "./isolate.ts";
import type { Budget } from "./limits.ts";
import { ModelWatcher } from "./model-watcher.ts";
import { readReply } from "./reply.ts";

/** What the middleware writes into the stream: events, and a mark at the end of each reply. */
export type GraphNote =
  | Extract<AgentEvent, { type: "tool-call" | "tool-result" }>
  | { readonly type: "reply"; readonly text: string };

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
 * limits; around the model, replies are made sound; around each tool come refusals, approvals, limits and errors.
 */
export function buildGraph(agent: ReadyAgent, budget: Budget, signal: AbortSignal): AgentGraph {
  const watcher = new ModelWatcher(budget);
  const refusals = new Map<string, string>();
  const toolTokens = countTokens(JSON.stringify(agent.tools.map((tool) => convertToOpenAITool(tool))));

  const policies = createMiddleware({
    name: "policies",
    // Kept with the thread, so that a run resumed in another process has the same frame.
    stateSchema: z.object({ system: z.string().default(""), language: z.string().default("en") }),

    beforeModel: {
      canJumpTo: ["end"],
      hook: ({ messages, system }) => {
        const fits = budget.beginStep(messages, toolTokens + countTokens(system ?? ""));
        return fits ? undefined : { jumpTo: "end" };
      },
    },

    wrapModelCall: async (request, handler) => {
      const { system } = request.state;
      const reply = await handler(
        system ? { ...request, systemMessage: new SystemMessage(system) } : request,
      );
      budget.endStep(reply);
      const { message, refusals: refused } = readReply(reply, watcher.finishReason);
      for (const [id, reason] of refused) refusals.set(id, reason);
      write(request.runtime, { type: "reply", text: message.text });
      for (const call of message.tool_calls ?? [])
        write(request.runtime, { type: "tool-call", ...toCall(call) });
      return message;
    },

    wrapToolCall: async (request, handler) => {
      let call = toCall(request.toolCall);
      let note = "";
      const finish = (message: ToolMessage, isError: boolean) => {
        const artifact: unknown = message.artifact;
        write(request.runtime, {
          type: "tool-result",
          ...call,
          content: message.text,
          isError,
          ...(artifact !== undefined && { artifact }),
        });
        return message;
      };
      const refuse = (content: string) =>
        finish(new ToolMessage({ tool_call_id: call.id, name: call.name, status: "error", content }), true);

      const refusal = refusals.get(call.id);
      if (refusal !== undefined) return refuse(refusal);
      if (!request.tool) return refuse(describeUnknownTool(call.name, agent));
      if (needsApproval(agent.approvals, call)) {
        const decision = interrupt({ type: "approval", call }) as Decision;
        if (decision.type === "reject")
          return refuse(`The user rejected this call: ${decision.reason || "no reason given"}`);
        if (decision.type === "edit") {
          call = { ...call, args: decision.args };
          note = `The user changed the arguments to ${JSON.stringify(call.args)}.\n`;
        }
      }
      if (!budget.beginToolCall())
        return refuse("Error: not run, because the limit of tool calls was reached.");

      try {
        const result = await handler({
          ...request,
          toolCall: { ...request.toolCall, args: { ...call.args } },
        });
        if (!ToolMessage.isInstance(result)) return result;
        const isError = result.status === "error";
        return finish(annotate(result, note, isFenced(agent, call.name) && !isError), isError);
      } catch (error) {
        if (isGraphInterrupt(error) || signal.aborted) throw error;
        return refuse(`${note}Error: ${call.name} failed: ${messageOf(error)}`);
      }
    },
  });

  const compiled = createAgent({
    name: agent.name,
    model: agent.model,
    tools: [...agent.tools],
    middleware: [policies],
    checkpointer: agent.threads.checkpointer,
  });
  // Three graph steps for each step of the agent; the limits end the run before this could.
  const recursionLimit = Math.min(3 * agent.limits.steps + 10, 1_000_000);
  const run = compiled as unknown as {
    stream(input: unknown, config: object): Promise<AsyncIterable<GraphPart>>;
  };
  const states = compiled.graph as unknown as Omit<AgentGraph, "stream">;
  const options = { recursionLimit, callbacks: [watcher], streamMode: ["messages", "updates", "custom"] };
  return {
    stream: (input, config) => isolate(budget, () => run.stream(input, { ...config, ...options })),
    getState: (thread) => isolate(budget, () => states.getState(thread)),
    updateState: (thread, values, asNode) =>
      isolate(budget, () => states.updateState(thread, values, asNode)),
  };
}

/** Calls that wait for a decision, from a state or from what the graph streams when it pauses. */
export function pendingApprovals(from: StateSnapshot | Record<string, unknown>): PendingApproval[] {
  const interrupts =
    "tasks" in from ? (from as StateSnapshot).tasks.flatMap((task) => task.interrupts) : from.__interrupt__;
  if (!Array.isArray(interrupts)) return [];
  return (interrupts as { id?: string; value?: unknown }[]).flatMap(({ id, value }) => {
    const { type, call } = (value ?? {}) as { type?: string; call?: AgentToolCall };
    return type === "approval" && call && id !== undefined ? [{ interruptId: id, call }] : [];
  });
}

function write(runtime: { readonly writer?: ((chunk: unknown) => void) | undefined }, note: GraphNote): void {
  runtime.writer?.(note);
}

function toCall(call: {
  readonly id?: string | undefined;
  readonly name: string;
  readonly args: unknown;
}): AgentToolCall {
  return { id: call.id ?? "", name: call.name, args: (call.args ?? {}) as Record<string, unknown> };
}

function isFenced(agent: ReadyAgent, name: string): boolean {
  return agent.untrusted === "all" || agent.untrusted.includes(name);
}

function annotate(result: ToolMessage, note: string, fenced: boolean): ToolMessage {
  if (note === "" && !fenced) return result;
  const text = fenced ? untrusted(result.text, { source: result.name ?? "tool" }) : result.text;
  return new ToolMessage({
    content: note + text,
    tool_call_id: result.tool_call_id,
    ...(result.name !== undefined && { name: result.name }),
    ...(result.status !== undefined && { status: result.status }),
    ...(result.artifact !== undefined && { artifact: result.artifact as unknown }),
  });
}

function describeUnknownTool(name: string, agent: ReadyAgent): string {
  const names = agent.tools.map((tool) => tool.name);
  return `Error: there is no tool "${name}". ${names.length > 0 ? `The tools are: ${names.join(", ")}.` : "There are no tools; answer without."}`;
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  // LangChain puts the stack of a schema mismatch into its message; the model has no use for it.
  return message
    .split("\n")
    .filter((line) => !/^\s+at .*:\d+:\d+\)?$/.test(line))
    .join("\n");
}
