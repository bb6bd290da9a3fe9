import { AsyncLocalStorage } from "node:async_hooks";
import { type BaseMessage, ToolMessage } from "@langchain/core/messages";
import type { AgentToolCall } from "../events.ts";
import type { RunContext } from "../policies/policy.ts";
import { traitsOf } from "./tool-traits.ts";

/** What is noted on a tool message with text from outside. It stays with the message in the thread. */
export interface UntrustedMark {
  readonly untrusted: true;
  /** What in it looks like an injection; see `detectInjection`. */
  readonly flags: readonly string[];
}

export function markOf(message: BaseMessage): UntrustedMark | undefined {
  return message.additional_kwargs[MARK] as UntrustedMark | undefined;
}

/** The same message with other text for the model, and the mark. */
export function withMark(message: ToolMessage, content: string, mark: UntrustedMark): ToolMessage {
  return new ToolMessage({
    content,
    tool_call_id: message.tool_call_id,
    additional_kwargs: { ...message.additional_kwargs, [MARK]: mark },
    ...(message.id !== undefined && { id: message.id }),
    ...(message.name !== undefined && { name: message.name }),
    ...(message.status !== undefined && { status: message.status }),
    ...(message.artifact !== undefined && { artifact: message.artifact as unknown }),
  });
}

const MARK = "zixue_untrusted";

/** Do these messages hold text from outside: results of untrusted tools, or what a prompt fenced? */
export function holdUntrusted(messages: readonly BaseMessage[]): boolean {
  return messages.some((message) => markOf(message) !== undefined || FENCE.test(message.text));
}

const FENCE = /<<<untrusted [0-9a-f]{32}/;

/**
 * Why a call needs a person whatever the approval policy and its grants say, or undefined when it does not.
 *
 * Once a thread holds text from outside, that text may be what makes the model call. So each call of a tool that is not
 * declared `effect: "read"` waits, and so does a call whose arguments hold an address that stands nowhere in the
 * thread: a model that was told to put what it knows into a link would make just such a one (EchoLeak, 2025). The
 * answer is the same when asked again about the same call, as resuming does.
 */
export function mustAsk(context: RunContext, call: AgentToolCall): string | undefined {
  const { agent, thread } = context;
  if (!agent.guards.injection || !thread.tainted) return undefined;
  const tool = agent.tools.find(({ name }) => name === call.name);
  if (!tool || traitsOf(tool).effect !== "read") {
    return `the conversation holds text from outside, and "${call.name}" may change something`;
  }
  const made = addressesIn(call.args).find((address) => !standsIn(address, thread.messages));
  return made === undefined
    ? undefined
    : `the conversation holds text from outside, and the address ${made} stands nowhere in it as such`;
}

/** Addresses anywhere in the arguments, however deep: with a scheme in any text, without one where it is the whole text. */
function addressesIn(value: unknown): string[] {
  if (typeof value === "string") {
    if (/^\s*[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}[:/?#]\S*\s*$/i.test(value)) return [value.trim()];
    return value.match(/(?:[a-z][a-z0-9+.-]{0,20}:)?\/\/[^\s"'<>`]+/gi) ?? [];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(addressesIn);
}

/** Was the address read as it is, and not put together? What the model itself wrote does not count. */
function standsIn(address: string, messages: readonly BaseMessage[]): boolean {
  return messages.some((message) => message.getType() !== "ai" && message.text.includes(address));
}

const scopes = new AsyncLocalStorage<{ readonly within: boolean; tainted: boolean }>();

/**
 * Runs a tool and says whether an agent inside it read text from outside: what such an agent says may be the attacker's
 * words, so it counts as text from outside too.
 *
 * @param within does the thread that calls the tool hold such text? Then what it asks of an agent may stem from it
 */
export async function noteInnerTaint<T>(
  within: boolean,
  run: () => Promise<T>,
): Promise<{ result: T; tainted: boolean }> {
  const scope = { within, tainted: false };
  const result = await scopes.run(scope, run);
  return { result, tainted: scope.tainted };
}

/** Does this run happen in a tool that a thread with text from outside called? */
export function isWithinTainted(): boolean {
  return scopes.getStore()?.within ?? false;
}

/** Tells the tool that this run happens in, if any. */
export function reportTaint(): void {
  const scope = scopes.getStore();
  if (scope) scope.tainted = true;
}
