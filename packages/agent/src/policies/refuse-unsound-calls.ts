import type { RunContext, ToolPolicy } from "./policy.ts";
import { refused } from "./tool-message.ts";

/** Refuses calls that cannot be meant: broken or cut-off arguments, tools that do not exist. */
export function refuseUnsoundCalls({ agent, refusals }: RunContext): ToolPolicy {
  const names = agent.tools.map((tool) => tool.name);
  return async (run, next) => {
    const refusal = refusals.get(run.call.id);
    if (refusal !== undefined) return refused(run.call, refusal);
    if (!names.includes(run.call.name)) return refused(run.call, describeUnknownTool(run.call.name, names));
    return next(run);
  };
}

function describeUnknownTool(name: string, names: readonly string[]): string {
  return `Error: there is no tool "${name}". ${names.length > 0 ? `The tools are: ${names.join(", ")}.` : "There are no tools; answer without."}`;
}
