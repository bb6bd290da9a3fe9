import {
  AIMessage,
  type AIMessageChunk,
  type AIMessageFields,
  type BaseMessage,
  type UsageMetadata,
} from "@langchain/core/messages";
import type { ToolCall } from "@langchain/core/messages/tool";

/** A model's reply with every tool call made sound, and the calls that must not run, with what to tell the model. */
export interface ReadReply {
  readonly message: AIMessage;
  readonly refusals: ReadonlyMap<string, string>;
}

/**
 * Makes a reply safe to act on. Calls whose arguments are no JSON become calls with empty arguments that are refused,
 * so that the model is told; calls in a reply that the token limit cut off are refused even when what arrived parses,
 * since arguments may be missing; missing ids are replaced, and so are those that another call of the thread has: a
 * decision on the one must not count for the other. A reply's own id that the thread has already is replaced too.
 *
 * @param refuse why a call must not run for reasons of the caller's own
 */
export function readReply(
  reply: AIMessage,
  thread: readonly BaseMessage[],
  refuse: (calls: readonly ToolCall[]) => ReadonlyMap<string, string> = () => new Map(),
): ReadReply {
  const refusals = new Map<string, string>();
  const seen = new Set(thread.flatMap(idsOfCalls));
  const wasCut = reply.response_metadata.finish_reason === "length";
  const calls = rawCalls(reply).map(({ id, name, args, raw }): ToolCall => {
    const unique = id !== undefined && id !== "" && !seen.has(id) ? id : `call_${crypto.randomUUID()}`;
    seen.add(unique);
    const parsed = raw === undefined ? args : parseObject(raw);
    if (wasCut) refusals.set(unique, CUT_OFF);
    else if (parsed === undefined) refusals.set(unique, describeMalformed(raw ?? ""));
    return { type: "tool_call", id: unique, name: name ?? "unknown", args: parsed ?? {} };
  });
  // A message with the id of an older one would take its place. Some servers number their replies from 0 at each start.
  const id = thread.some((message) => message.id === reply.id) ? crypto.randomUUID() : reply.id;
  if (calls.length === 0) return { message: Object.assign(reply, { id }), refusals };
  for (const [id, reason] of refuse(calls)) refusals.set(id, reason);

  // The raw calls are dropped: sent back to a provider, they would carry the broken arguments again.
  const { tool_calls: _, ...extras } = reply.additional_kwargs;
  const message = new AIMessage({
    content: typeof reply.content === "string" ? reply.content : reply.text,
    tool_calls: calls,
    additional_kwargs: extras,
    response_metadata: {
      ...reply.response_metadata,
      ...(refusals.size > 0 && { refusals: Object.fromEntries(refusals) }),
    },
    ...(id !== undefined && { id }),
    ...(reply.name !== undefined && { name: reply.name }),
    ...(reply.usage_metadata !== undefined && { usage_metadata: reply.usage_metadata as UsageMetadata }),
  } as AIMessageFields);
  return { message, refusals };
}

/** Why calls of the thread's last reply must not run, by call id, for a run that goes on in another process. */
export function refusalsOf(messages: readonly BaseMessage[]): Map<string, string> {
  const reply = messages.findLast((message) => AIMessage.isInstance(message));
  const kept = reply?.response_metadata.refusals as Readonly<Record<string, string>> | undefined;
  return new Map(Object.entries(kept ?? {}));
}

function idsOfCalls(message: BaseMessage): string[] {
  if (!AIMessage.isInstance(message)) return [];
  return (message.tool_calls ?? []).flatMap(({ id }) => (id === undefined ? [] : [id]));
}

const CUT_OFF =
  "Error: this call was cut off by the output token limit and was not run. Call again with shorter arguments, or split the work.";

interface RawCall {
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly args: Record<string, unknown> | undefined;
  /** The arguments as sent, where LangChain kept them. */
  readonly raw: string | undefined;
}

/**
 * All calls of a reply, with their arguments as sent. In a stream LangChain completes broken JSON as best it can
 * (`{"a": 1, "b"` becomes `{"a": 1}`), and calls without an id count as invalid; the pieces tell what really came.
 */
function rawCalls(reply: AIMessage): RawCall[] {
  const pieces = (reply as Partial<AIMessageChunk>).tool_call_chunks ?? [];
  const isOneEach =
    pieces.length === (reply.tool_calls?.length ?? 0) + (reply.invalid_tool_calls?.length ?? 0);
  if (pieces.length > 0 && isOneEach) {
    return pieces.map(({ id, name, args }) => ({ id, name, args: undefined, raw: args || "{}" }));
  }
  return [
    ...(reply.tool_calls ?? []).map(({ id, name, args }) => ({ id, name, args, raw: undefined })),
    ...(reply.invalid_tool_calls ?? []).map(({ id, name, args }) => ({
      id,
      name,
      args: undefined,
      raw: args ?? "",
    })),
  ];
}

function parseObject(raw: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(raw);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function describeMalformed(raw: string): string {
  const shown = raw.length > 300 ? `${raw.slice(0, 300)}…` : raw;
  return `Error: the arguments are not a valid JSON object, so the tool was not run: ${JSON.stringify(shown)}. Call again with a JSON object.`;
}
