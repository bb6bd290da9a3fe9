import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { BaseMessage, UsageMetadata } from "@langchain/core/messages";
import { countTokens, isUsageEstimated, reasoningOf } from "@zixue/models";
import { RagError } from "../errors.ts";
import { detectLanguage } from "../language/detect-language.ts";
import { modelPrompt } from "../retrieve/model-prompts.ts";
import { shortReply, textOf } from "../retrieve/short-reply.ts";
import { longestRewrite, type RewriteQuestion } from "../retrieve/understand-question.ts";
import type { HistoryMessage } from "./events.ts";
import type { GenerateEvent, GenerateInput, Generator } from "./generate.ts";
import { type SplitReply, ThinkTags } from "./think-tags.ts";

export interface ModelGeneratorOptions {
  /** Tokens that the sources may take; default 3,000. */
  readonly contextBudget?: number;
  /** Tokens of the whole prompt; what does not fit is dropped, history first. Default 8,000. */
  readonly promptBudget?: number;
  /** Folder whose `answer.*.prompt` and `rewrite.*.prompt` are used instead of the ones that come with the package. */
  readonly prompts?: string;
}

const HISTORY_MESSAGES = 6;
const REWRITE_TIMEOUT_MS = 20_000;
/** Room for what a model may write around the question, such as 「改写后的问题：」. */
const LONGEST_LABEL = 60;

/** Writes answers with a chat model, from the package's prompt files. */
export function modelGenerator(model: BaseChatModel, options: ModelGeneratorOptions = {}): Generator {
  const promptBudget = options.promptBudget ?? 8_000;
  return {
    countTokens,
    contextBudget: options.contextBudget ?? 3_000,
    async *generate(input: GenerateInput): AsyncGenerator<GenerateEvent> {
      const prompt = (await modelPrompt("answer", options.prompts)).fitTo(promptBudget, { countTokens });
      const messages = await prompt.render(
        {
          question: input.question,
          passages: input.sources.map((source) => source.text),
          history: await toMessages(input.history.slice(-HISTORY_MESSAGES)),
        },
        { locale: input.language },
      );
      yield* streamReply(model, messages, input.signal);
    },
  };
}

/** Rewrites follow-ups with a chat model. A reply that runs on is cut off, a slow one not waited for: both throw. */
export function modelRewriter(
  model: BaseChatModel,
  options: Pick<ModelGeneratorOptions, "prompts"> = {},
): RewriteQuestion {
  return async (question, history, { signal }) => {
    const prompt = await modelPrompt("rewrite", options.prompts);
    const conversation = history
      .slice(-HISTORY_MESSAGES)
      .map(({ role, content }) => `${role}: ${content.slice(0, 600)}`)
      .join("\n");
    const messages = await prompt.render({ question, conversation }, { locale: detectLanguage(question) });
    return shortReply(model, messages, {
      limit: longestRewrite(question) + LONGEST_LABEL,
      timeoutMs: REWRITE_TIMEOUT_MS,
      task: "rewriting the follow-up",
      signal,
    });
  };
}

async function* streamReply(
  model: BaseChatModel,
  messages: readonly BaseMessage[],
  signal: AbortSignal | undefined,
): AsyncGenerator<GenerateEvent> {
  let inputTokens = 0;
  let outputTokens = 0;
  let estimated = false;
  let stoppedBy = "";
  const tags = new ThinkTags();
  const stream = await model.stream([...messages], signal ? { signal } : {});
  for await (const chunk of stream) {
    signal?.throwIfAborted();
    const reasoning = reasoningOf(chunk);
    if (reasoning !== "") yield { type: "reasoning", delta: reasoning };
    yield* eventsOf(tags.push(textOf(chunk.content)));
    const reason: unknown = chunk.response_metadata.finish_reason;
    if (typeof reason === "string") stoppedBy = reason;
    // Some providers report running totals, some only a last one: the highest is the total either way.
    const usage = chunk.usage_metadata as UsageMetadata | undefined;
    inputTokens = Math.max(inputTokens, usage?.input_tokens ?? 0);
    outputTokens = Math.max(outputTokens, usage?.output_tokens ?? 0);
    if (isUsageEstimated(chunk)) estimated = true;
  }
  yield* eventsOf(tags.end());
  if (inputTokens + outputTokens > 0)
    yield { type: "usage", inputTokens, outputTokens, ...(estimated ? { estimated } : {}) };
  if (stoppedBy === "length")
    throw new RagError("model-failed", "The model stopped at its limit of output tokens; raise `maxTokens`.");
  if (stoppedBy === "content_filter")
    throw new RagError(
      "model-failed",
      "The provider's content filter stopped the answer; ask in other words.",
    );
}

function* eventsOf({ text, reasoning }: SplitReply): Iterable<GenerateEvent> {
  if (reasoning !== "") yield { type: "reasoning", delta: reasoning };
  if (text !== "") yield { type: "text", delta: text };
}

async function toMessages(history: readonly HistoryMessage[]): Promise<BaseMessage[]> {
  const { AIMessage, HumanMessage } = await import("@langchain/core/messages");
  return history.map(({ role, content }) =>
    role === "user" ? new HumanMessage(content) : new AIMessage(content),
  );
}
