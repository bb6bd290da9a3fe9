import { interrupt } from "@langchain/langgraph";
import { type Decision, needsApproval } from "../approvals.ts";
import type { RunContext, ToolPolicy } from "./policy.ts";
import { refused, withText } from "./tool-message.ts";

/** Waits for a person's decision on calls that need one. */
export function askApproval({ agent }: RunContext): ToolPolicy {
  return async (run, next) => {
    const { call } = run;
    if (!needsApproval(agent.approvals, call)) return next(run);
    const decision = interrupt({ type: "approval", call }) as Decision;
    if (decision.type === "reject")
      return refused(call, `The user rejected this call: ${decision.reason || "no reason given"}`);
    if (decision.type === "approve") return next(run);
    const note = `The user changed the arguments to ${JSON.stringify(decision.args)}.\n`;
    return withText(await next({ ...run, call: { ...call, args: decision.args } }), (text) => note + text);
  };
}
