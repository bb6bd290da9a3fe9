/** What went wrong, as a stable word a program can branch on. */
export type AgentErrorCode =
  | "invalid-definition"
  | "invalid-input"
  | "invalid-decision"
  | "nothing-to-resume"
  | "thread-busy"
  | "thread-lost"
  | "not-found"
  | "missing-dependency"
  | "store-busy"
  | "store-closed"
  | "store-failed"
  | "store-incompatible"
  | "store-unreachable"
  | "model-failed"
  | "invalid-output"
  | "calculation-failed"
  | "javascript-failed"
  | "fetch-refused"
  | "fetch-failed"
  | "mcp-failed";

/**
 * The one error class of this package. Wrong use throws it; what fails during a run comes as an `error` event
 * instead, so that nothing said so far is lost.
 */
export class AgentError extends Error {
  override readonly name = "AgentError";
  readonly code: AgentErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: AgentErrorCode,
    message: string,
    options: { cause?: unknown; details?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}
