import { type BaseMessage, ToolMessage } from "@langchain/core/messages";
import { DynamicStructuredTool } from "@langchain/core/tools";
import { truncateToTokens } from "@zixue/models/tokens";
import { z } from "zod";
import { AgentError } from "../errors.ts";
import { markOf, reportTaint } from "../guards/taint.ts";

export const READ_RESULT = "read_result";

/** What is noted on a tool message that shows a part of a result. It stays with the message in the thread. */
export interface PartMark {
  /** Id of the call whose result it is. */
  readonly id: string;
  /** Characters of the result that lie behind this part, and where they begin. */
  readonly more: number;
  readonly next: number;
  /** The whole result; on the first part only. */
  readonly text?: string;
}

export function partOf(message: BaseMessage): PartMark | undefined {
  return message.additional_kwargs[MARK] as PartMark | undefined;
}

export function asPart(mark: PartMark): Record<string, unknown> {
  return { [MARK]: mark };
}

const MARK = "zixue_part";

/** Is there a result in the thread that was not shown whole? */
export function holdParts(messages: readonly BaseMessage[]): boolean {
  return messages.some((message) => partOf(message)?.text !== undefined);
}

/**
 * The beginning of a text with about so many tokens, up to the end of a line where one is near. Its cost does not grow
 * with the text.
 */
export function beginningOf(text: string, tokens: number): string {
  const shown = truncateToTokens(text.slice(0, tokens * LONGEST_TOKEN), tokens);
  if (shown.length === text.length) return shown;
  const line = shown.lastIndexOf("\n") + 1;
  return line > 0.8 * shown.length ? shown.slice(0, line) : shown;
}

/** Characters that a token has on average at most: long words, runs of spaces. */
export const LONGEST_TOKEN = 12;

/**
 * The tool that reads on in a result which was too large to show. An agent has it by itself, and offers it once there is
 * such a result.
 */
export function readResult(tokens: number): DynamicStructuredTool {
  return new DynamicStructuredTool({
    name: READ_RESULT,
    description: "Reads on in the result of an earlier tool call that was too long to be shown whole.",
    metadata: { effect: "read" },
    schema: z.object({
      id: z.string().describe("As the shortened result names it"),
      from: z.number().int().min(0).describe("Number of the character to begin at"),
    }),
    func: async ({ id, from }: { id: string; from: number }, _manager, config) => {
      const { state, toolCall } = config as unknown as {
        state?: { messages?: readonly BaseMessage[] };
        toolCall?: { id?: string };
      };
      const { message, text } = find(state?.messages ?? [], id, from);
      if (markOf(message)) reportTaint();
      // Not in the middle of a surrogate pair.
      const start = /[\uDC00-\uDFFF]/.test(text.charAt(from)) && from > 0 ? from - 1 : from;
      const content = beginningOf(text.slice(start), tokens);
      const next = start + content.length;
      return new ToolMessage({
        content,
        name: READ_RESULT,
        tool_call_id: toolCall?.id ?? "",
        additional_kwargs: asPart({ id, next, more: text.length - next }),
      });
    },
  });
}

function find(
  messages: readonly BaseMessage[],
  id: string,
  from: number,
): { message: BaseMessage; text: string } {
  const parts = messages.filter((message) => partOf(message)?.text !== undefined);
  const message = parts.findLast((one) => partOf(one)?.id === id);
  const text = message && partOf(message)?.text;
  if (!message || text === undefined) {
    const ids = parts.map((one) => partOf(one)?.id).join(", ");
    throw new AgentError("not-found", `No shortened result is called "${id}". There are: ${ids || "none"}.`);
  }
  if (from < text.length) return { message, text };
  throw new AgentError("not-found", `The result "${id}" has ${text.length} characters; "from" must be less.`);
}
