import { READ_RESULT } from "../tools/read-result.ts";
import type { RunContext, ToolPolicy } from "./policy.ts";
import { refused } from "./tool-message.ts";

/** Refuses calls that cannot be meant: broken or cut-off arguments, tools that do not exist. */
export function refuseUnsoundCalls({ agent, refusals }: RunContext): ToolPolicy {
  const names = agent.tools.map((tool) => tool.name);
  const own = names.filter((name) => name !== READ_RESULT);
  return async (run, next) => {
    const refusal = refusals.get(run.call.id);
    if (refusal !== undefined) return refused(run.call, refusal);
    if (!names.includes(run.call.name)) return refused(run.call, describeUnknownTool(run.call.name, own));
    return next(run);
  };
}

function describeUnknownTool(name: string, names: readonly string[]): string {
  return `Error: there is no tool "${name}". ${names.length > 0 ? `The tools are: ${names.join(", ")}.` : "There are no tools; answer without."}`;
}
