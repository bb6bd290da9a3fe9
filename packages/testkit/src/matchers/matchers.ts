import { TestkitError } from "../errors.ts";
import { type Run, readRun, type SeenCitation } from "./read-run.ts";

/** Which citation is meant. All given fields must hold for one citation. */
export interface ExpectedCitation {
  readonly documentId?: string;
  readonly blockId?: string;
  /** A part of the quote (white space does not matter), or a pattern. */
  readonly quote?: string | RegExp;
  readonly supported?: boolean;
}

/** Upper bounds, each inclusive. */
export interface Budget {
  /** Replies of the model. */
  readonly steps?: number;
  readonly toolCalls?: number;
  /** Input and output together. */
  readonly tokens?: number;
  /** In the currency that the run reports. */
  readonly cost?: number;
  /** As the run reports them, else as reading the stream took. */
  readonly milliseconds?: number;
}

/** What vitest and jest give to a matcher as `this`, as far as it is used. */
export interface MatcherContext {
  equals(a: unknown, b: unknown): boolean;
}

export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

type Result = MatcherResult | Promise<MatcherResult>;

/**
 * Matchers for `expect.extend`, in vitest and jest alike; `@zixue/testkit/vitest` extends vitest's `expect` itself.
 * Each takes events (array or stream), a finished answer, or messages. On a stream or a promise, await the assertion.
 *
 * @example
 * expect.extend(matchers);
 * await expect(agent.run("比较 1.3 和 2.1 节")).toHaveCalledTool("read_section", { id: "1.3" });
 */
export const matchers = {
  /** Some call has this name and these arguments; those not given may be anything. */
  toHaveCalledTool(
    this: MatcherContext,
    received: unknown,
    name: string,
    args?: Readonly<Record<string, unknown>>,
  ): Result {
    const wanted =
      args === undefined ? `call the tool "${name}"` : `call the tool "${name}" with ${show(args)}`;
    return judge(received, wanted, (run) =>
      run.toolCalls.some(
        (call) => call.name === name && (args === undefined || includes(this, call.args, args)),
      ),
    );
  },

  /** Some citation is of this document, or has this quote. */
  toCite(this: MatcherContext, received: unknown, expected: string | ExpectedCitation): Result {
    const wanted = typeof expected === "string" ? { documentId: expected } : expected;
    if (Object.keys(wanted).length === 0) {
      throw new TestkitError(
        "invalid-options",
        "toCite needs a document id, or { documentId, blockId, quote, supported }.",
      );
    }
    return judge(received, `cite ${show(wanted)}`, (run) =>
      run.citations.some((citation) => isCitation(citation, wanted)),
    );
  },

  /** The answer was refused, for this reason if one is given. */
  toRefuse(this: MatcherContext, received: unknown, reason?: string | RegExp): Result {
    const wanted = reason === undefined ? "refuse" : `refuse because of ${show(reason)}`;
    return judge(received, wanted, ({ refusal }) => {
      if (refusal === undefined || reason === undefined) return refusal !== undefined;
      return typeof reason === "string" ? refusal.reason === reason : reason.test(refusal.reason ?? "");
    });
  },

  /** No bound is exceeded. A bound on something that the run does not report is an error, never a pass. */
  toStayWithin(this: MatcherContext, received: unknown, budget: Budget): Result {
    return judge(received, `stay within ${show(budget)}`, (run) => {
      const { steps, tokens, cost, milliseconds } = run;
      const actual: Record<string, number | undefined> = {
        steps,
        toolCalls: run.toolCalls.length,
        tokens,
        cost,
        milliseconds,
      };
      const bounds = Object.entries(budget).filter(([, max]) => max !== undefined);
      if (bounds.length === 0)
        throw new TestkitError("invalid-options", "toStayWithin needs at least one bound.");
      return bounds.every(([name, max]) => {
        const value = actual[name];
        if (typeof value === "number") return value <= max;
        throw new TestkitError(
          "invalid-options",
          `toStayWithin was given a bound for ${name}, but the run does not report ${name}. It was: ${describe(run)}`,
        );
      });
    });
  },
};

function judge(received: unknown, wanted: string, test: (run: Run) => boolean): Result {
  const decide = (run: Run): MatcherResult => {
    const pass = test(run);
    return { pass, message: () => `expected the run ${pass ? "not " : ""}to ${wanted}\n\n${describe(run)}` };
  };
  const run = readRun(received);
  return run instanceof Promise ? run.then(decide) : decide(run);
}

function includes(
  context: MatcherContext,
  actual: unknown,
  expected: Readonly<Record<string, unknown>>,
): boolean {
  if (typeof actual !== "object" || actual === null) return false;
  return Object.entries(expected).every(
    ([key, value]) => key in actual && context.equals((actual as Record<string, unknown>)[key], value),
  );
}

function isCitation(citation: SeenCitation, { quote, ...wanted }: ExpectedCitation): boolean {
  const text = plain(citation.quote ?? "");
  const hasQuote =
    quote === undefined ||
    (typeof quote === "string" ? text.includes(plain(quote)) : quote.test(citation.quote ?? ""));
  return (
    hasQuote && Object.entries(wanted).every(([key, value]) => citation[key as keyof SeenCitation] === value)
  );
}

/** What happened, one fact to a line. */
function describe(run: Run): string {
  const numbers = (["steps", "tokens", "cost", "milliseconds"] as const).flatMap((name) =>
    run[name] === undefined ? [] : [`${name} ${run[name]}`],
  );
  const citations = run.citations.map(
    ({ documentId, quote, supported }) =>
      `${documentId} 「${cut(quote ?? "", 60)}」${supported === false ? " (not supported)" : ""}`,
  );
  return [
    `tools called: ${run.toolCalls.map(({ name, args }) => `${name}(${show(args)})`).join(", ") || "none"}`,
    `citations: ${citations.join("; ") || "none"}`,
    `refused: ${run.refusal === undefined ? "no" : (run.refusal.reason ?? "yes")}`,
    ...(numbers.length === 0 ? [] : [`used: ${numbers.join(", ")}`]),
    ...run.notes,
    `text: ${run.text === "" ? "none" : cut(run.text, 300)}`,
  ].join("\n");
}

function show(value: unknown): string {
  const text = JSON.stringify(value, (_, item: unknown) => (item instanceof RegExp ? String(item) : item));
  return cut(text ?? String(value), 200);
}

function cut(text: string, length: number): string {
  const characters = Array.from(text);
  return characters.length > length ? `${characters.slice(0, length).join("")}…` : text;
}

function plain(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
