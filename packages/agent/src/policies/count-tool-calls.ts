import type { RunContext, ToolPolicy } from "./policy.ts";
import { refused } from "./tool-message.ts";

/** Refuses calls beyond the limit. */
export function countToolCalls({ budget }: RunContext): ToolPolicy {
  return async (run, next) =>
    budget.beginToolCall()
      ? next(run)
      : refused(run.call, "Error: not run, because the limit of tool calls was reached.");
}
