import type { Deadline } from "../request/deadline.ts";
import { interruptionOf } from "../request/post-json.ts";
import { makeError, type RequestContext } from "../request/provider-errors.ts";
import { clientError } from "./client-error.ts";
import { errorInBody, reasoningIn } from "./normalise-completion.ts";
import { ToolCallTracker, truncatedToolCallError } from "./tool-calls.ts";
import { estimateUsage, normaliseUsage } from "./usage.ts";
import type { WireCompletion, WireMessage, WireRequest, WireUsage } from "./wire.ts";

/**
 * Brings a streamed reply into one form as it arrives: a role, reasoning under one name, tool calls with indexes and
 * ids, and usage exactly once, in a last chunk. What was delivered stays delivered when it then throws a ModelsError:
 * "interrupted" for a stream that breaks or ends without a finish reason, "timeout" when it falls silent, "aborted",
 * "truncated-tool-call", or what an error event says.
 */
export async function* normaliseStream(
  source: AsyncIterable<WireCompletion>,
  request: WireRequest,
  deadline: Deadline,
  context: RequestContext,
): AsyncGenerator<WireCompletion> {
  const tools = new ToolCallTracker();
  let usage: WireUsage | undefined;
  let finishReason: string | undefined;
  let written = "";
  let last: WireCompletion = {};
  let isComplete = false;
  try {
    for await (const chunk of source) {
      deadline.touch();
      if (chunk.error) throw errorInBody(chunk.error, context);
      usage = normaliseUsage(chunk.usage) ?? usage;
      last = chunk;
      const choice = chunk.choices?.[0];
      if (choice === undefined) continue;
      finishReason = choice.finish_reason ?? finishReason;
      const delta = normaliseDelta(choice.delta ?? choice.message ?? {}, tools);
      written += (delta.reasoning_content ?? "") + (delta.content ?? "");
      yield { ...chunk, usage: null, choices: [{ ...choice, delta }] };
    }
    const interruption = interruptionOf(deadline, context);
    if (interruption !== undefined) throw interruption;
    if (finishReason === undefined) throw cutOff(context);
    if (finishReason === "length" && tools.count > 0) throw truncatedToolCallError(context);
    isComplete = true;
  } catch (error) {
    isComplete = true;
    throw interruptionOf(deadline, context) ?? clientError(error, true, context);
  } finally {
    // Whoever stops reading early ends the request at the provider too.
    deadline.stop({ cancel: !isComplete });
  }
  yield { ...last, choices: [], usage: usage ?? estimateUsage(request, written + tools.text) };
}

function normaliseDelta(delta: WireMessage, tools: ToolCallTracker): WireMessage {
  const reasoning = reasoningIn(delta);
  const { reasoning: _, reasoning_content: __, tool_calls: calls, ...rest } = delta;
  return {
    ...rest,
    role: "assistant",
    content: delta.content ?? "",
    ...(reasoning === undefined ? {} : { reasoning_content: reasoning }),
    ...(calls?.length ? { tool_calls: tools.repair(calls) } : {}),
  };
}

function cutOff(context: RequestContext) {
  const message = `The answer of ${context.provider} (${context.model}) ended before it was finished. What came before it is incomplete; ask again.`;
  return makeError("interrupted", message, {}, context);
}
