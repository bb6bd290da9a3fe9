/** What went wrong, as a stable word. */
export type CreateErrorCode =
  | "unknown-example"
  | "folder-not-empty"
  | "not-in-a-clone"
  | "pack-failed"
  | "invalid-arguments";

/** The one error class of this package: what happened and what to do next. */
export class CreateError extends Error {
  override readonly name = "CreateError";
  readonly code: CreateErrorCode;

  constructor(code: CreateErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
  }
}
