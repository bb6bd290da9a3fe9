import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { BaseMessage } from "@langchain/core/messages";
import type { StructuredToolInterface } from "@langchain/core/tools";
import type { Prompt } from "@zixue/prompts";
import type { z } from "zod";
import { type ApprovalPolicy, checkApprovals } from "./approvals.ts";
import { type ContextOptions, checkContext, type ReadyContext } from "./context/context-options.ts";
import type { Decisions } from "./decisions.ts";
import { AgentError } from "./errors.ts";
import type { AgentEvent, ApprovalRequest } from "./events.ts";
import { type Grant, readGrants } from "./grants.ts";
import { checkGuards, type Guards, type ReadyGuards } from "./guards/guards.ts";
import { checkTraits, untrustedTools } from "./guards/tool-traits.ts";
import type { Transfers } from "./hand-off.ts";
import { joinTeam, type Team } from "./join-team.ts";
import { type AgentLimits, checkLimits } from "./limits.ts";
import { nameOfModel } from "./model-name.ts";
import { checkOutput, type ReadyOutput } from "./output.ts";
import { checkLargeResults, type LargeResultsOptions } from "./policies/keep-large-results.ts";
import { type Colleague, registerAgent } from "./ready-agent.ts";
import { checkMemory, type MemoryOptions } from "./recall-facts.ts";
import { pendingCalls, resumeAgent, revokeGrants, runAgent, threadMessages } from "./run.ts";
import type { PriceTable } from "./spending.ts";
import { checkOwner } from "./start.ts";
import { memoryStore } from "./store/memory-store.ts";
import type { StateStore, TraceSpan, TraceStore } from "./store/state-store.ts";
import { readResult } from "./tools/read-result.ts";
import { readTrace } from "./trace/read-trace.ts";
import type { TraceOptions } from "./trace/recorder.ts";
import type { Language } from "./wording.ts";

export interface AgentDefinition<I extends Record<string, unknown> = Record<string, unknown>, O = unknown> {
  readonly name: string;
  /** What the agent is for: other agents read it that may call it or hand over to it. */
  readonly description?: string;
  /**
   * System text; or a prompt, whose system messages frame each run and whose other messages join the thread. A prompt
   * takes its own input; a plain string becomes its input named `input`.
   */
  readonly prompt?: string | Prompt<I, unknown>;
  readonly model: BaseChatModel;
  /** Asked in turn when the model fails for good. */
  readonly fallbacks?: readonly BaseChatModel[];
  /**
   * How often each model is asked again after a failure that may pass. What the model retries by itself (`maxRetries`)
   * comes on top. @default 2
   */
  readonly retries?: number;
  readonly tools?: readonly StructuredToolInterface[];
  /** How many tools may run at once. @default no limit */
  readonly toolConcurrency?: number;
  /** Time for each tool call; one that takes longer is stopped and the model told. @default no limit */
  readonly toolMilliseconds?: number;
  /**
   * What the run gives: the last answer is read as JSON of this schema, whichever the provider, and `done.output` holds
   * it. The schema must be one that JSON can carry in; it may transform what comes.
   */
  readonly output?: z.ZodType<O>;
  /** How often the model may mend an answer that does not match `output`. @default 2 */
  readonly outputRepairs?: number;
  /**
   * Agents that this one can hand the thread over to, by a tool `transfer_to_<name>`: the thread then goes on with their
   * prompt, model and tools. A function where agents know each other.
   */
  readonly handoffs?: readonly AnyAgent[] | (() => readonly AnyAgent[]);
  /** Hand-offs in one run; more are refused. @default 8 */
  readonly maxHandoffs?: number;
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
  /**
   * A tool result that would fill the prompt is kept in the thread, and the model is shown its beginning and can read on
   * with a tool `read_result`. `false`: every result is shown whole. @default { tokens: 4000 }
   */
  readonly largeResults?: LargeResultsOptions | false;
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
  /** Every run is traced; `content: true` keeps shortened texts too. @default { content: false } */
  readonly trace?: TraceOptions;
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

/** An agent that is ready to run; `O` is what its `output` schema gives. */
export interface Agent<I extends Record<string, unknown> = Record<string, unknown>, O = unknown> {
  readonly name: string;
  /** Runs until the model is done, a limit is reached, an approval is needed, or the signal aborts. */
  run(input: string | I, options?: RunOptions): AsyncGenerator<AgentEvent<O>, void, undefined>;
  /**
   * Continues a thread that waits for decisions; undecided calls go on waiting. Without decisions, continues a run that a
   * crash, an error, a limit or an abort cut off, from the last step that was kept.
   */
  resume(
    threadId: string,
    decisions?: Decisions,
    options?: Omit<RunOptions, "threadId">,
  ): AsyncGenerator<AgentEvent<O>, void, undefined>;
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
  /** Spans of a run in order of start, by the `traceId` of its `done`; `[]` when there is none. */
  trace(traceId: string, options?: { readonly userId?: string }): Promise<readonly TraceSpan[]>;
}

// biome-ignore lint/suspicious/noExplicitAny: an agent of any input; `Record<string, unknown>` would refuse those with a Prompt
export type AnyAgent = Agent<any, unknown>;

/** A definition with its defaults filled in and checked, as the loop uses it. */
export interface ReadyAgent {
  readonly name: string;
  readonly description: string | undefined;
  readonly prompt: string | Prompt<Record<string, unknown>, unknown> | undefined;
  readonly model: BaseChatModel;
  readonly modelName: string;
  readonly fallbacks: readonly BaseChatModel[];
  readonly retries: number;
  /** Those of the definition, and those that hand over. */
  readonly tools: readonly StructuredToolInterface[];
  readonly toolConcurrency: number;
  readonly toolMilliseconds: number;
  readonly output: ReadyOutput | undefined;
  readonly handoffs: readonly Colleague[];
  readonly transfers: Transfers;
  readonly maxHandoffs: number;
  readonly limits: Required<AgentLimits>;
  readonly prices: PriceTable | undefined;
  readonly approvals: ApprovalPolicy | undefined;
  readonly untrusted: readonly string[] | "all";
  readonly guards: ReadyGuards;
  readonly context: ReadyContext;
  /** Tokens of a result that are shown; undefined when all are. */
  readonly largeResults: number | undefined;
  readonly memory: MemoryOptions | undefined;
  readonly store: StateStore;
  readonly onUnfinished: OnUnfinished;
  readonly trace: Required<TraceOptions>;
  /** Of runs without a thread; they last as long as the agent. */
  readonly ownTraces: TraceStore;
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
export function defineAgent<I extends Record<string, unknown>, O = unknown>(
  definition: AgentDefinition<I, O>,
): Agent<I, O> {
  const { name, description, handoffs = [], fallbacks = [] } = definition;
  const tools = definition.tools ?? [];
  const modelName = nameOfModel(definition.model);
  checkTools(tools, definition);
  const largeResults = checkLargeResults(definition.largeResults, tools);
  const own = largeResults === undefined ? tools : [...tools, readResult(largeResults)];
  const base = {
    name,
    description,
    prompt: definition.prompt as string | Prompt<Record<string, unknown>, unknown> | undefined,
    model: definition.model,
    modelName,
    fallbacks,
    retries: checkCount("retries", 0, definition.retries ?? 2),
    toolConcurrency: checkCount("toolConcurrency", 1, definition.toolConcurrency),
    toolMilliseconds: checkCount("toolMilliseconds", 1, definition.toolMilliseconds),
    output: checkOutput(definition.output, definition.outputRepairs),
    maxHandoffs: checkCount("maxHandoffs", 0, definition.maxHandoffs ?? 8),
    limits: checkLimits(definition.limits ?? {}, definition.prices, [
      modelName,
      ...fallbacks.map(nameOfModel),
    ]),
    prices: definition.prices,
    approvals: definition.approvals,
    untrusted: untrustedTools(tools, definition.untrusted),
    guards: checkGuards(definition.guards),
    context: checkContext(definition.context, definition.model),
    largeResults,
    memory: checkMemory(definition.memory),
    store: definition.store ?? memoryStore(),
    onUnfinished: checkOnUnfinished(definition.onUnfinished),
    trace: { content: definition.trace?.content ?? false },
    ownTraces: memoryStore().traces,
  };
  let team: Team | undefined;
  const ready = (): ReadyAgent => {
    team ??= joinTeam(name, own, typeof handoffs === "function" ? handoffs() : handoffs);
    return { ...base, ...team };
  };
  // Agents that know each other cannot all be there when the first of them is defined.
  if (typeof handoffs !== "function") ready();
  type Events = ReturnType<Agent<I, O>["run"]>;
  const agent: Agent<I, O> = {
    name,
    run: (input, options = {}) => runAgent(ready(), input, options) as Events,
    resume: (threadId, decisions, options = {}) =>
      resumeAgent(ready(), threadId, decisions, options) as Events,
    pending: (threadId, { userId } = {}) => pendingCalls(ready(), threadId, userId),
    grants: async (threadId, { userId } = {}) => {
      await checkOwner(ready(), threadId, userId);
      return readGrants(base.store.checkpointer, threadId);
    },
    revoke: async (threadId, grantId, { userId } = {}) => {
      await checkOwner(ready(), threadId, userId);
      return revokeGrants(ready(), threadId, grantId);
    },
    messages: async (threadId, { userId } = {}) => {
      await checkOwner(ready(), threadId, userId);
      return threadMessages(ready(), threadId);
    },
    deleteThread: (threadId, { userId } = {}) => base.store.threads.delete(threadId, userId),
    trace: (traceId, { userId } = {}) => readTrace(ready(), traceId, userId),
  };
  registerAgent(agent, { name, description, ready });
  return agent;
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

/** `undefined` is no limit. */
function checkCount(name: string, least: number, value = Number.POSITIVE_INFINITY): number {
  if (value >= least && (Number.isInteger(value) || value === Number.POSITIVE_INFINITY)) return value;
  throw new AgentError(
    "invalid-definition",
    `"${name}" must be a whole number of at least ${least}, not ${value}.`,
  );
}
