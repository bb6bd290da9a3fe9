import type { BaseMessage } from "@langchain/core/messages";
import { countTokens } from "@zixue/models/tokens";
import { untrusted } from "@zixue/prompts";
import { AgentError } from "../errors.ts";
import type { ModelPolicy, RunContext } from "../policies/policy.ts";
import { firstKept, type Omitted, type ViewOptions, viewFrom } from "./fit-view.ts";
import { summarise } from "./summarise.ts";

/** What the model is sent of a thread, and what is kept of the rest. */
export interface ContextView {
  readonly messages: readonly BaseMessage[];
  readonly omitted: Omitted | undefined;
}

/**
 * Works out what the model is sent next. Where the thread fits, that is the thread. Otherwise the oldest messages are
 * left out, whole calls with their results, and summed up when there is a summariser.
 *
 * @param overhead tokens of system text and tools
 * @throws AgentError `invalid-definition` when not even one message fits beside system text and tools
 */
export async function viewOf(
  context: RunContext,
  messages: readonly BaseMessage[],
  omitted: Omitted | undefined,
  overhead: number,
): Promise<ContextView> {
  const { maxTokens, summariser } = context.agent.context;
  if (maxTokens === Number.POSITIVE_INFINITY) return { messages, omitted };
  const options = viewOptions(context, overhead);
  const start = firstKept(messages, omitted, options);
  const last = messages[start - 1];
  let text = omitted?.text ?? "";
  let next = omitted;
  if (last !== undefined && last.id !== omitted?.upTo) {
    const from = messages.findIndex(({ id }) => id === omitted?.upTo) + 1;
    if (summariser) text = await summaryOf(context, messages.slice(from, start), text, options);
    // Without an id to find it by, it is worked out anew each time.
    next = last.id === undefined ? undefined : { text, upTo: last.id };
  }
  return { messages: fitOrThrow(messages, start, text, options, context), omitted: next };
}

/** Sends the model the view that was worked out when the step began. */
export function manageContext(context: RunContext): ModelPolicy {
  return (turn, next) => next(context.view ? { ...turn, messages: context.view } : turn);
}

function viewOptions({ agent, language }: RunContext, overhead: number): ViewOptions {
  const { maxTokens, summariser, keepLast } = agent.context;
  const room = maxTokens - overhead;
  const summaryRoom = summariser ? Math.min(LONGEST_SUMMARY, Math.floor(room / 4)) : 0;
  return { room, summaryRoom, keepLast, language };
}

const LONGEST_SUMMARY = 1_000;

function fitOrThrow(
  messages: readonly BaseMessage[],
  start: number,
  text: string,
  options: ViewOptions,
  { agent }: RunContext,
): readonly BaseMessage[] {
  const view = options.room > 0 ? viewFrom(messages, start, text, options) : undefined;
  if (view) return view;
  const { maxTokens } = agent.context;
  throw new AgentError(
    "invalid-definition",
    `System text and tools of agent "${agent.name}" take ${maxTokens - options.room} of context.maxTokens ${maxTokens}, which leaves no room for the messages. Raise it, or shorten the prompt or the descriptions of the tools.`,
  );
}

/** A new summary, or the old one when the model fails. */
async function summaryOf(
  context: RunContext,
  messages: readonly BaseMessage[],
  earlier: string,
  { summaryRoom, language }: ViewOptions,
): Promise<string> {
  const { agent, budget, signal, thread } = context;
  const model = agent.context.summariser;
  if (!model || budget.reached !== undefined) return earlier;
  try {
    // A fence around the whole takes some of the room.
    const room = Math.max(20, summaryRoom - FENCE_TOKENS);
    const inputRoom = Math.max(200, agent.context.maxTokens - room);
    const made = await summarise({ model, earlier, messages, room, inputRoom, language, signal });
    if (made.unreported) budget.add(made.unreported);
    if (made.text === "") return earlier;
    return thread.tainted ? untrusted(made.text, { source: "summary" }) : made.text;
  } catch (error) {
    if (signal.aborted) throw error;
    return earlier;
  }
}

const FENCE_TOKENS =
  countTokens(untrusted("", { source: "summary", newBoundary: () => "0a".repeat(16) })) + 8;
