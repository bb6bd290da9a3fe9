import type { ServerResponse } from "node:http";
import type { Dialect } from "../dialect.ts";
import type { ErrorReply, RawReply, Reply } from "../reply.ts";
import type { OpenRequest } from "./recorded-request.ts";

/** One request being answered: what every endpoint needs to answer it. */
export interface Exchange {
  readonly request: OpenRequest;
  readonly response: ServerResponse;
  readonly dialect: Dialect;
}

/** A wrong request. The server turns it into an OpenAI-shaped error body. */
export class RequestProblem extends Error {
  readonly reply: ErrorReply;
  /** The field at fault, as OpenAI's `param`. */
  readonly param: string | null;

  constructor(
    status: number,
    message: string,
    options: { param?: string; code?: string; type?: string } = {},
  ) {
    super(message);
    this.param = options.param ?? null;
    this.reply = {
      kind: "error",
      status,
      message,
      type: options.type ?? (status >= 500 ? "server_error" : "invalid_request_error"),
      code: options.code ?? null,
    };
  }
}

export function sendJson({ response }: Exchange, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" });
  response.end(JSON.stringify(body));
}

export function sendError(exchange: Exchange, error: ErrorReply, param: string | null = null): void {
  const { dialect, response } = exchange;
  const tooLong = error.code === "context_length_exceeded";
  const body = {
    error: {
      message: error.message,
      type: tooLong ? dialect.contextErrorType : error.type,
      param,
      code: dialect.errorCode === "status" ? error.status : error.code,
    },
  };
  response.writeHead(error.status, { "content-type": "application/json; charset=utf-8", ...error.headers });
  response.end(JSON.stringify(body));
}

/** Answers the kinds of reply that are the same on every endpoint; returns false for any other. */
export async function sendCommon(exchange: Exchange, reply: Reply): Promise<boolean> {
  if ("delayMs" in reply && reply.delayMs !== undefined) await pause(exchange, reply.delayMs);
  if (hasClientGone(exchange)) return true;
  switch (reply.kind) {
    case "error":
      sendError(exchange, reply);
      return true;
    case "raw":
      sendRaw(exchange, reply);
      return true;
    case "hang":
      await exchange.request.ended;
      return true;
    case "bad-json":
      sendRaw(exchange, {
        kind: "raw",
        status: 200,
        contentType: "application/json",
        body: '{"id":"chatcmpl-broken","object":"chat.completion","choices":[{"index":0,"mess',
      });
      return true;
    default:
      return false;
  }
}

/** Waits, but no longer than the client does. */
export async function pause({ request }: Exchange, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const time = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([time, request.ended]);
  clearTimeout(timer);
}

export function hasClientGone({ response }: Exchange): boolean {
  return response.destroyed;
}

/** Ends the connection at once, as a crashed server or a proxy would. */
export function resetConnection({ request, response }: Exchange): void {
  request.breakOff();
  response.socket?.resetAndDestroy();
}

function sendRaw({ response }: Exchange, reply: RawReply): void {
  response.writeHead(reply.status, { "content-type": reply.contentType, ...reply.headers });
  response.end(reply.body);
}
