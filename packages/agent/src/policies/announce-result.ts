import { ToolMessage } from "@langchain/core/messages";
import { markOf } from "../guards/taint.ts";
import type { ToolPolicy } from "./policy.ts";
import { isError } from "./tool-message.ts";

/** Writes what came of a call into the stream. */
export const announceResult: ToolPolicy = async (run, next) => {
  const outcome = await next(run);
  const { call, result } = outcome;
  if (!ToolMessage.isInstance(result)) return outcome;
  const artifact: unknown = result.artifact;
  const flags = markOf(result)?.flags ?? [];
  run.emit({
    type: "tool-result",
    ...call,
    content: result.text,
    isError: isError(outcome),
    ...(flags.length > 0 && { flags }),
    ...(outcome.mayHaveRun && { mayHaveRun: true as const }),
    ...(artifact !== undefined && { artifact }),
  });
  return outcome;
};
