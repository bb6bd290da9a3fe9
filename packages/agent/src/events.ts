import type { LimitName } from "./limits.ts";

/** A tool call as the model made it, or as a person edited it. */
export interface AgentToolCall {
  readonly id: string;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** A call that waits for a person. */
export interface ApprovalRequest extends AgentToolCall {
  /**
   * `policy`: the agent's `approvals` say so. `guard`: a guard does, whatever was granted. `unfinished`: the call was cut
   * off before, may have taken effect, and would run again.
   */
  readonly why: "policy" | "guard" | "unfinished";
  /** Why in words, where the word above is not all there is to say. */
  readonly reason?: string;
  /** Who wants to make it, where that is an agent that is a tool of this one. */
  readonly agent?: string;
  /** What the call would do: by `approvals.<tool>.describe`, or the tool's own description. */
  readonly description: string;
}

/** What one agent took. */
export interface UsageOfAgent {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Part of the input that the provider had cached. */
  readonly cachedTokens: number;
  readonly steps: number;
  readonly toolCalls: number;
  /** By the price table, each call by the price of the model that answered; absent without a price for each. */
  readonly cost?: { readonly amount: number; readonly currency: string };
}

/** What one run took, tools, failed attempts and unfinished replies included. */
export interface AgentUsage extends UsageOfAgent {
  readonly milliseconds: number;
  /** True when some reply came without usage (cut off, or a provider that reports none) and was counted here. */
  readonly estimated: boolean;
  /** By the agent's name, where more than one took part. */
  readonly byAgent?: Readonly<Record<string, UsageOfAgent>>;
}

/** How a run ended. `waiting`: for the decisions that `approval-needed` asked for. */
export type AgentStatus = "completed" | "limited" | "waiting" | "aborted" | "failed";

/**
 * What a run streams, each event with the name of the agent that speaks. `usage` and `done` come last, in this order,
 * however the run ends. `O` is what the run gives as structured output.
 */
export type AgentEvent<O = unknown> = AgentEventBody<O> & { readonly agent: string };

export type AgentEventBody<O = unknown> =
  | { readonly type: "text"; readonly delta: string }
  /** A model's thinking, kept apart from what it says. */
  | { readonly type: "reasoning"; readonly delta: string }
  | ({ readonly type: "tool-call" } & AgentToolCall)
  /** `args` are those the tool ran with; `content` is what the model reads, `artifact` what only programs see. */
  | ({
      readonly type: "tool-result";
      readonly content: string;
      readonly isError: boolean;
      readonly artifact?: unknown;
      /** What in it looks like an injected instruction; see `detectInjection`. */
      readonly flags?: readonly string[];
      /** The call was cut off by a crash or an abort, so it may have taken effect without having given a result. */
      readonly mayHaveRun?: true;
    } & AgentToolCall)
  /** Decide on each of these calls with `resume`. Calls that need no approval have run already. */
  | { readonly type: "approval-needed"; readonly calls: readonly ApprovalRequest[] }
  | { readonly type: "limit"; readonly limit: LimitName; readonly max: number; readonly message: string }
  | { readonly type: "error"; readonly error: { readonly code: string; readonly message: string } }
  /**
   * The model is asked again, since the attempt before failed. Drop what this step has said so far. `attempt` counts
   * from 2; `reason` is the error's code; `model` is asked now, after `waitMilliseconds`.
   */
  | {
      readonly type: "retry";
      readonly attempt: number;
      readonly reason: string;
      readonly model: string;
      readonly waitMilliseconds: number;
    }
  /** From now on the agent `to` speaks in this thread. */
  | { readonly type: "handoff"; readonly to: string }
  /** What an agent says that is a tool of this one; `path` are the names from the lead to the one who says it. */
  | { readonly type: "member"; readonly path: readonly string[]; readonly event: AgentEvent }
  | ({ readonly type: "usage" } & AgentUsage)
  /** `text` is the last thing the model said, unfinished if the run was cut short. */
  | {
      readonly type: "done";
      readonly status: AgentStatus;
      readonly text: string;
      readonly usage: AgentUsage;
      /** For `agent.trace`, and for `traces` of the store. */
      readonly traceId: string;
      /** What the agent's `output` schema gives, when the run completed. */
      readonly output?: O;
    };
