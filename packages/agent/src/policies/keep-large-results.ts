import { ToolMessage } from "@langchain/core/messages";
import type { StructuredToolInterface } from "@langchain/core/tools";
import { countTokens } from "@zixue/models/tokens";
import { AgentError } from "../errors.ts";
import { asPart, beginningOf, LONGEST_TOKEN, partOf, READ_RESULT } from "../tools/read-result.ts";
import type { RunContext, ToolPolicy } from "./policy.ts";
import { withText } from "./tool-message.ts";

/** What becomes of tool results that would fill the prompt. */
export interface LargeResultsOptions {
  /** Tokens by `countTokens` that a result may have to be shown whole, and that a part of a larger one has. @default 4000 */
  readonly tokens?: number;
}

/** @throws AgentError `invalid-definition` */
export function checkLargeResults(
  options: LargeResultsOptions | false = {},
  tools: readonly StructuredToolInterface[],
): number | undefined {
  if (options === false || tools.length === 0) return undefined;
  const { tokens = 4_000 } = options;
  if (!Number.isInteger(tokens) || tokens < LEAST_TOKENS) {
    throw new AgentError(
      "invalid-definition",
      `largeResults.tokens must be a whole number from ${LEAST_TOKENS}, not ${tokens}.`,
    );
  }
  if (tools.some(({ name }) => name === READ_RESULT)) {
    throw new AgentError(
      "invalid-definition",
      `"${READ_RESULT}" is the tool that reads on in large results. Give yours another name, or set largeResults: false.`,
    );
  }
  return tokens;
}

const LEAST_TOKENS = 50;

/** Keeps what is too large for the prompt with the message, in the thread, and shows the model its beginning. */
export function keepLargeResults({ agent: { largeResults } }: RunContext): ToolPolicy {
  if (largeResults === undefined) return (run, next) => next(run);
  return async (run, next) => {
    const outcome = await next(run);
    const { result, call } = outcome;
    if (!ToolMessage.isInstance(result) || call.name === READ_RESULT || !isLarge(result, largeResults))
      return outcome;
    const text = result.text.slice(0, MOST_KEPT);
    const shown = beginningOf(text, largeResults);
    const mark = { id: call.id, next: shown.length, more: text.length - shown.length, text };
    Object.assign(result.additional_kwargs, asPart(mark));
    return withText(outcome, () => shown);
  };
}

/** A thread is written as a whole with each step, so there is an end to what it keeps. */
const MOST_KEPT = 400_000;

/** Tells the model that there is more, behind the fence of what is untrusted: it is no part of the result. */
export const tellLargeResults: ToolPolicy = async (run, next) => {
  const outcome = await next(run);
  const part = ToolMessage.isInstance(outcome.result) ? partOf(outcome.result) : undefined;
  if (!part || part.more === 0) return outcome;
  const args = JSON.stringify({ id: part.id, from: part.next });
  return withText(
    outcome,
    (text) => `${text}\n[… ${part.more} more characters; read on with ${READ_RESULT}(${args})]`,
  );
};

/** Text only: images are not cut. A character is about two tokens at most, so most results need no counting. */
function isLarge({ content, text }: ToolMessage, tokens: number): boolean {
  const isText =
    typeof content === "string" || (Array.isArray(content) && content.every(({ type }) => type === "text"));
  if (!isText || text.length <= tokens / 2) return false;
  return text.length > tokens * LONGEST_TOKEN || countTokens(text) > tokens;
}
