import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { BaseMessage } from "@langchain/core/messages";
import type { StructuredToolInterface } from "@langchain/core/tools";
import type { Prompt } from "@zixue/prompts";
import { type ApprovalPolicy, checkApprovals } from "./approvals.ts";
import { type ContextOptions, checkContext, type ReadyContext } from "./context/context-options.ts";
import type { Decisions } from "./decisions.ts";
import { AgentError } from "./errors.ts";
import type { AgentEvent, ApprovalRequest } from "./events.ts";
import { type Grant, readGrants } from "./grants.ts";
import { checkGuards, type Guards, type ReadyGuards } from "./guards/guards.ts";
import { checkTraits, untrustedTools } from "./guards/tool-traits.ts";
import { type AgentLimits, checkLimits, type PriceTable } from "./limits.ts";
import { checkMemory, type MemoryOptions } from "./recall-facts.ts";
import { pendingCalls, resumeAgent, revokeGrants, runAgent, threadMessages } from "./run.ts";
import { checkOwner } from "./start.ts";
import { memoryStore } from "./store/memory-store.ts";
import type { StateStore } from "./store/state-store.ts";
import type { Language } from "./wording.ts";

export interface AgentDefinition<I extends Record<string, unknown> = Record<string, unknown>> {
  readonly name: string;
  /**
   * System text; or a prompt, whose system messages frame each run and whose other messages join the thread. A prompt
   * takes its own input; a plain string becomes its input named `input`.
   */
  readonly prompt?: string | Prompt<I, unknown>;
  readonly model: BaseChatModel;
  readonly tools?: readonly StructuredToolInterface[];
  readonly limits?: AgentLimits;
  readonly prices?: PriceTable;
  /** Calls that wait for a person. */
  readonly approvals?: ApprovalPolicy;
  /**
   * Tools whose results are fenced as data, so that instructions in them are not followed; those whose `metadata` say
   * `untrusted: true` are so anyway. @default none
   */
  readonly untrusted?: readonly string[] | "all";
  /** Injection, personal data, loops. @default injection and loops */
  readonly guards?: Guards;
  /** How much of a long thread the model is sent. @default what its profile allows */
  readonly context?: ContextOptions;
  /** What is remembered of a user enters each run by itself. The tools `rememberTool`, … let the model see to it. @default off */
  readonly memory?: MemoryOptions;
  /** Where threads and facts are kept. @default memoryStore() */
  readonly store?: StateStore;
  /**
   * What becomes of a call that a crash or an abort cut off, so that nobody knows whether it took effect. `tell`: the
   * model is told, and the call is not run again. `ask`: a person decides, as on an approval. `rerun`: it is run again.
   * Tools with `metadata: { effect: "read" }` or `{ idempotent: true }` are simply run again. @default "tell"
   */
  readonly onUnfinished?: OnUnfinished;
}

export type OnUnfinished = "tell" | "ask" | "rerun";

export interface RunOptions {
  /** Continues the thread, or begins it. Without one the run stands alone. */
  readonly threadId?: string;
  /** Whose thread it is, where an app has several users. @default "" */
  readonly userId?: string;
  readonly signal?: AbortSignal;
  /** Language of limit messages. @default that of the input */
  readonly language?: Language;
}

/** An agent that is ready to run. */
export interface Agent<I extends Record<string, unknown> = Record<string, unknown>> {
  readonly name: string;
  /** Runs until the model is done, a limit is reached, an approval is needed, or the signal aborts. */
  run(input: string | I, options?: RunOptions): AsyncGenerator<AgentEvent, void, undefined>;
  /**
   * Continues a thread that waits for decisions; undecided calls go on waiting. Without decisions, continues a run that a
   * crash, an error, a limit or an abort cut off, from the last step that was kept.
   */
  resume(
    threadId: string,
    decisions?: Decisions,
    options?: Omit<RunOptions, "threadId">,
  ): AsyncGenerator<AgentEvent, void, undefined>;
  /** Calls that wait for decisions: what `approval-needed` said, for a program that was restarted since. */
  pending(threadId: string, options?: { readonly userId?: string }): Promise<readonly ApprovalRequest[]>;
  /** What was approved for `always` in this thread. */
  grants(threadId: string, options?: { readonly userId?: string }): Promise<readonly Grant[]>;
  /** Takes back one grant, or all. False when there was none. A thread that is running must end first. */
  revoke(threadId: string, grantId?: string, options?: { readonly userId?: string }): Promise<boolean>;
  /** The messages of a thread so far. */
  messages(threadId: string, options?: { readonly userId?: string }): Promise<readonly BaseMessage[]>;
  /** Deletes a thread with all that belongs to it; a run on it is stopped. */
  deleteThread(threadId: string, options?: { readonly userId?: string }): Promise<void>;
}

/** A definition with its defaults filled in and checked, as the loop uses it. */
export interface ReadyAgent {
  readonly name: string;
  readonly prompt: string | Prompt<Record<string, unknown>, unknown> | undefined;
  readonly model: BaseChatModel;
  readonly modelName: string;
  readonly tools: readonly StructuredToolInterface[];
  readonly limits: Required<AgentLimits>;
  readonly prices: PriceTable | undefined;
  readonly approvals: ApprovalPolicy | undefined;
  readonly untrusted: readonly string[] | "all";
  readonly guards: ReadyGuards;
  readonly context: ReadyContext;
  readonly memory: MemoryOptions | undefined;
  readonly store: StateStore;
  readonly onUnfinished: OnUnfinished;
}

/**
 * Defines an agent: a model that calls tools in a loop until it has an answer.
 *
 * @throws AgentError `invalid-definition`
 *
 * @example
 * const tutor = defineAgent({ name: "tutor", prompt: "你是数学老师。", model, tools: [calculator()] });
 * for await (const event of tutor.run("37 × 41 是多少？", { threadId: "t1" })) {
 *   if (event.type === "text") process.stdout.write(event.delta);
 * }
 */
export function defineAgent<I extends Record<string, unknown>>(definition: AgentDefinition<I>): Agent<I> {
  const tools = definition.tools ?? [];
  const modelName = nameOfModel(definition.model);
  checkTools(tools, definition);
  const ready: ReadyAgent = {
    name: definition.name,
    prompt: definition.prompt as string | Prompt<Record<string, unknown>, unknown> | undefined,
    model: definition.model,
    modelName,
    tools,
    limits: checkLimits(definition.limits ?? {}, definition.prices, modelName),
    prices: definition.prices,
    approvals: definition.approvals,
    untrusted: untrustedTools(tools, definition.untrusted),
    guards: checkGuards(definition.guards),
    context: checkContext(definition.context, definition.model),
    memory: checkMemory(definition.memory),
    store: definition.store ?? memoryStore(),
    onUnfinished: checkOnUnfinished(definition.onUnfinished),
  };
  return {
    name: definition.name,
    run: (input, options = {}) => runAgent(ready, input, options),
    resume: (threadId, decisions, options = {}) => resumeAgent(ready, threadId, decisions, options),
    pending: (threadId, { userId } = {}) => pendingCalls(ready, threadId, userId),
    grants: async (threadId, { userId } = {}) => {
      await checkOwner(ready, threadId, userId);
      return readGrants(ready.store.checkpointer, threadId);
    },
    revoke: async (threadId, grantId, { userId } = {}) => {
      await checkOwner(ready, threadId, userId);
      return revokeGrants(ready, threadId, grantId);
    },
    messages: async (threadId, { userId } = {}) => {
      await checkOwner(ready, threadId, userId);
      return threadMessages(ready, threadId);
    },
    deleteThread: (threadId, { userId } = {}) => ready.store.threads.delete(threadId, userId),
  };
}

function checkTools(
  tools: readonly StructuredToolInterface[],
  { approvals, untrusted }: Pick<AgentDefinition, "approvals" | "untrusted">,
): void {
  const names = tools.map((tool) => tool.name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) {
    throw new AgentError("invalid-definition", `Two tools are named "${repeated}". Tool names must differ.`);
  }
  checkTraits(tools);
  checkApprovals(approvals, names);
  const unknown = Array.isArray(untrusted) ? untrusted.find((name) => !names.includes(name)) : undefined;
  if (unknown !== undefined) {
    throw new AgentError(
      "invalid-definition",
      `"untrusted" names "${unknown}", which is not a tool. Tools: ${names.join(", ") || "none"}.`,
    );
  }
}

function checkOnUnfinished(value: OnUnfinished = "tell"): OnUnfinished {
  if (["tell", "ask", "rerun"].includes(value)) return value;
  throw new AgentError(
    "invalid-definition",
    `"onUnfinished" must be "tell", "ask" or "rerun", not ${JSON.stringify(value)}.`,
  );
}

function nameOfModel(model: BaseChatModel): string {
  const { model: name, modelName } = model as { model?: unknown; modelName?: unknown };
  return [name, modelName].find((value) => typeof value === "string") ?? model.getName();
}
