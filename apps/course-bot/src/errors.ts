/** What went wrong, as a stable word a program can branch on. */
export type BotErrorCode =
  | "invalid-input"
  | "invalid-json"
  | "invalid-encoding"
  | "unauthorized"
  | "not-found"
  | "method-not-allowed"
  | "not-acceptable"
  | "too-large"
  | "unsupported-media-type"
  | "too-many-requests"
  | "model-failed"
  | "no-model"
  | "thread-busy"
  | "nothing-to-resume"
  | "invalid-decision"
  | "not-ready"
  | "internal"
  | "invalid-setting"
  | "port-taken";

/** A part of the input that is wrong: `history[0].role` and why. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/**
 * The one error class of this app. Thrown in a route, it is answered as problem+json with its status; thrown at
 * start-up, its message is printed.
 */
export class BotError extends Error {
  override readonly name = "BotError";
  readonly code: BotErrorCode;
  /** HTTP status it is answered with. */
  readonly status: number;
  /** Fields that are wrong, for `invalid-input`. */
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: BotErrorCode,
    message: string,
    options: {
      status?: number;
      errors?: readonly FieldError[];
      headers?: Readonly<Record<string, string>>;
      cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status ?? 500;
    this.errors = options.errors ?? [];
    this.headers = options.headers ?? {};
  }
}
