import { type BaseMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { countTokens } from "@zixue/models/tokens";
import type { Language } from "../wording.ts";
import { cutMessages } from "./cut-messages.ts";

/** What a thread keeps of the messages that the model is no longer sent. */
export interface Omitted {
  /** Their summary, `""` without one. */
  readonly text: string;
  /** Id of the last of them. */
  readonly upTo: string;
}

export interface ViewOptions {
  /** Tokens for the messages. */
  readonly room: number;
  /** Tokens that a new summary may take; 0 where none is made. */
  readonly summaryRoom: number;
  readonly keepLast: number;
  readonly language: Language;
}

/** Index of the first message that is still sent, by what was left out before and what fits now. */
export function firstKept(
  messages: readonly BaseMessage[],
  omitted: Omitted | undefined,
  options: ViewOptions,
): number {
  const starts = unitStarts(messages);
  const before = omitted === undefined ? -1 : messages.findIndex(({ id }) => id === omitted.upTo);
  const old = before + 1;
  const sizes = messages.map((message) => countTokens([message]));
  const sizeFrom = (start: number) => sizes.slice(start).reduce((sum, size) => sum + size, 0);
  const head = old === 0 ? 0 : countTokens(headOf(messages, old, omitted?.text ?? "", options.language));
  if (head + sizeFrom(old) <= options.room) return old;

  // More is left out than must be, so that the view, and with it the provider's cache, stays the same for some turns.
  const goal = Math.max(0, options.room * REFILL - options.summaryRoom);
  const lastUnit = starts.at(-1) ?? 0;
  const candidates = starts.filter((start) => start >= old);
  const keepFrom = Math.max(0, messages.length - options.keepLast);
  const kept = candidates.findLast((start) => start <= keepFrom) ?? old;
  const fitting = candidates.find((start) => sizeFrom(start) <= goal) ?? lastUnit;
  const spare = options.room - options.summaryRoom - Math.min(NOTE_TOKENS, options.room / 4);
  return kept > 0 && kept < fitting && sizeFrom(kept) <= spare ? kept : fitting;
}

/**
 * The messages to send: a head with the first message of the user and what was left out, then the messages from `start`
 * on, whole tool calls with their results. Never more than `room` tokens; undefined when that cannot be.
 */
export function viewFrom(
  messages: readonly BaseMessage[],
  start: number,
  summary: string,
  { room, language }: ViewOptions,
): BaseMessage[] | undefined {
  if (start <= 0) return cutMessages(messages, room);
  const tail = messages.slice(start);
  const fullHead = headOf(messages, start, summary, language);
  if (countTokens(fullHead) + countTokens(tail) <= room) return [...fullHead, ...tail];
  // The beginning gives way first, up to a third; then what is at the end is cut.
  const head = cutMessages(fullHead, Math.max(room / 3, room - countTokens(tail))) ?? [];
  const cut = cutMessages(tail, room - countTokens(head));
  return cut ? [...head, ...cut] : cutMessages(tail, room);
}

/** Indexes where a message may be the first: never at a tool's result, which belongs to the call before it. */
function unitStarts(messages: readonly BaseMessage[]): number[] {
  return messages.flatMap((message, index) => (ToolMessage.isInstance(message) ? [] : [index]));
}

/** First message of the user, what was left out, and the current question where the tail begins behind it. */
function headOf(
  messages: readonly BaseMessage[],
  start: number,
  summary: string,
  language: Language,
): BaseMessage[] {
  const isHuman = (message: BaseMessage) => message.getType() === "human";
  const first = messages.findIndex(isHuman);
  const last = messages.findLastIndex(isHuman);
  const pinned = [...new Set([first, last])].filter((index) => index >= 0 && index < start);
  const count = start - pinned.length;
  const note = new HumanMessage(noteOf(count, summary, language));
  const [question, current] = pinned.map((index) => messages[index] as BaseMessage);
  const head = first === last || question === undefined ? [question, note] : [question, note, current];
  return head.filter((message) => message !== undefined);
}

function noteOf(count: number, summary: string, language: Language): string {
  if (language === "zh") {
    return summary === ""
      ? `［为控制长度，这里略去了 ${count} 条较早的消息。］`
      : `［这里略去了 ${count} 条较早的消息，下面是自动写成的摘要，供参考。］\n${summary}`;
  }
  return summary === ""
    ? `[${count} earlier messages were left out here to keep within the length.]`
    : `[${count} earlier messages were left out here. This summary of them was written automatically, for reference.]\n${summary}`;
}

/** Part of the room that is filled again after something was left out. */
const REFILL = 0.6;
const NOTE_TOKENS = 60;
