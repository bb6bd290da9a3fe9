import { AIMessage, type BaseMessage, type MessageContent } from "@langchain/core/messages";
import { withContent } from "../context/cut-messages.ts";
import type { AgentEventBody } from "../events.ts";
import type { Language } from "../wording.ts";
import type { ReadyPii } from "./guards.ts";
import { PiiStream } from "./pii-stream.ts";
import { type PiiValues, PiiVault } from "./pii-vault.ts";

/** Keeps personal data of one thread from the model, and from what the model says, as the agent's settings want it. */
export class PiiGuard {
  readonly #settings: ReadyPii;
  readonly #vault: PiiVault;
  readonly #hidden = new WeakMap<BaseMessage, BaseMessage>();
  #text: PiiStream;
  #reasoning: PiiStream;

  constructor(settings: ReadyPii) {
    this.#settings = settings;
    this.#vault = new PiiVault(settings.kinds);
    [this.#text, this.#reasoning] = [this.#newStream(), this.#newStream()];
  }

  /** Takes up what the thread keeps, before a step. */
  load(kept: PiiValues | undefined, language: Language, messages: readonly BaseMessage[]): void {
    this.#vault.load(kept, language);
    if (!this.#settings.out) return;
    // What the model's last reply made up was given numbers that were not kept.
    for (const message of messages) if (AIMessage.isInstance(message)) this.#vault.reserve(message.text);
  }

  /** What the thread is to keep, so that placeholders stay the same in later runs. */
  keep(): PiiValues {
    return this.#vault.keep();
  }

  hide(text: string): string {
    return this.#settings.in ? this.#vault.hide(text) : text;
  }

  /** The messages as the model may read them; those without personal data are the same objects. */
  hideIn(messages: readonly BaseMessage[]): readonly BaseMessage[] {
    if (!this.#settings.in) return messages;
    return messages.map((message) => {
      const known = this.#hidden.get(message);
      if (known) return known;
      const hidden = mapTexts(message, (text) => this.#vault.hide(text));
      this.#hidden.set(message, hidden);
      return hidden;
    });
  }

  /** A new reply begins. */
  begin(): void {
    [this.#text, this.#reasoning] = [this.#newStream(), this.#newStream()];
  }

  /** What of a streamed piece may be shown now; `""` when it must wait for more. */
  push(event: Extract<AgentEventBody, { type: "text" | "reasoning" }>): string {
    return (event.type === "text" ? this.#text : this.#reasoning).push(event.delta);
  }

  /** What was held back of the thinking or of the text, once that has ended. */
  end(type: "text" | "reasoning"): string {
    return (type === "text" ? this.#text : this.#reasoning).flush();
  }

  /** The reply as it is shown, kept and acted on: the same text as was streamed, and arguments with the originals. */
  show(reply: AIMessage): AIMessage {
    const { restore } = this.#settings;
    const shown = mapContent(reply.content, (text) => {
      const stream = this.#newStream();
      return stream.push(text) + stream.flush();
    });
    // A chunk stays a chunk: its raw arguments are what is read of calls.
    const copy = Object.assign(Object.create(Object.getPrototypeOf(reply)) as AIMessage, reply, {
      content: shown,
    });
    if (!restore) return copy;
    const inJson = (text: string) => this.#vault.restore(text, (value) => JSON.stringify(value).slice(1, -1));
    const { tool_call_chunks: chunks } = reply as { tool_call_chunks?: { args?: string }[] };
    return Object.assign(copy, {
      tool_calls: (reply.tool_calls ?? []).map((call) => ({
        ...call,
        args: mapStrings(call.args, (text) => this.#vault.restore(text)),
      })),
      ...(chunks && {
        tool_call_chunks: chunks.map((chunk) =>
          chunk.args === undefined ? chunk : { ...chunk, args: inJson(chunk.args) },
        ),
      }),
    });
  }

  #newStream(): PiiStream {
    return new PiiStream(this.#vault, { hide: this.#settings.out, restore: this.#settings.restore });
  }
}

function mapTexts(message: BaseMessage, change: (text: string) => string): BaseMessage {
  const content = mapContent(message.content, change);
  const calls = AIMessage.isInstance(message)
    ? (message.tool_calls ?? []).map((call) => ({ ...call, args: mapStrings(call.args, change) }))
    : [];
  const isSame =
    JSON.stringify(content) === JSON.stringify(message.content) &&
    (!AIMessage.isInstance(message) || JSON.stringify(calls) === JSON.stringify(message.tool_calls ?? []));
  return isSame ? message : withContent(message, content, calls);
}

function mapContent(content: MessageContent, change: (text: string) => string): MessageContent {
  if (typeof content === "string") return change(content);
  return content.map((part) =>
    part.type === "text" && typeof part.text === "string" ? { ...part, text: change(part.text) } : part,
  ) as MessageContent;
}

/** Every text in plain data, changed. */
function mapStrings<T>(value: T, change: (text: string) => string): T {
  if (typeof value === "string") return change(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => mapStrings(item, change)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, change)])) as T;
}
