/** What went wrong, as a stable word a program can branch on. */
export type CliErrorCode =
  | "usage"
  | "empty-question"
  | "course-unavailable"
  | "no-model"
  | "unknown-thread"
  | "store-failed"
  | "unknown-trace";

/** The one error class of this app: its message is printed, and the program ends with `exitCode`. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly code: CliErrorCode;
  /** 2 for a wrong command line, 1 for everything else. */
  readonly exitCode: number;

  constructor(code: CliErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.exitCode = code === "usage" || code === "empty-question" ? 2 : 1;
  }
}
