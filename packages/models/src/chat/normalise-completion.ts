import { failureToError, makeError, type RequestContext } from "../request/provider-errors.ts";
import { completeToolCalls, truncatedToolCallError } from "./tool-calls.ts";
import { estimateUsage, normaliseUsage } from "./usage.ts";
import type { WireCompletion, WireMessage, WireRequest } from "./wire.ts";

/**
 * Brings a plain reply into one form: reasoning under one name, tool calls with ids, usage always.
 * Throws a ModelsError for a reply without choices, an error in a 200, or tool calls cut off by the token limit.
 */
export function normaliseCompletion(
  completion: WireCompletion,
  request: WireRequest,
  context: RequestContext,
): WireCompletion {
  if (completion?.error) throw errorInBody(completion.error, context);
  if (!Array.isArray(completion?.choices) || completion.choices.length === 0) {
    const message = `${context.provider} (${context.model}) answered without any choice. Ask again; if it stays so, check that ${context.baseUrl} is an OpenAI-compatible API.`;
    throw makeError("bad-response", message, {}, context);
  }
  const choices = completion.choices.map((choice) => {
    const message = choice.message ?? {};
    const calls = message.tool_calls ?? [];
    if (calls.length > 0 && choice.finish_reason === "length") throw truncatedToolCallError(context);
    const reasoning = reasoningIn(message);
    const { reasoning: _, reasoning_content: __, tool_calls: ___, ...rest } = message;
    return {
      ...choice,
      message: {
        ...rest,
        role: "assistant",
        content: message.content ?? "",
        ...(reasoning === undefined ? {} : { reasoning_content: reasoning }),
        ...(calls.length === 0 ? {} : { tool_calls: completeToolCalls(calls) }),
      },
    };
  });
  const written = choices.map(({ message }) => {
    const calls = (message.tool_calls ?? []).map(
      (call) => (call.function?.name ?? "") + call.function?.arguments,
    );
    return (message.reasoning_content ?? "") + message.content + calls.join("");
  });
  return {
    ...completion,
    choices,
    usage: normaliseUsage(completion.usage) ?? estimateUsage(request, written.join("")),
  };
}

/** The reasoning of a message or delta, under whichever name. */
export function reasoningIn(message: WireMessage): string | undefined {
  if (typeof message.reasoning_content === "string") return message.reasoning_content;
  return typeof message.reasoning === "string" ? message.reasoning : undefined;
}

/** An error that came inside a body with status 200. */
export function errorInBody(error: unknown, context: RequestContext) {
  const fields = (typeof error === "object" ? error : { message: String(error) }) as Record<string, unknown>;
  const status = [fields.status, fields.code].find((value) => typeof value === "number");
  return failureToError(
    {
      status: status as number | undefined,
      message: String(fields.message ?? JSON.stringify(error)),
      code: fields.code === undefined ? undefined : String(fields.code),
      type: typeof fields.type === "string" ? fields.type : undefined,
    },
    context,
  );
}
