/** What went wrong, as a stable word a program can branch on. */
export type RagErrorCode =
  | "invalid-input"
  | "invalid-document"
  | "unsupported-format"
  | "index-missing"
  | "index-corrupt"
  | "index-incompatible"
  | "index-locked"
  | "index-closed"
  | "index-unreachable"
  | "index-write-failed"
  | "invalid-vector"
  | "missing-dependency"
  | "model-failed"
  | "vector-store-failed"
  | "aborted";

/**
 * The one error class of this package. The message says what happened, where, and what to do next.
 *
 * @example
 * try { await LocalIndex.open({ folder }) } catch (error) {
 *   if (error instanceof RagError && error.code === "index-corrupt") console.error(error.message)
 * }
 */
export class RagError extends Error {
  override readonly name = "RagError";
  readonly code: RagErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: RagErrorCode,
    message: string,
    options: { cause?: unknown; details?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}
