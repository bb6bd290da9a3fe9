import {
  AIMessage,
  type BaseMessage,
  HumanMessage,
  type MessageContent,
  ToolMessage,
} from "@langchain/core/messages";
import type { ToolCall } from "@langchain/core/messages/tool";
import { countTokens, truncateToTokens } from "@zixue/models/tokens";

/** Put where a message was cut. */
export const CUT_NOTE = "…[cut to fit]";

/**
 * Makes messages fit into `room` tokens by cutting the longest texts, at a grapheme boundary and with a notice; all are
 * kept, in order, with their ids and calls. Undefined when even that cannot fit.
 */
export function cutMessages(messages: readonly BaseMessage[], room: number): BaseMessage[] | undefined {
  if (countTokens(messages) <= room) return [...messages];
  const bare = messages.map((message) => withText(message, ""));
  const fixed = countTokens(bare);
  if (fixed > room) {
    // What is left are arguments of calls, which cannot be cut and stay JSON.
    const emptied = bare.map((message) => (AIMessage.isInstance(message) ? withoutArgs(message) : message));
    return countTokens(emptied) <= room ? emptied : undefined;
  }
  const longest = longestText(
    messages.map((message) => countTokens(message.text)),
    room - fixed,
  );
  return messages.map((message) => {
    const isShort = typeof message.content === "string" && countTokens(message.text) <= longest;
    return isShort ? message : withText(message, truncateToTokens(message.text, longest, CUT_NOTE));
  });
}

/** The largest cap under which texts of these lengths, each cut to it, take no more than `room` together. */
function longestText(lengths: readonly number[], room: number): number {
  let left = room;
  const sorted = [...lengths].sort((a, b) => a - b);
  for (const [index, length] of sorted.entries()) {
    const share = Math.floor(left / (sorted.length - index));
    if (length > share) return share;
    left -= length;
  }
  return sorted.at(-1) ?? 0;
}

/** Images and other parts go. */
function withText(message: BaseMessage, content: string): BaseMessage {
  return withContent(message, content, AIMessage.isInstance(message) ? (message.tool_calls ?? []) : []);
}

/** The same message with other content and calls. */
export function withContent(
  message: BaseMessage,
  content: MessageContent,
  calls: readonly ToolCall[],
): BaseMessage {
  const fields = {
    content,
    additional_kwargs: message.additional_kwargs,
    response_metadata: message.response_metadata,
    ...(message.id !== undefined && { id: message.id }),
    ...(message.name !== undefined && { name: message.name }),
  };
  if (AIMessage.isInstance(message)) return new AIMessage({ ...fields, tool_calls: [...calls] });
  if (ToolMessage.isInstance(message)) {
    const { tool_call_id, status } = message;
    return new ToolMessage({ ...fields, tool_call_id, ...(status !== undefined && { status }) });
  }
  return new HumanMessage(fields);
}

function withoutArgs(message: AIMessage): BaseMessage {
  const calls = (message.tool_calls ?? []).map((call) => ({ ...call, args: {} }));
  return withContent(message, "", calls);
}
