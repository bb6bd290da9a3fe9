import { failureOf, ModelsError, type ModelsErrorCode } from "@zixue/models";
import { AgentError } from "./errors.ts";
import { LimitReached } from "./stream-reply.ts";

/** What a failed model call calls for: the same model again, another one at once, or giving up. */
export interface ModelFailure {
  readonly code: string;
  readonly remedy: "again" | "another" | "none";
  /** How long the provider asks to wait. */
  readonly retryAfterMs?: number;
}

/** These pass, or a new connection helps. */
const PASSING: ReadonlySet<ModelsErrorCode> = new Set<ModelsErrorCode>([
  "rate-limited",
  "provider-failed",
  "unreachable",
  "timeout",
  "interrupted",
  "bad-response",
  "truncated-tool-call",
]);

export function readFailure(error: unknown, signal: AbortSignal): ModelFailure {
  if (signal.aborted || error instanceof LimitReached) return { code: "aborted", remedy: "none" };
  if (error instanceof AgentError) return { code: error.code, remedy: "none" };
  const { code, details } = failureOf(error);
  if (code === "aborted") return { code, remedy: "none" };
  const { retryAfterMs } = details;
  return {
    code,
    remedy: PASSING.has(code) ? "again" : "another",
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/** Did the provider turn the request away, so that it read and wrote nothing? */
export function isRefusal(error: unknown): boolean {
  if (error instanceof LimitReached || error instanceof AgentError) return false;
  return REFUSED.has((error instanceof ModelsError ? error : failureOf(error)).code);
}

const REFUSED: ReadonlySet<ModelsErrorCode> = new Set<ModelsErrorCode>([
  "rate-limited",
  "unreachable",
  "unauthorized",
  "quota-exceeded",
  "model-not-found",
  "context-too-long",
  "bad-request",
]);
