import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import { TestkitError } from "../errors.ts";
import { loadBody } from "./body.ts";
import type { RecordedResponse } from "./cassette-file.ts";

/** How long a client may take to leave a reply that it left when it was recorded. */
const PATIENCE_MS = 1000;

export interface ReplayOptions {
  /** Keep the recorded times between chunks. */
  readonly realtime: boolean;
  /** Called when the client reads on where it left when the reply was recorded. */
  readonly onOverrun: () => void;
}

/** Makes the response that was recorded: status, headers, the same chunks, the same end. */
export async function replayResponse(
  request: Request,
  recorded: RecordedResponse,
  { realtime, onOverrun }: ReplayOptions,
): Promise<Response> {
  const { signal } = request;
  const chunks = loadBody(recorded.body).filter((chunk) => chunk.length > 0);
  const started = performance.now();
  const waitFor = async (position: number) => {
    const due = realtime ? (recorded.milliseconds[position] ?? 0) - (performance.now() - started) : 0;
    if (due >= 1) await sleep(due, undefined, { signal }).catch(() => {});
    else await setImmediate();
  };
  await waitFor(0);
  signal.throwIfAborted();

  let sent = 0;
  let stop = () => {};
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      start(controller) {
        const abort = () => controller.error(signal.reason);
        signal.addEventListener("abort", abort, { once: true });
        stop = () => signal.removeEventListener("abort", abort);
      },
      async pull(controller) {
        const chunk = chunks[sent];
        if (chunk !== undefined) {
          await waitFor(++sent);
          if (!signal.aborted) controller.enqueue(Uint8Array.from(chunk));
          return;
        }
        if (recorded.end === "left") {
          await sleep(PATIENCE_MS, undefined, { signal, ref: false }).catch(() => {});
          if (signal.aborted) return;
          onOverrun();
          stop();
          controller.error(new TestkitError("unrecorded-request", "The recording ends here."));
          return;
        }
        if (signal.aborted) return;
        stop();
        if (recorded.end === "cut") controller.error(brokenConnection());
        else controller.close();
      },
      cancel: () => stop(),
    },
    { highWaterMark: 0 },
  );
  return makeResponse(request.url, recorded.status, recorded.headers, body);
}

/** A Response with a URL, which the constructor cannot give. */
export function makeResponse(
  url: string,
  status: number,
  headers: Headers | Readonly<Record<string, string>>,
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): Response {
  const isEmpty = status === 204 || status === 205 || status === 304;
  const response = new Response(isEmpty ? null : body, { status, headers });
  Object.defineProperty(response, "url", { value: url });
  return response;
}

/** What Node's fetch gives for a body whose connection breaks. */
export function brokenConnection(): TypeError {
  const cause = Object.assign(new Error("other side closed"), {
    name: "SocketError",
    code: "UND_ERR_SOCKET",
  });
  return new TypeError("terminated", { cause });
}
