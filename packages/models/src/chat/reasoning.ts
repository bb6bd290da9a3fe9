import type { BaseMessage } from "@langchain/core/messages";

/**
 * The reasoning a model gave with a message or a chunk of one; "" when it gave none. Whatever the provider calls it
 * (`reasoning_content`, `reasoning`), the models of this package keep it in `additional_kwargs.reasoning_content`.
 *
 * @example for await (const chunk of await chat.stream(question)) show(reasoningOf(chunk), chunk.text)
 */
export function reasoningOf(message: Pick<BaseMessage, "additional_kwargs">): string {
  const reasoning = message.additional_kwargs?.reasoning_content;
  return typeof reasoning === "string" ? reasoning : "";
}

/**
 * Whether the usage of a message was estimated by the local token counter, because the provider reported none.
 */
export function isUsageEstimated(message: Pick<BaseMessage, "response_metadata">): boolean {
  const usage: unknown = message.response_metadata?.usage;
  return (usage as { estimated?: unknown } | undefined)?.estimated === true;
}
