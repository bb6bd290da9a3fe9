import type { Response } from "express";

/** Seconds between comments that keep an idle stream open through proxies. */
const HEARTBEAT_SECONDS = 15;

/**
 * Sends values as server-sent events, one `data:` line of JSON each, at the pace of the reader. The first value is
 * awaited before anything is sent, so that a failure before it can still be answered with a status.
 */
export async function sendEvents(response: Response, events: AsyncIterable<unknown>): Promise<void> {
  const iterator = events[Symbol.asyncIterator]();
  let next = await iterator.next();
  response.status(200).set({
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-cache, no-transform",
    "X-Accel-Buffering": "no",
  });
  response.flushHeaders();
  response.socket?.setNoDelay(true);
  const heartbeat = setInterval(() => response.write(": \n\n"), HEARTBEAT_SECONDS * 1000);
  try {
    while (!next.done && !response.destroyed) {
      // JSON.stringify escapes line breaks, so an event is always one line.
      if (!response.write(`data: ${JSON.stringify(next.value)}\n\n`)) await drained(response);
      next = await iterator.next();
    }
  } finally {
    clearInterval(heartbeat);
    await iterator.return?.();
    response.end();
  }
}

function drained(response: Response): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done);
      response.off("close", done);
      resolve();
    };
    response.once("drain", done);
    response.once("close", done);
  });
}
