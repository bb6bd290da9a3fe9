import { AgentError } from "../errors.ts";
import { DEFAULT_KINDS, PII_KINDS, type PiiKind } from "./find-pii.ts";

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
  /** Hides personal data from the model, or in what it says. @default off */
  readonly pii?: PiiOptions;
}

export interface PiiOptions {
  /**
   * Sends the model placeholders such as `<手机号1>` or `<PHONE_1>` instead of personal data in messages, results of
   * tools and the system text. One value has one placeholder throughout a thread. The thread itself keeps the originals.
   * @default true
   */
  readonly in?: boolean;
  /** Hides personal data that the model itself writes. @default false */
  readonly out?: boolean;
  /** Puts the originals back where the model uses a placeholder: in arguments of tools and in what the user reads. @default false */
  readonly restore?: boolean;
  /** @default all but `ip` */
  readonly kinds?: readonly PiiKind[];
}

export type ReadyPii = Required<PiiOptions>;

export interface ReadyGuards {
  readonly pii: ReadyPii | undefined;
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
  const pii = guards.pii && checkPii(guards.pii);
  return { injection: guards.injection ?? true, loops: guards.loops ?? true, pii };
}

function checkPii(options: PiiOptions): ReadyPii | undefined {
  const pii = { in: true, out: false, restore: false, kinds: DEFAULT_KINDS, ...options };
  for (const name of ["in", "out", "restore"] as const) {
    if (typeof pii[name] !== "boolean")
      throw new AgentError(
        "invalid-definition",
        `guards.pii.${name} must be true or false, not ${String(pii[name])}.`,
      );
  }
  const unknown = pii.kinds.find((kind) => !PII_KINDS.includes(kind));
  if (unknown !== undefined || pii.kinds.length === 0) {
    const given = unknown === undefined ? "is empty" : `has "${String(unknown)}"`;
    throw new AgentError(
      "invalid-definition",
      `guards.pii.kinds ${given}. The kinds are: ${PII_KINDS.join(", ")}.`,
    );
  }
  if (pii.restore && !pii.in)
    throw new AgentError(
      "invalid-definition",
      "guards.pii.restore needs guards.pii.in: only what was hidden can be put back.",
    );
  return pii.in || pii.out ? pii : undefined;
}
