import type { RunContext, ToolOutcome, ToolPolicy } from "./policy.ts";
import { refused } from "./tool-message.ts";

/** Stops a tool that takes longer than `toolMilliseconds`, and does not wait for one that ignores its signal. */
export function limitToolTime({ agent, signal }: RunContext): ToolPolicy {
  const { toolMilliseconds } = agent;
  if (toolMilliseconds === Number.POSITIVE_INFINITY) return (run, next) => next(run);
  return async (run, next) => {
    const deadline = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeout = new Promise<ToolOutcome>((resolve) => {
      timer = setTimeout(() => {
        const text = `Error: ${run.call.name} did not finish within ${toolMilliseconds} ms and was stopped. It may have had effects.`;
        resolve(refused(run.call, text));
        deadline.abort(new Error(text));
      }, toolMilliseconds);
    });
    try {
      const inTime = next({ ...run, signal: AbortSignal.any([signal, deadline.signal]) });
      // What a stopped tool still throws is of no interest any more.
      inTime.catch(() => {});
      return await Promise.race([inTime, timeout]);
    } finally {
      clearTimeout(timer);
    }
  };
}
