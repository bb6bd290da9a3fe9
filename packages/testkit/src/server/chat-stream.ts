import { piecesOf } from "../pieces.ts";
import type { Completion } from "./chat-endpoint.ts";
import type { ChatRequestBody } from "./chat-request.ts";
import { type Exchange, hasClientGone, pause, resetConnection } from "./exchange.ts";

/** Sends a completion as server-sent events, one chunk each, in the exchange's dialect. */
export async function streamCompletion(
  exchange: Exchange,
  body: ChatRequestBody,
  completion: Completion,
): Promise<void> {
  const { dialect, response, request } = exchange;
  const { reply } = completion;
  const sendsUsage =
    dialect.streamUsage === "always" ||
    (dialect.streamUsage === "on-request" && body.stream_options?.include_usage === true);
  const chunk = (choices: unknown[], usage: unknown = undefined) => ({
    id: completion.id,
    object: "chat.completion.chunk",
    created: completion.created,
    model: completion.model,
    choices,
    ...(usage !== undefined
      ? { usage }
      : sendsUsage && dialect.usagePlace === "own-chunk"
        ? { usage: null }
        : {}),
  });
  const running = sendsUsage && dialect.usagePlace === "every-chunk" ? completion.usage : undefined;

  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
  });
  response.flushHeaders();
  if (dialect.keepAliveComments) await send(exchange, ": PROCESSING\n\n");

  const deltas = deltasOf(completion, exchange);
  await sendData(
    exchange,
    chunk([choice({ role: "assistant", content: dialect.firstDeltaContent })], running),
  );
  let sent = 0;
  for (const delta of deltas) {
    if (reply.breakAfter !== undefined && sent >= reply.breakAfter.chunks) break;
    if (sent > 0 && reply.chunkDelayMs !== undefined) await pause(exchange, reply.chunkDelayMs);
    if (hasClientGone(exchange)) return;
    await sendData(exchange, chunk([choice(delta)], running));
    sent++;
  }

  if (reply.breakAfter !== undefined) {
    switch (reply.breakAfter.how) {
      case "stall":
        await request.ended;
        return;
      case "end":
        response.end();
        return;
      case "error":
        await sendData(exchange, {
          error: { message: reply.breakAfter.message, type: "server_error", code: 500 },
        });
        response.end();
        return;
      case "reset":
        resetConnection(exchange);
        return;
    }
  }

  const withFinish = sendsUsage && dialect.usagePlace !== "own-chunk" ? completion.usage : undefined;
  await sendData(exchange, chunk([choice({}, completion.finishReason)], withFinish));
  if (sendsUsage && dialect.usagePlace === "own-chunk") await sendData(exchange, chunk([], completion.usage));
  if (hasClientGone(exchange)) return;
  response.end("data: [DONE]\n\n");
}

function choice(delta: Record<string, unknown>, finishReason: string | null = null) {
  return { index: 0, delta, logprobs: null, finish_reason: finishReason };
}

function deltasOf({ reply, toolCalls }: Completion, { dialect }: Exchange): Record<string, unknown>[] {
  const deltas: Record<string, unknown>[] = [];
  for (const piece of piecesOf(reply.reasoning ?? "")) deltas.push({ [dialect.reasoningField]: piece });
  for (const piece of piecesOf(reply.text, reply.chunks)) deltas.push({ content: piece });
  toolCalls.forEach((call, index) => {
    if (dialect.toolCallChunks === "whole") {
      deltas.push({ tool_calls: [{ index, ...call }] });
      return;
    }
    // The first chunk has id and name; the rest carry only pieces of the arguments, tied together by index.
    deltas.push({ tool_calls: [{ index, ...call, function: { name: call.function.name, arguments: "" } }] });
    for (const piece of piecesOf(call.function.arguments)) {
      deltas.push({ tool_calls: [{ index, function: { arguments: piece } }] });
    }
  });
  return deltas;
}

function sendData(exchange: Exchange, data: unknown): Promise<void> {
  return send(exchange, `data: ${JSON.stringify(data)}\n\n`);
}

/** Resolves when the bytes have left for the socket, so that a break afterwards cannot overtake them. */
function send(exchange: Exchange, text: string): Promise<void> {
  if (hasClientGone(exchange)) return Promise.resolve();
  return new Promise((resolve) => exchange.response.write(text, () => resolve()));
}
