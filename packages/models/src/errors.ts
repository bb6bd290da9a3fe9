/** What went wrong, as a stable word a program can branch on. */
export type ModelsErrorCode =
  | "invalid-config"
  | "invalid-input"
  | "missing-dependency"
  | "unauthorized"
  | "quota-exceeded"
  | "rate-limited"
  | "context-too-long"
  | "model-not-found"
  | "bad-request"
  | "provider-failed"
  | "unreachable"
  | "timeout"
  | "interrupted"
  | "bad-response"
  | "truncated-tool-call"
  | "invalid-vector"
  | "aborted";

export interface ModelsErrorDetails {
  readonly provider?: string;
  readonly model?: string;
  /** HTTP status, where there was one. */
  readonly status?: number;
  /** How long the provider asks to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** The environment variable to set or correct. */
  readonly variable?: string;
  readonly [key: string]: unknown;
}

/**
 * The one error class of this package. The message names the provider, says what happened and what to do next,
 * and never holds a key.
 *
 * @example
 * try { await chat.invoke("hi") } catch (error) {
 *   if (error instanceof ModelsError && error.code === "rate-limited") await sleep(error.details.retryAfterMs ?? 1000)
 * }
 */
export class ModelsError extends Error {
  override readonly name = "ModelsError";
  readonly code: ModelsErrorCode;
  readonly details: ModelsErrorDetails;

  constructor(
    code: ModelsErrorCode,
    message: string,
    options: { cause?: unknown; details?: ModelsErrorDetails } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}
