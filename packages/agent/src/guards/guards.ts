import { AgentError } from "../errors.ts";

/** What stands between an agent and what could be done to it or leak from it. Each part can be set alone. */
export interface Guards {
  /**
   * Treats what untrusted tools return as data: flags text that looks like instructions, and once the thread holds
   * any untrusted text, lets no tool that changes something run without a person (see `mustAsk`). Without untrusted
   * tools it does nothing. @default true
   */
  readonly injection?: boolean;
  /** Tells a model that repeats itself, then ends the run with the limit `loop`. @default true */
  readonly loops?: boolean;
}

export interface ReadyGuards {
  readonly injection: boolean;
  readonly loops: boolean;
}

/** @throws AgentError `invalid-definition` */
export function checkGuards(guards: Guards = {}): ReadyGuards {
  for (const name of ["injection", "loops"] as const) {
    const value: unknown = guards[name];
    if (value !== undefined && typeof value !== "boolean") {
      throw new AgentError(
        "invalid-definition",
        `guards.${name} must be true or false, not ${String(value)}.`,
      );
    }
  }
  return { injection: guards.injection ?? true, loops: guards.loops ?? true };
}
