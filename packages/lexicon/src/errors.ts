export type LexiconErrorCode = "lexicon-missing" | "lexicon-corrupt";

/** The one error class of this package: what happened, where, and what to do next. */
export class LexiconError extends Error {
  override readonly name = "LexiconError";
  readonly code: LexiconErrorCode;

  constructor(code: LexiconErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
  }
}
