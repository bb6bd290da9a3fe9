import type { RunContext, ToolPolicy } from "./policy.ts";

/** Lets at most `toolConcurrency` tools run at once, in the order of the calls. */
export function limitConcurrency({ agent, signal }: RunContext): ToolPolicy {
  if (agent.toolConcurrency === Number.POSITIVE_INFINITY) return (run, next) => next(run);
  const queue: (() => void)[] = [];
  let free = agent.toolConcurrency;
  const take = async (): Promise<void> => {
    if (free > 0) {
      free--;
      return;
    }
    // Whoever is done hands its place on.
    await new Promise<void>((resolve, reject) => {
      queue.push(resolve);
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  };
  return async (run, next) => {
    await take();
    try {
      return await next(run);
    } finally {
      const following = queue.shift();
      if (following) following();
      else free++;
    }
  };
}
