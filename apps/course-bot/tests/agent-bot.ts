import { memoryStore, type StateStore } from "@zixue/agent";
import { type EndpointScripts, startScriptedServer } from "@zixue/testkit";
import { onTestFinished } from "vitest";
import type { TutorThread } from "../src/agent/define-tutor.ts";
import { lazyTutor } from "../src/agent/open-tutor.ts";
import type { AppDependencies } from "../src/create-app.ts";
import { fixturePaths, openFixture } from "./open-fixture.ts";
import { eventsOf, startBot } from "./start-bot.ts";

export const THREAD = "thread-0123456789abcdef";

/** The real app over a real course, its tutor with a model that a scripted server plays. */
export async function startAgentBot(
  chat: EndpointScripts["chat"],
  options: { store?: StateStore; course?: string; app?: Partial<AppDependencies> } = {},
) {
  const server = await startScriptedServer({ ...(chat === undefined ? {} : { chat }) });
  onTestFinished(() => server.close());
  const opened = await openFixture(await fixturePaths(options.course), {
    ZIXUE_PROVIDER: "custom",
    ZIXUE_BASE_URL: server.url,
    ZIXUE_CHAT_MODEL: "scripted",
    ZIXUE_EMBEDDINGS_PROVIDER: "none",
    ZIXUE_MAX_RETRIES: "0",
  });
  const store = options.store ?? memoryStore();
  const openTutor = lazyTutor(opened, { store: async () => store, close: async () => {} });
  if (openTutor === undefined) throw new Error("the environment names a model");
  const bot = await startBot(opened.pipeline, { course: opened.course, openTutor, ...options.app });
  const post = (path: string, body: unknown, init: RequestInit = {}) =>
    fetch(bot.url + path, {
      method: "POST",
      ...init,
      headers: { "content-type": "application/json", ...(init.headers as Record<string, string>) },
      body: JSON.stringify(body),
    });
  return {
    ...bot,
    server,
    store,
    course: opened.course,
    post,
    say: async (input: string, threadId = THREAD) => eventsOf(await post("/api/agent", { input, threadId })),
    decide: async (decisions: unknown, threadId = THREAD) =>
      eventsOf(await post("/api/agent/resume", { threadId, decisions })),
    show: async (threadId = THREAD) =>
      (await (await fetch(`${bot.url}/api/agent/threads/${threadId}`)).json()) as TutorThread,
    thread: async (threadId = THREAD, headers: Record<string, string> = {}) =>
      fetch(`${bot.url}/api/agent/threads/${threadId}`, { headers }),
  };
}

type Event = { type: string; [key: string]: unknown };

export function ofType<T = Event>(events: readonly Event[], type: string): T[] {
  return events.filter((event) => event.type === type) as T[];
}

export interface Problem {
  readonly code: string;
  readonly detail: string;
  readonly errors: readonly { readonly path: string; readonly message: string }[];
}

export async function problemOf(response: Response): Promise<Problem> {
  return (await response.json()) as Problem;
}

/** What the model was told by its tools in a request that it got. */
export function toolMessages(body: unknown): string[] {
  const { messages } = body as { messages: { role: string; content: unknown }[] };
  return messages.filter(({ role }) => role === "tool").map(({ content }) => String(content));
}
