import { join } from "node:path";
import { loadCourse } from "@zixue/course";
import type { RagPipeline } from "@zixue/rag";
import { pino } from "pino";
import { onTestFinished } from "vitest";
import { type AppDependencies, createApp } from "../src/create-app.ts";
import { listen } from "../src/listen.ts";

export const FIXTURE_COURSE = join(import.meta.dirname, "fixtures/course");

/** The real app on a real port, closed after the test. */
export async function startBot(pipeline: RagPipeline, options: Partial<AppDependencies> = {}) {
  const course = options.course ?? (await loadCourse(FIXTURE_COURSE));
  const lines: string[] = [];
  const logger = pino({ level: "debug" }, { write: (line: string) => void lines.push(line) });
  const app = createApp({ course, pipeline, logger, ...options });
  const listening = await listen(app, { host: "127.0.0.1", port: 0 });
  onTestFinished(() => listening.stop({ graceMs: 50 }));
  return {
    url: listening.url,
    logs: lines,
    stop: listening.stop,
    get: (path: string, init: RequestInit = {}) => fetch(listening.url + path, init),
    ask: (body: unknown, init: RequestInit = {}) =>
      fetch(`${listening.url}/api/ask`, {
        method: "POST",
        ...init,
        headers: { "content-type": "application/json", ...(init.headers as Record<string, string>) },
        body:
          typeof body === "string" || body instanceof Uint8Array
            ? (body as NonNullable<RequestInit["body"]>)
            : JSON.stringify(body),
      }),
  };
}

/** The events of a server-sent event stream. */
export async function eventsOf(response: Response): Promise<{ type: string; [key: string]: unknown }[]> {
  const text = await response.text();
  return text
    .split("\n\n")
    .filter((event) => event.startsWith("data: "))
    .map((event) => JSON.parse(event.slice("data: ".length)));
}
