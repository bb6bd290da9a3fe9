import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AgentError } from "../errors.ts";

/** How much of a long conversation the model is sent. The thread itself always keeps everything. */
export interface ContextOptions {
  /**
   * Tokens by `countTokens` of all that is sent: system text, tools and messages. @default four fifths of what the
   * model's LangChain profile names as its longest input; no bound when it names none
   */
  readonly maxTokens?: number;
  /**
   * Sums up what no longer fits with this model, or with the agent's own. One call each time something is left out; its
   * tokens count. When it fails, the messages are left out without a summary. @default no summary
   */
  readonly summarise?: BaseChatModel | true;
  /** Messages at the end that are left as they are while they fit. @default 8 */
  readonly keepLast?: number;
}

export interface ReadyContext {
  readonly maxTokens: number;
  readonly summariser: BaseChatModel | undefined;
  readonly keepLast: number;
}

/** @throws AgentError `invalid-definition` */
export function checkContext(options: ContextOptions = {}, model: BaseChatModel): ReadyContext {
  const { maxTokens, summarise, keepLast = 8 } = options;
  if (maxTokens !== undefined && !(maxTokens >= LEAST_TOKENS)) {
    throw new AgentError(
      "invalid-definition",
      `context.maxTokens must be at least ${LEAST_TOKENS}, not ${maxTokens}.`,
    );
  }
  if (!Number.isInteger(keepLast) || keepLast < 1) {
    throw new AgentError(
      "invalid-definition",
      `context.keepLast must be a whole number from 1, not ${keepLast}.`,
    );
  }
  if (summarise !== undefined && summarise !== true && typeof summarise?.invoke !== "function") {
    throw new AgentError(
      "invalid-definition",
      "context.summarise must be a chat model, or true for the agent's own.",
    );
  }
  const longest = (model as { profile?: { maxInputTokens?: number } }).profile?.maxInputTokens;
  return {
    maxTokens: maxTokens ?? (longest === undefined ? Number.POSITIVE_INFINITY : Math.floor(longest * 0.8)),
    summariser: summarise === true ? model : summarise,
    keepLast,
  };
}

const LEAST_TOKENS = 100;
