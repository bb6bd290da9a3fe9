import type { AnyAgent, ReadyAgent } from "./define.ts";
import { AgentError } from "./errors.ts";

/** An agent as other agents know it. What it is made of is read when it is needed, since agents may know each other. */
export interface Colleague {
  readonly name: string;
  readonly description: string | undefined;
  readonly ready: () => ReadyAgent;
}

const colleagues = new WeakMap<object, Colleague>();

/** Notes what an agent is made of, so that other agents can run it as a part of theirs. */
export function registerAgent(agent: AnyAgent, colleague: Colleague): void {
  colleagues.set(agent, colleague);
}

/** @throws AgentError `invalid-definition` for what `defineAgent` did not make */
export function colleagueOf(agent: AnyAgent): Colleague {
  const found = colleagues.get(agent);
  if (found) return found;
  throw new AgentError(
    "invalid-definition",
    "A team takes agents as defineAgent returns them, not copies or other objects.",
  );
}
