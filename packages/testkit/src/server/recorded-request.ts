import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";

/** A request as the scripted server received it. Headers are kept as sent, secrets included. */
export interface RecordedRequest {
  /** Number of the request on this server, from 0. */
  readonly number: number;
  readonly method: string;
  /** Path with query, for example `/v1/chat/completions`. */
  readonly path: string;
  readonly headers: Readonly<IncomingHttpHeaders>;
  /** The parsed JSON body; undefined when there was none or it did not parse. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever its client sent
  readonly body: any;
  readonly rawBody: string;
  /** True as soon as the client has gone before the whole answer was sent. */
  readonly aborted: boolean;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** When the answer was sent or the connection closed; undefined while it is being answered. */
  readonly endedAt: number | undefined;
  /** HTTP status answered; undefined until it is known. */
  readonly status: number | undefined;
  /** Resolves when the answer was sent, the server broke it off as scripted, or the client went away. */
  readonly ended: Promise<"sent" | "broken" | "aborted">;
}

/** The same record while the server writes to it. */
export interface OpenRequest extends RecordedRequest {
  body: unknown;
  rawBody: string;
  /** Marks the end that follows as the server's own doing, so that it does not count as an abort. */
  breakOff(): void;
}

/** Starts the record of a request and follows its connection to the end. */
export function recordRequest(
  request: IncomingMessage,
  response: ServerResponse,
  number: number,
): OpenRequest {
  let aborted = false;
  let broken = false;
  let endedAt: number | undefined;
  const ended = new Promise<"sent" | "broken" | "aborted">((resolve) => {
    response.once("close", () => {
      endedAt = Date.now();
      aborted = !response.writableFinished && !broken;
      resolve(aborted ? "aborted" : broken ? "broken" : "sent");
    });
  });
  return {
    number,
    method: request.method ?? "GET",
    path: request.url ?? "/",
    headers: request.headers,
    body: undefined,
    rawBody: "",
    startedAt: Date.now(),
    ended,
    get aborted() {
      return aborted;
    },
    get endedAt() {
      return endedAt;
    },
    get status() {
      return response.headersSent || endedAt !== undefined ? response.statusCode : undefined;
    },
    breakOff() {
      broken = true;
    },
  };
}
