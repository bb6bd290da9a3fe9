import type { ReadyAgent } from "./define.ts";
import type { GraphNote } from "./graph.ts";
import { PiiGuard } from "./guards/pii-guard.ts";
import { Budget } from "./limits.ts";
import { NO_PAUSE } from "./pause.ts";
import type { RunContext } from "./policies/policy.ts";

/**
 * The agents that one run may be handed over to, the lead first, each with its own policies and limits. They share the
 * thread, the signal and the lead's limits.
 */
export function crewOf(
  lead: ReadyAgent,
  budget: Budget,
  run: Pick<RunContext, "threadId" | "trace" | "signal" | "canPause"> & {
    readonly write: (note: GraphNote) => void;
  },
): [RunContext, ...RunContext[]] {
  const { write, ...shared } = run;
  const contextOf = (agent: ReadyAgent, own: Budget): RunContext => ({
    ...shared,
    // What the run gives is the lead's, whoever gives it in the end.
    agent: { ...agent, store: lead.store, output: lead.output },
    budget: own,
    refusals: new Map(),
    emit: (event) => write({ ...event, agent: agent.name }),
    ...(agent.guards.pii && { pii: new PiiGuard(agent.guards.pii) }),
    pause: NO_PAUSE,
    grants: [],
    language: "en",
    thread: { messages: [], tainted: false },
  });
  const others = reachableFrom(lead).map((agent) =>
    contextOf(agent, new Budget({ agent, within: { budget, tie: "hand-off" } })),
  );
  return [contextOf(lead, budget), ...others];
}

/** All agents that hand-offs can lead to, without the one they start from. */
export function reachableFrom(lead: ReadyAgent): ReadyAgent[] {
  const found = new Map<string, ReadyAgent>([[lead.name, lead]]);
  const open = [...lead.handoffs];
  for (let agent = open.shift(); agent; agent = open.shift()) {
    if (found.has(agent.name)) continue;
    const ready = agent.ready();
    found.set(agent.name, ready);
    open.push(...ready.handoffs);
  }
  return [...found.values()].slice(1);
}
