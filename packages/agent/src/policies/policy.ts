import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { AIMessage, BaseMessage, ToolMessage } from "@langchain/core/messages";
import type { Command } from "@langchain/langgraph";
import type { ReadyAgent } from "../define.ts";
import type { AgentEventBody, AgentToolCall } from "../events.ts";
import type { Grant } from "../grants.ts";
import type { PiiGuard } from "../guards/pii-guard.ts";
import type { Budget } from "../limits.ts";
import type { Pause } from "../pause.ts";
import type { TraceRecorder } from "../trace/recorder.ts";
import type { Language } from "../wording.ts";

/** What the policies of one run share. */
export interface RunContext {
  readonly agent: ReadyAgent;
  readonly threadId: string;
  readonly budget: Budget;
  readonly trace: TraceRecorder;
  /** Aborted when the run must stop: by the caller, by the time limit, or since nobody reads any more. */
  readonly signal: AbortSignal;
  /** Why a call of the last reply must not run, by call id. */
  readonly refusals: Map<string, string>;
  /** Writes into the stream, in this agent's name. */
  readonly emit: Emit;
  /** Present when the agent keeps personal data from its model. */
  readonly pii?: PiiGuard;
  /** Can the run pause for a person and be resumed? Not without a thread to come back to. */
  readonly canPause: boolean;
  /** What was asked, decided and done of the calls that this run goes on with. */
  pause: Pause;
  /** What a person allowed for the rest of the thread. */
  grants: readonly Grant[];
  /** Known once the thread has been read. */
  language: Language;
  /** What the agent's `output` schema made of the last reply. */
  output?: { readonly value: unknown };
  /** As the model last read it. */
  thread: { readonly messages: readonly BaseMessage[]; readonly tainted: boolean };
  /** What of it the model is sent, once that was worked out. */
  view?: readonly BaseMessage[];
}

/** What a policy may write into the stream. */
export type Emit = (event: AgentEventBody | { type: "reply"; text: string }) => void;

/** One tool call on its way to the tool. */
export interface ToolRun {
  readonly call: AgentToolCall;
  /** Stops this call alone, where it has a time limit of its own. */
  readonly signal?: AbortSignal;
  /** Id of the model's reply that holds the call. */
  readonly replyId: string;
  readonly emit: Emit;
}

/** What came of a call: with the arguments it ran with, and what the model reads. */
export interface ToolOutcome {
  readonly call: AgentToolCall;
  readonly result: ToolMessage | Command;
  /** It was cut off before, so it may have taken effect without having given a result. */
  readonly mayHaveRun?: boolean;
}

/** Stands between the model's call and the tool: may refuse it, change it, wait, or change what comes back. */
export type ToolPolicy = (run: ToolRun, next: (run: ToolRun) => Promise<ToolOutcome>) => Promise<ToolOutcome>;

/** What a model is about to be asked. */
export interface ModelTurn {
  readonly model: BaseChatModel;
  readonly system: string;
  readonly messages: readonly BaseMessage[];
}

/** Stands between the run and the model: may change what is asked, ask again or ask another, or change the reply. */
export type ModelPolicy = (
  turn: ModelTurn,
  next: (turn: ModelTurn) => Promise<AIMessage>,
) => Promise<AIMessage>;

/** Puts policies in front of what they guard: the first of the list is the outermost. */
export function chain<In, Out>(
  policies: readonly ((value: In, next: (value: In) => Promise<Out>) => Promise<Out>)[],
  last: (value: In) => Promise<Out>,
): (value: In) => Promise<Out> {
  return policies.reduceRight<(value: In) => Promise<Out>>(
    (next, policy) => (value) => policy(value, next),
    last,
  );
}
