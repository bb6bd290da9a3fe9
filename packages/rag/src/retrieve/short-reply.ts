import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { BaseMessage } from "@langchain/core/messages";
import { RagError } from "../errors.ts";

export interface ShortReplyOptions {
  /** Most characters of text, thinking aside; the request is cancelled upstream once there are more. */
  readonly limit: number;
  /** Milliseconds to wait for the whole reply. */
  readonly timeoutMs: number;
  /** What the model is asked to do, for messages: "rewriting the question". */
  readonly task: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What a model says to a small task of retrieval, without its thinking. A model that runs away is cut off: streaming
 * lets go of it as soon as it has said too much, and a silent one is not waited for longer than `timeoutMs`.
 *
 * @throws RagError `model-failed` when time is up or the reply is longer than `limit`; whatever the model throws; the
 * signal's reason when aborted.
 */
export async function shortReply(
  model: BaseChatModel,
  messages: readonly BaseMessage[],
  { limit, timeoutMs, task, signal }: ShortReplyOptions,
): Promise<string> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const stop = () => controller.abort(signal?.reason);
  signal?.addEventListener("abort", stop, { once: true });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    controller.abort(new Error("timeout"));
  }, timeoutMs);
  const tooLate = () =>
    new RagError("model-failed", `The model did not finish ${task} within ${timeoutMs / 1000} s.`);
  let raw = "";
  try {
    const reading = (async () => {
      for await (const chunk of await model.stream([...messages], { signal: controller.signal })) {
        raw += textOf(chunk.content);
        if (withoutThinking(raw).length > limit || raw.length > limit + MOST_THINKING)
          throw new RagError("model-failed", `The model wrote more than ${limit} characters for ${task}.`);
      }
    })();
    // A model that knows no signal would go on; it is let go of all the same.
    await Promise.race([reading, abortOf(controller.signal)]);
  } catch (error) {
    signal?.throwIfAborted();
    throw late ? tooLate() : error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
  return withoutThinking(raw).trim();
}

const MOST_THINKING = 40_000;

/** A reply without `<think>…</think>`, closed or not, and without what stands before a stray `</think>`. */
export function withoutThinking(reply: string): string {
  return reply
    .replace(/<think(?:ing)?>[\s\S]*?(?:<\/think(?:ing)?>|$)/giu, "")
    .replace(/^[\s\S]*<\/think(?:ing)?>/iu, "");
}

/** Text of a message's content, whether it is a string or parts. */
export function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content
    .map((part: unknown) =>
      typeof part === "object" && part !== null && "text" in part && typeof part.text === "string"
        ? part.text
        : "",
    )
    .join("");
}

function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
