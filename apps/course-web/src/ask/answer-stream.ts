import type { AnswerEvent, HistoryMessage } from "@zixue/rag";

export interface AskRequest {
  readonly question: string;
  readonly history: readonly HistoryMessage[];
  readonly language: "zh" | "en";
  readonly signal: AbortSignal;
}

/** A refusal of the server (problem+json), in the reader's language. */
export class AskError extends Error {
  override readonly name = "AskError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Asks the course bot and gives its events as they come. Throws {@link AskError} when the server declines the request. */
export async function* askCourse(request: AskRequest): AsyncGenerator<AnswerEvent> {
  const response = await fetch("/api/ask", {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "text/event-stream",
      "accept-language": request.language,
    },
    body: JSON.stringify({ question: request.question, history: request.history }),
    signal: request.signal,
  });
  if (!response.ok || !response.body) {
    const problem = (await response.json().catch(() => ({}))) as { detail?: string; title?: string };
    throw new AskError(response.status, problem.detail ?? problem.title ?? `HTTP ${response.status}`);
  }
  yield* parseEvents(response.body);
}

/** Splits a server-sent event stream into its `data:` payloads. Chunks may end anywhere, inside a character too. */
export async function* parseEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<AnswerEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let buffer = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      buffer += decoder.decode(value, { stream: !done });
      const events = buffer.split(/\r?\n\r?\n/);
      buffer = events.pop() ?? "";
      for (const event of events) {
        const data = event
          .split(/\r?\n/)
          .filter((line) => line.startsWith("data:"))
          .map((line) => line.slice(5).trimStart())
          .join("\n");
        if (data !== "") yield JSON.parse(data) as AnswerEvent;
      }
      if (done) return;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
