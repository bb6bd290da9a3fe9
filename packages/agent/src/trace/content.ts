import { type BaseMessage, ToolMessage } from "@langchain/core/messages";
import { redactSecrets, redactSecretsIn } from "../guards/redact-secrets.ts";

/** Longest text of a message that is kept, in characters. */
const LONGEST = 2_000;
/** Longest arguments of a tool call that are kept, in characters. */
const LONGEST_ARGUMENTS = 500;

/** Arguments of a call as short JSON, without credentials. */
export function describeArguments(args: unknown, secrets: readonly string[]): string {
  return shorten(JSON.stringify(redactSecretsIn(args, secrets)) ?? "", LONGEST_ARGUMENTS);
}

/** A text without credentials, shortened. */
export function describeText(text: string, secrets: readonly string[], longest = LONGEST): string {
  return shorten(redactSecrets(text, secrets), longest);
}

/** Messages in the JSON of the conventions, each text shortened. */
export function describeMessages(messages: readonly BaseMessage[], secrets: readonly string[]): string {
  return JSON.stringify(
    messages.map((message) => {
      const content = describeText(message.text, secrets);
      const part = ToolMessage.isInstance(message)
        ? { type: "tool_call_response", id: message.tool_call_id, response: content }
        : { type: "text", content };
      return {
        role: ROLES[message.getType()] ?? message.getType(),
        parts: [part, ...callsOf(message, secrets)],
      };
    }),
  );
}

const ROLES: Readonly<Record<string, string>> = { human: "user", ai: "assistant" };

function callsOf(message: BaseMessage, secrets: readonly string[]) {
  const { tool_calls: calls = [] } = message as {
    tool_calls?: { id?: string; name: string; args: unknown }[];
  };
  return calls.map(({ id, name, args }) => ({
    type: "tool_call",
    ...(id !== undefined && { id }),
    name,
    arguments: describeArguments(args, secrets),
  }));
}

function shorten(text: string, longest: number): string {
  if (text.length <= longest) return text;
  // Never half of a surrogate pair.
  return `${text.slice(0, longest).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
