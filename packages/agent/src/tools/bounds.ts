import { AgentError } from "../errors.ts";

/** @throws AgentError `invalid-definition` unless the setting is a positive integer */
export function positiveInteger(tool: string, setting: string, value: number): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new AgentError(
    "invalid-definition",
    `${tool}: ${setting} must be a positive integer, got ${String(value)}.`,
  );
}
