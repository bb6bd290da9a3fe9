import { interrupt } from "@langchain/langgraph";
import { type Decision, needsApproval } from "../approvals.ts";
import { mustAsk } from "../guards/taint.ts";
import type { RunContext, ToolPolicy } from "./policy.ts";
import { refused, withText } from "./tool-message.ts";

/** Waits for a person's decision on calls that need one. */
export function askApproval(context: RunContext): ToolPolicy {
  return async (run, next) => {
    const { call } = run;
    const reason = mustAsk(context, call);
    if (reason === undefined && !needsApproval(context.agent.approvals, call)) return next(run);
    if (!context.canPause) {
      return refused(
        call,
        `Error: not run. It needs a person's approval (${reason}), and this run has no thread to wait in. Do without it, and tell the user.`,
      );
    }
    const decision = interrupt({ type: "approval", call }) as Decision;
    if (decision.type === "reject")
      return refused(call, `The user rejected this call: ${decision.reason || "no reason given"}`);
    if (decision.type === "approve") return next(run);
    const note = `The user changed the arguments to ${JSON.stringify(decision.args)}.\n`;
    return withText(await next({ ...run, call: { ...call, args: decision.args } }), (text) => note + text);
  };
}
