import type { RunContext, ToolPolicy } from "./policy.ts";

/** Lets at most `toolConcurrency` tools run at once, in the order of the calls. */
export function limitConcurrency({ agent, signal }: RunContext): ToolPolicy {
  if (agent.toolConcurrency === Number.POSITIVE_INFINITY) return (run, next) => next(run);
  const queue: { readonly start: () => void; readonly stop: () => void }[] = [];
  let free = agent.toolConcurrency;
  // One listener for all that wait: each tool adds one of its own already.
  const stopAll = () => {
    for (const { stop } of queue.splice(0)) stop();
  };
  signal.addEventListener("abort", stopAll, { once: true });
  const take = async (): Promise<void> => {
    signal.throwIfAborted();
    if (free > 0) {
      free--;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      queue.push({ start: resolve, stop: () => reject(signal.reason) });
    });
  };
  return async (run, next) => {
    await take();
    try {
      return await next(run);
    } finally {
      // Whoever is done hands its place on.
      const following = queue.shift();
      if (following) following.start();
      else free++;
    }
  };
}
