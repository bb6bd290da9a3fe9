import { isGraphInterrupt } from "@langchain/langgraph";
import { redactSecrets } from "../guards/redact-secrets.ts";
import type { RunContext, ToolPolicy } from "./policy.ts";
import { refused } from "./tool-message.ts";

/** Makes of a tool's exception a result that the model can read. */
export function reportToolErrors({ signal }: RunContext): ToolPolicy {
  return async (run, next) => {
    try {
      return await next(run);
    } catch (error) {
      if (isGraphInterrupt(error) || signal.aborted) throw error;
      return refused(run.call, `Error: ${run.call.name} failed: ${redactSecrets(messageOf(error))}`);
    }
  };
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  // LangChain puts the stack of a schema mismatch into its message; the model has no use for it.
  return message
    .split("\n")
    .filter((line) => !/^\s+at .*:\d+:\d+\)?$/.test(line))
    .join("\n");
}
