import { RequestProblem } from "./exchange.ts";

const ROLES = new Set(["system", "developer", "user", "assistant", "tool", "function"]);

/**
 * Checks a chat request as OpenAI does: model, messages, roles, that tool results follow their calls, tools.
 * Throws a RequestProblem that names the field.
 */
export function checkChatRequest(body: unknown): asserts body is ChatRequestBody {
  if (!isRecord(body)) throw new RequestProblem(400, "The body must be a JSON object.");
  if (typeof body.model !== "string" || body.model === "") {
    throw new RequestProblem(400, "You must provide a model parameter.", { param: "model" });
  }
  if (!Array.isArray(body.messages) || body.messages.length === 0) {
    throw new RequestProblem(400, "'messages' must be a list with at least one message.", {
      param: "messages",
    });
  }
  if (body.stream !== undefined && body.stream !== null && typeof body.stream !== "boolean") {
    throw new RequestProblem(400, "'stream' must be a boolean.", { param: "stream" });
  }
  checkMessages(body.messages);
  checkTools(body.tools);
}

export interface ChatRequestBody {
  readonly model: string;
  readonly messages: readonly Record<string, unknown>[];
  readonly stream?: boolean | null;
  readonly stream_options?: { readonly include_usage?: boolean } | null;
}

/** All text of the messages, for estimating tokens. */
export function textOfMessages(messages: readonly Record<string, unknown>[]): string {
  return messages
    .map(({ content }) => {
      if (typeof content === "string") return content;
      if (!Array.isArray(content)) return "";
      return content
        .map((part) => (isRecord(part) && typeof part.text === "string" ? part.text : ""))
        .join("");
    })
    .join("\n");
}

function checkMessages(messages: readonly unknown[]): void {
  let waiting = new Set<string>();
  messages.forEach((message, i) => {
    const param = `messages[${i}]`;
    if (!isRecord(message)) throw new RequestProblem(400, `'${param}' must be an object.`, { param });
    if (typeof message.role !== "string" || !ROLES.has(message.role)) {
      throw new RequestProblem(
        400,
        `Invalid value: '${String(message.role)}'. Supported roles: ${[...ROLES].join(", ")}.`,
        { param: `${param}.role` },
      );
    }
    if (message.role === "tool") {
      const id = message.tool_call_id;
      if (typeof id !== "string" || !waiting.delete(id)) {
        throw new RequestProblem(
          400,
          `'${param}' with role 'tool' must answer a preceding message with 'tool_calls' (tool_call_id ${JSON.stringify(id)} is not waiting for an answer).`,
          { param: `${param}.tool_call_id` },
        );
      }
      return;
    }
    failIfWaiting(waiting, param);
    waiting = toolCallIds(message, param);
    const hasCalls = waiting.size > 0 || message.function_call !== undefined;
    if ((message.content === null || message.content === undefined) && !hasCalls) {
      throw new RequestProblem(400, `'${param}.content' must be a string or a list of parts.`, {
        param: `${param}.content`,
      });
    }
  });
  failIfWaiting(waiting, `messages[${messages.length}]`);
}

function failIfWaiting(waiting: Set<string>, param: string): void {
  if (waiting.size === 0) return;
  throw new RequestProblem(
    400,
    `An assistant message with 'tool_calls' must be followed by tool messages answering each 'tool_call_id'. Not answered: ${[...waiting].join(", ")}.`,
    { param },
  );
}

function toolCallIds(message: Record<string, unknown>, param: string): Set<string> {
  const ids = new Set<string>();
  if (message.role !== "assistant" || !Array.isArray(message.tool_calls)) return ids;
  for (const call of message.tool_calls) {
    if (!isRecord(call) || typeof call.id !== "string" || !isRecord(call.function)) {
      throw new RequestProblem(400, `Each of '${param}.tool_calls' needs an id and a function.`, {
        param: `${param}.tool_calls`,
      });
    }
    ids.add(call.id);
  }
  return ids;
}

function checkTools(tools: unknown): void {
  if (tools === undefined || tools === null) return;
  if (!Array.isArray(tools) || tools.length === 0) {
    throw new RequestProblem(400, "'tools' must be a list with at least one tool.", { param: "tools" });
  }
  tools.forEach((tool, i) => {
    const name = isRecord(tool) && isRecord(tool.function) ? tool.function.name : undefined;
    if (typeof name !== "string" || !/^[a-zA-Z0-9_-]{1,64}$/.test(name)) {
      throw new RequestProblem(
        400,
        `'tools[${i}].function.name' must match ^[a-zA-Z0-9_-]{1,64}$, got ${JSON.stringify(name)}.`,
        { param: `tools[${i}].function.name` },
      );
    }
  });
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
