import { estimateTokens } from "../pieces.ts";
import type { MessageReply, Reply, ScriptedToolCall } from "../reply.ts";
import { type ChatRequestBody, checkChatRequest, textOfMessages } from "./chat-request.ts";
import { streamCompletion } from "./chat-stream.ts";
import {
  type Exchange,
  hasClientGone,
  RequestProblem,
  resetConnection,
  sendCommon,
  sendJson,
} from "./exchange.ts";

/** What is the same for every chunk and for a plain completion of one reply. */
export interface Completion {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly reply: MessageReply;
  readonly toolCalls: readonly WireToolCall[];
  readonly finishReason: string;
  readonly usage: Record<string, unknown>;
}

export interface WireToolCall {
  readonly id?: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: string };
}

/** `POST /v1/chat/completions`: checks the request, then answers it with the next reply of the script. */
export async function answerChat(exchange: Exchange, next: () => Promise<Reply>): Promise<void> {
  const body: unknown = exchange.request.body;
  checkChatRequest(body);
  const reply = await next();
  const streamed = body.stream === true;
  if (streamed && reply.kind === "bad-json") {
    exchange.response.writeHead(200, { "content-type": "text/event-stream" });
    exchange.response.end('data: {"id":"chatcmpl-broken","choices":[{"index":0,"del\n\n');
    return;
  }
  if (await sendCommon(exchange, reply)) return;
  if (reply.kind !== "message") {
    throw new RequestProblem(500, `A chat request cannot be answered with a reply of kind "${reply.kind}".`);
  }
  const completion = complete(exchange, body, reply);
  if (streamed) await streamCompletion(exchange, body, completion);
  else await sendCompletion(exchange, completion);
}

async function sendCompletion(exchange: Exchange, completion: Completion): Promise<void> {
  const { dialect, response } = exchange;
  const { reply, toolCalls } = completion;
  const body = {
    id: completion.id,
    object: "chat.completion",
    created: completion.created,
    model: completion.model,
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: reply.text === "" && toolCalls.length > 0 ? null : reply.text,
          ...(reply.reasoning === undefined ? {} : { [dialect.reasoningField]: reply.reasoning }),
          ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
        },
        logprobs: null,
        finish_reason: completion.finishReason,
      },
    ],
    ...(dialect.plainUsage ? { usage: completion.usage } : {}),
  };
  if (reply.breakAfter === undefined) {
    sendJson(exchange, 200, body);
    return;
  }
  const text = JSON.stringify(body);
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  await new Promise<void>((resolve) => response.write(text.slice(0, text.length / 2), () => resolve()));
  if (reply.breakAfter.how === "stall") await exchange.request.ended;
  else if (!hasClientGone(exchange)) resetConnection(exchange);
}

function complete({ request, dialect }: Exchange, body: ChatRequestBody, reply: MessageReply): Completion {
  const toolCalls = (reply.toolCalls ?? []).map((call, i) =>
    wireToolCall(call, `${request.number}${i}`, dialect.toolCallIds),
  );
  const inputTokens = reply.usage?.inputTokens ?? estimateTokens(textOfMessages(body.messages));
  const outputTokens =
    reply.usage?.outputTokens ??
    estimateTokens(
      reply.text + (reply.reasoning ?? "") + toolCalls.map((call) => JSON.stringify(call.function)).join(""),
    );
  return {
    id: `chatcmpl-${request.number}`,
    created: Math.floor(request.startedAt / 1000),
    model: body.model,
    reply,
    toolCalls,
    finishReason: reply.finishReason ?? (toolCalls.length > 0 ? "tool_calls" : "stop"),
    usage: {
      prompt_tokens: inputTokens,
      completion_tokens: outputTokens,
      total_tokens: inputTokens + outputTokens,
      ...(reply.usage?.cachedTokens === undefined
        ? {}
        : { prompt_tokens_details: { cached_tokens: reply.usage.cachedTokens } }),
      ...(reply.usage?.reasoningTokens === undefined
        ? {}
        : { completion_tokens_details: { reasoning_tokens: reply.usage.reasoningTokens } }),
    },
  };
}

function wireToolCall(
  call: ScriptedToolCall,
  suffix: string,
  form: "call-prefix" | "bare" | "missing",
): WireToolCall {
  const made = form === "call-prefix" ? `call_${suffix.padStart(8, "0")}` : `Zq${suffix.padStart(8, "0")}`;
  const id = call.id ?? made;
  return {
    ...(form === "missing" ? {} : { id }),
    type: "function",
    function: {
      name: call.name,
      arguments: typeof call.args === "string" ? call.args : JSON.stringify(call.args),
    },
  };
}
