import { AgentError } from "../errors.ts";

/** @throws AgentError `invalid-definition` unless the setting is a whole number from 1 to what a timer can wait */
export function positiveInteger(tool: string, setting: string, value: number): number {
  if (Number.isInteger(value) && value > 0 && value <= MAX) return value;
  throw new AgentError(
    "invalid-definition",
    `${tool}: ${setting} must be a whole number from 1 to ${MAX}, got ${String(value)}.`,
  );
}

/** A longer timer fires at once. For sizes it is far beyond what is sensible, too. */
const MAX = 2 ** 31 - 1;
