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
  /** What the call would do: by `approvals.<tool>.describe`, or the tool's own description. */
  readonly description: string;
}

/** What one run took, tools and unfinished replies included. */
export interface AgentUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Part of the input that the provider had cached. */
  readonly cachedTokens: number;
  readonly steps: number;
  readonly toolCalls: number;
  readonly milliseconds: number;
  /** By the price table; absent without one. */
  readonly cost?: { readonly amount: number; readonly currency: string };
  /** True when some reply came without usage (cut off, or a provider that reports none) and was counted here. */
  readonly estimated: boolean;
}

/** How a run ended. `waiting`: for the decisions that `approval-needed` asked for. */
export type AgentStatus = "completed" | "limited" | "waiting" | "aborted" | "failed";

/** What a run streams. `usage` and `done` come last, in this order, however the run ends. */
export type AgentEvent =
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
  | ({ readonly type: "usage" } & AgentUsage)
  /** `text` is the last thing the model said, unfinished if the run was cut short. */
  | {
      readonly type: "done";
      readonly status: AgentStatus;
      readonly text: string;
      readonly usage: AgentUsage;
    };
