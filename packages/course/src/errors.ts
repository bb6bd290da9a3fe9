/** What went wrong, as a stable word a program can branch on. */
export type CourseErrorCode =
  | "folder-not-found"
  | "outline-invalid"
  | "unknown-section"
  | "file-unreadable"
  | "file-unwritable";

/**
 * The one error class of this package: thrown when there is no course to work with. What is wrong inside a single
 * file is not thrown but listed in `Course.problems`, so that the rest of the course still loads.
 *
 * @example
 * try { await loadCourse("docs/course") } catch (error) {
 *   if (error instanceof CourseError && error.code === "folder-not-found") console.error(error.message)
 * }
 */
export class CourseError extends Error {
  override readonly name = "CourseError";
  readonly code: CourseErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: CourseErrorCode,
    message: string,
    options: { cause?: unknown; details?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}
