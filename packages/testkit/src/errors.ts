/** What went wrong, as a stable word a program can branch on. */
export type TestkitErrorCode =
  | "invalid-script"
  | "script-exhausted"
  | "script-mismatch"
  | "scripted-fault"
  | "unknown-dialect"
  | "wait-timeout"
  | "closed"
  | "unrecorded-request"
  | "escaped-request"
  | "unused-recordings"
  | "invalid-cassette"
  | "invalid-options";

/**
 * The one error class of this package. The message says what happened and what to change in the test.
 *
 * @example
 * try { await model.invoke("hi") } catch (error) {
 *   if (error instanceof TestkitError && error.code === "script-exhausted") console.error(error.message)
 * }
 */
export class TestkitError extends Error {
  override readonly name = "TestkitError";
  readonly code: TestkitErrorCode;
  /** HTTP status of a scripted error reply; undefined for everything else. */
  readonly status: number | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: TestkitErrorCode,
    message: string,
    options: { cause?: unknown; status?: number; details?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status;
    this.details = options.details ?? {};
  }
}
