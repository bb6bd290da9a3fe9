import { untrusted } from "@zixue/prompts";
import type { RunContext, ToolPolicy } from "./policy.ts";
import { isError, withText } from "./tool-message.ts";

/** Fences results of untrusted tools as data, so that instructions in them are recognisable as part of them. */
export function fenceResults({ agent }: RunContext): ToolPolicy {
  const isFenced = (name: string) => agent.untrusted === "all" || agent.untrusted.includes(name);
  return async (run, next) => {
    const outcome = await next(run);
    if (!isFenced(run.call.name) || isError(outcome)) return outcome;
    return withText(outcome, (text) => untrusted(text, { source: run.call.name }));
  };
}
