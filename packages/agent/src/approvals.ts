import { AgentError } from "./errors.ts";
import type { AgentToolCall } from "./events.ts";

/** What a person decided about one tool call. */
export type Decision =
  | { readonly type: "approve" }
  /** Run the tool with these arguments instead. */
  | { readonly type: "edit"; readonly args: Readonly<Record<string, unknown>> }
  /** Do not run it; the model reads the reason. */
  | { readonly type: "reject"; readonly reason: string };

/** Decisions by tool-call id. */
export type Decisions = Readonly<Record<string, Decision>>;

/** Which calls need approval: tool names, or a test, which must say the same when asked again about the same call. */
export type ApprovalPolicy = readonly string[] | ((call: AgentToolCall) => boolean);

export function needsApproval(policy: ApprovalPolicy | undefined, call: AgentToolCall): boolean {
  if (policy === undefined) return false;
  return typeof policy === "function" ? policy(call) : policy.includes(call.name);
}

/** A pause as the graph keeps it. */
export interface PendingApproval {
  readonly interruptId: string;
  readonly call: AgentToolCall;
}

/**
 * Turns decisions by call into the values that the graph's interrupts wait for. Calls without a decision stay
 * pending.
 *
 * @throws AgentError `nothing-to-resume` or `invalid-decision`
 */
export function matchDecisions(
  threadId: string,
  pending: readonly PendingApproval[],
  decisions: Decisions,
): Record<string, Decision> {
  if (pending.length === 0) {
    throw new AgentError(
      "nothing-to-resume",
      `Thread "${threadId}" waits for no decision. Use run to continue it.`,
      {
        details: { threadId },
      },
    );
  }
  const waiting = pending.map(({ call }) => `${call.id} (${call.name})`).join(", ");
  const entries = Object.entries(decisions);
  if (entries.length === 0)
    throw new AgentError("invalid-decision", `Decide on at least one of: ${waiting}.`);
  return Object.fromEntries(
    entries.map(([id, decision]) => {
      const found = pending.find(({ call }) => call.id === id);
      if (!found)
        throw new AgentError(
          "invalid-decision",
          `No call "${id}" waits for a decision; these do: ${waiting}.`,
        );
      checkDecision(id, decision);
      return [found.interruptId, decision];
    }),
  );
}

function checkDecision(id: string, decision: Decision): void {
  const type = decision?.type;
  if (type === "approve") return;
  if (type === "edit" && typeof decision.args === "object" && decision.args !== null) return;
  if (type === "reject" && typeof decision.reason === "string") return;
  throw new AgentError(
    "invalid-decision",
    `The decision on "${id}" must be { type: "approve" }, { type: "edit", args: {…} } or { type: "reject", reason: "…" }.`,
    { details: { id, decision } },
  );
}
