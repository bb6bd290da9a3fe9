import { storeBody } from "./body.ts";
import type { RecordedEnd, RecordedResponse } from "./cassette-file.ts";
import { redactPieces } from "./redact.ts";
import { makeResponse } from "./replay-response.ts";

/** A response that is being recorded. */
export interface ResponseRecorder {
  /** For the client: the same bytes at the same time. */
  readonly response: Response;
  /** What has come so far, without secrets; a body that is still open counts as left by the client. */
  finish(secrets: readonly string[]): RecordedResponse;
}

/** Headers that change what a client does. Others (request ids, cookies, organisations) are not written down. */
const KEPT_HEADERS = ["content-type", "retry-after", "retry-after-ms", "x-should-retry"];
const STREAMED = /event-stream|ndjson|jsonl|stream\+json/i;

/**
 * Records a response while the client reads it. A stream is read as the client reads it, so that leaving it early
 * reaches the provider; any other body is read whole first, so that an error body is recorded even if nobody reads it.
 */
export async function recordResponse(
  request: Request,
  upstream: Response,
  started: number,
): Promise<ResponseRecorder> {
  const chunks: Buffer[] = [];
  const milliseconds = [Math.round(performance.now() - started)];
  let end: RecordedEnd = upstream.body === null ? "complete" : "left";
  const reader = upstream.body?.getReader();

  /** Undefined at the end; throws as the body does. */
  async function readNext(): Promise<Uint8Array | undefined> {
    try {
      const { value, done } = await reader!.read();
      if (done) {
        end = "complete";
        return undefined;
      }
      chunks.push(Buffer.from(value));
      milliseconds.push(Math.round(performance.now() - started));
      return value;
    } catch (error) {
      if (!request.signal.aborted) end = "cut";
      throw error;
    }
  }

  const ready: Uint8Array[] = [];
  let failure: unknown;
  const isStreamed = STREAMED.test(upstream.headers.get("content-type") ?? "");
  if (reader !== undefined && !isStreamed) {
    try {
      for (let chunk = await readNext(); chunk !== undefined; chunk = await readNext()) ready.push(chunk);
    } catch (error) {
      failure = error;
    }
  }

  const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        const chunk =
          ready.shift() ?? (end === "left" && failure === undefined ? await readNext() : undefined);
        if (chunk !== undefined) controller.enqueue(Uint8Array.from(chunk));
        else if (failure !== undefined) throw failure;
        else controller.close();
      },
      cancel: (reason) => reader?.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  const headers = new Headers(upstream.headers);
  // The bytes are decoded already.
  for (const name of ["content-encoding", "content-length", "transfer-encoding"]) headers.delete(name);
  return {
    response: makeResponse(upstream.url || request.url, upstream.status, headers, body),
    finish: (secrets) => ({
      status: upstream.status,
      headers: keptHeaders(upstream.headers),
      body: storeBody(withoutSecrets(chunks, secrets)),
      milliseconds,
      // A client that leaves after the last event has left nothing out.
      end: end === "left" && chunks.at(-1)?.toString().trimEnd().endsWith("data: [DONE]") ? "complete" : end,
    }),
  };
}

function keptHeaders(headers: Headers): Record<string, string> {
  return Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => (headers.has(name) ? [[name, headers.get(name)!]] : [])),
  );
}

/** Works on bytes, one character each, since a chunk may end inside a character. */
function withoutSecrets(chunks: readonly Buffer[], secrets: readonly string[]): Buffer[] {
  const values = secrets.map((value) => Buffer.from(value).toString("latin1"));
  const pieces = chunks.map((chunk) => chunk.toString("latin1"));
  return redactPieces(pieces, values).map((piece) => Buffer.from(piece, "latin1"));
}
