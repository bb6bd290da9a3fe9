import { describeCall, needsApproval } from "../approvals.ts";
import type { Decision } from "../decisions.ts";
import type { AgentToolCall, ApprovalRequest } from "../events.ts";
import { covers } from "../grants.ts";
import { mustAsk } from "../guards/taint.ts";
import { ask } from "../pause.ts";
import type { RunContext, ToolPolicy, ToolRun } from "./policy.ts";
import { refused, withText } from "./tool-message.ts";

/** Waits for a person's decision on calls that need one. */
export function askApproval(context: RunContext): ToolPolicy {
  const { agent } = context;
  return async (run, next) => {
    const { call } = run;
    const question = questionAbout(context, call);
    if (!question) return next(run);
    if (!context.canPause) {
      const reason = question.reason === undefined ? "" : ` (${question.reason})`;
      return refused(
        call,
        `Error: not run. It needs a person's approval${reason}, and this run has no thread to wait in. Do without it, and tell the user.`,
      );
    }
    const description = describeCall(agent.approvals, agent.tools, call);
    const decision = ask({ ...call, ...question, description });
    if (decision.type === "reject") return refused(call, rejection(decision));
    const decided = asDecided(run, decision);
    const outcome = await next(decided.run);
    return decided.note === "" ? outcome : withText(outcome, (text) => decided.note + text);
  };
}

/** The call as a person let it run, and what the model is told of that. */
export function asDecided(run: ToolRun, decision: Exclude<Decision, { type: "reject" }>) {
  if (decision.type === "approve") return { run, note: "" };
  const note = `The user changed the arguments to ${JSON.stringify(decision.args)}.\n`;
  return { run: { ...run, call: { ...run.call, args: decision.args } }, note };
}

export function rejection({ reason }: Extract<Decision, { type: "reject" }>): string {
  return `The user rejected this call: ${reason || "no reason given"}`;
}

/**
 * Why a call waits, if it does. One that was asked about before is not judged anew: what was decided holds, and what
 * waits goes on waiting unless a grant covers it by now.
 */
function questionAbout(
  context: RunContext,
  call: AgentToolCall,
): Pick<ApprovalRequest, "why" | "reason"> | undefined {
  const { agent, pause } = context;
  const isAboutCall = ({ callId, why }: { callId: string; why: ApprovalRequest["why"] }) =>
    callId === call.id && why !== "unfinished";
  const answer = pause.answers.find(isAboutCall);
  if (answer) return { why: answer.why };
  const reason = mustAsk(context, call);
  if (reason !== undefined) return { why: "guard", reason };
  if (context.grants.some((grant) => covers(grant, call))) return undefined;
  const asked = pause.waiting.some(({ request }) => isAboutCall({ callId: request.id, why: request.why }));
  return asked || needsApproval(agent.approvals, call) ? { why: "policy" } : undefined;
}
