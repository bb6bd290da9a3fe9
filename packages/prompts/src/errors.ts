/** What went wrong, as a stable word a program can branch on. */
export type PromptsErrorCode =
  | "invalid-template"
  | "invalid-input"
  | "invalid-output"
  | "invalid-argument"
  | "too-long"
  | "unknown-prompt"
  | "unreadable";

/** One thing wrong with a prompt file or definition. */
export interface PromptProblem {
  /** Path of the file, or the name of a prompt that was defined in code. */
  readonly file: string;
  /** 1-based; for a prompt in code, a line of its template. */
  readonly line: number;
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
}

/**
 * The one error class of this package. `problems` lists everything wrong with the templates at once and is empty
 * for the codes that are not about templates.
 *
 * @example
 * try { await loadPrompts("prompts") } catch (error) {
 *   if (error instanceof PromptsError) for (const p of error.problems) console.error(`${p.file}:${p.line} ${p.message}`)
 * }
 */
export class PromptsError extends Error {
  override readonly name = "PromptsError";
  readonly code: PromptsErrorCode;
  readonly problems: readonly PromptProblem[];
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: PromptsErrorCode,
    message: string,
    options: {
      cause?: unknown;
      problems?: readonly PromptProblem[];
      details?: Readonly<Record<string, unknown>>;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.problems = options.problems ?? [];
    this.details = options.details ?? {};
  }

  /** The error for templates that cannot be used, with every problem in its message. */
  static fromProblems(problems: readonly PromptProblem[]): PromptsError {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    return new PromptsError(
      "invalid-template",
      `${count} in prompt templates:\n${formatProblems(problems)}`,
      {
        problems,
      },
    );
  }
}

/** One line per problem, `file:line message (hint)`, as editors and CI logs link it. */
export function formatProblems(problems: readonly PromptProblem[]): string {
  return problems.map((p) => `${p.file}:${p.line} ${p.message} (${p.hint})`).join("\n");
}
