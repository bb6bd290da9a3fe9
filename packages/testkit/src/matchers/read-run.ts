import { TestkitError } from "../errors.ts";

/** A tool call that a run made. */
export interface SeenToolCall {
  readonly name: string;
  readonly args: unknown;
}

/** A citation that a run gave. */
export interface SeenCitation {
  readonly documentId?: string;
  readonly blockId?: string;
  readonly quote?: string;
  readonly supported?: boolean;
}

/** What a run did, whatever it was read from. A number is undefined when nothing reported it. */
export interface Run {
  readonly text: string;
  readonly toolCalls: readonly SeenToolCall[];
  readonly citations: readonly SeenCitation[];
  readonly refusal: { readonly reason?: string } | undefined;
  readonly steps: number | undefined;
  readonly tokens: number | undefined;
  readonly cost: number | undefined;
  readonly milliseconds: number | undefined;
  /** Errors, limits and the last status, for failure messages. */
  readonly notes: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

/** A stream can be read only once, and a test may assert more than one thing about it. */
const streams = new WeakMap<object, Promise<Run>>();

/**
 * Reads a run from what an application gives: events (`tool-call`, `citation`, `refused`, `usage`, `done`, …) in an
 * array or a stream, a finished answer, LangChain or OpenAI messages, or a state with `messages`; or a promise of it.
 * At once where it is all there, else as a promise.
 */
export function readRun(received: unknown): Run | Promise<Run> {
  if (Array.isArray(received)) return readList(received, undefined);
  if (!isFields(received)) throw notARun(received);
  const isStream = Symbol.asyncIterator in received;
  if (isStream || typeof received.then === "function") {
    const known = streams.get(received);
    if (known !== undefined) return known;
    const run = isStream
      ? collect(received as unknown as AsyncIterable<unknown>)
      : Promise.resolve(received as unknown as PromiseLike<unknown>).then(readRun);
    streams.set(received, run);
    return run;
  }
  if (Array.isArray(received.messages)) return readList(received.messages, undefined);
  if (typeof received.text === "string" && Array.isArray(received.citations)) {
    return readList([{ type: "done", answer: received }], undefined);
  }
  return readList([received], undefined);
}

async function collect(stream: AsyncIterable<unknown>): Promise<Run> {
  const started = performance.now();
  const items: unknown[] = [];
  for await (const item of stream) items.push(item);
  return readList(items, Math.round(performance.now() - started));
}

function readList(items: readonly unknown[], measuredMs: number | undefined): Run {
  const wrong = items.find((item) => !isFields(item) || (!isMessage(item) && typeof item.type !== "string"));
  if (wrong !== undefined) throw notARun(wrong);
  const fields = items as readonly Fields[];
  return fields.some(isMessage) ? readMessages(fields, measuredMs) : readEvents(fields, measuredMs);
}

function readEvents(events: readonly Fields[], measuredMs: number | undefined): Run {
  const of = (type: string) => events.filter((event) => event.type === type);
  const done = of("done").at(-1);
  const answer = isFields(done?.answer) ? done.answer : undefined;
  // An agent repeats its usage in `done`.
  const usages = of("usage").length > 0 ? of("usage") : isFields(done?.usage) ? [done.usage] : [];
  const last = usages.at(-1);
  const refusal = of("refused").at(-1) ?? (isFields(answer?.refused) ? answer.refused : undefined);
  const streamed = of("text").map((event) => String(event.delta ?? ""));
  const toolCalls = of("tool-call");
  return {
    text: String(answer?.text ?? (streamed.length > 0 ? streamed.join("") : (done?.text ?? ""))),
    toolCalls: toolCalls.map(({ name, args }) => ({ name: String(name), args })),
    citations: (Array.isArray(answer?.citations)
      ? answer.citations
      : of("citation").map(({ citation }) => citation)) as SeenCitation[],
    refusal: refusal as { readonly reason?: string } | undefined,
    steps: numberOf(last?.steps),
    tokens: sum(usages.flatMap((usage) => [numberOf(usage.inputTokens), numberOf(usage.outputTokens)])),
    cost: numberOf(isFields(last?.cost) ? last.cost.amount : last?.cost),
    milliseconds: numberOf(last?.milliseconds) ?? measuredMs,
    notes: [
      ...of("error").map(
        ({ error }) => `error: ${isFields(error) ? `${error.code} ${error.message}` : error}`,
      ),
      ...of("limit").map(({ limit, max }) => `limit: ${limit} (${max})`),
      ...(done?.status === undefined ? [] : [`status: ${done.status}`]),
      ...(answer?.outcome === undefined ? [] : [`outcome: ${answer.outcome}`]),
    ],
  };
}

function readMessages(items: readonly Fields[], measuredMs: number | undefined): Run {
  const replies = items.filter((item) => ["ai", "assistant", "AIMessageChunk"].includes(roleOf(item) ?? ""));
  const last = replies.at(-1);
  const extra = isFields(last?.additional_kwargs) ? last.additional_kwargs : {};
  const refusal = last?.refusal ?? extra.refusal;
  const usages = replies.flatMap(({ usage_metadata: usage }) => (isFields(usage) ? [usage] : []));
  return {
    text: textOf(last?.content),
    toolCalls: replies.flatMap(({ tool_calls: calls }) =>
      Array.isArray(calls) ? calls.map(readToolCall) : [],
    ),
    citations: [],
    refusal: typeof refusal === "string" && refusal !== "" ? { reason: refusal } : undefined,
    steps: replies.length,
    tokens: sum(usages.flatMap((usage) => [numberOf(usage.input_tokens), numberOf(usage.output_tokens)])),
    cost: undefined,
    milliseconds: measuredMs,
    notes: [],
  };
}

/** LangChain's `{ name, args }` or OpenAI's `{ function: { name, arguments } }`. */
function readToolCall(call: Fields): SeenToolCall {
  if (!isFields(call.function)) return { name: String(call.name), args: call.args };
  const { name, arguments: text } = call.function;
  try {
    return { name: String(name), args: JSON.parse(String(text)) };
  } catch {
    return { name: String(name), args: text };
  }
}

function isMessage(value: Fields): boolean {
  return roleOf(value) !== undefined;
}

function roleOf(message: Fields): string | undefined {
  const getType = message.getType ?? message._getType;
  if (typeof getType === "function") return String(getType.call(message));
  return typeof message.role === "string" ? message.role : undefined;
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part: Fields) => (typeof part?.text === "string" ? part.text : "")).join("");
}

function sum(numbers: readonly (number | undefined)[]): number | undefined {
  const known = numbers.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((total, value) => total + value, 0);
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

function notARun(value: unknown): TestkitError {
  return new TestkitError(
    "invalid-options",
    `The matcher was given ${JSON.stringify(value)?.slice(0, 120) ?? typeof value}, which is no event, answer or message. Give it the events of an agent or an answer (array or stream), a finished answer, or messages.`,
  );
}
