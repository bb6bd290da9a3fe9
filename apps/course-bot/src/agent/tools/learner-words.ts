import type { RunnableConfig } from "@langchain/core/runnables";
import type { StateStore } from "@zixue/agent";

/** How far back an answer may reach. */
const MESSAGES = 8;
/** Share of an answer's character pairs that must be the learner's: a model mends spelling and leaves out fillers. */
const LEAST_SHARED = 0.6;

/** What the learner said lately in the thread that a tool runs in. */
export async function learnerWords(store: StateStore, config: RunnableConfig | undefined): Promise<string> {
  const threadId = threadOf(config);
  if (threadId === undefined) return "";
  const messages = await store.threads.messages(threadId);
  return messages
    .filter(({ role }) => role === "user")
    .slice(-MESSAGES)
    .map(({ content }) => content)
    .join("\n");
}

/** Whose thread a tool runs in; `undefined` when the thread is not known. */
export async function learnerOf(
  store: StateStore,
  config: RunnableConfig | undefined,
): Promise<{ readonly threadId: string; readonly userId: string } | undefined> {
  const threadId = threadOf(config);
  const thread = threadId === undefined ? null : await store.threads.get(threadId);
  return thread === null ? undefined : { threadId: thread.id, userId: thread.userId };
}

/** Is this, near enough, something that was said? */
export function isSaidBy(answer: string, said: string): boolean {
  const wanted = pairsOf(answer);
  if (wanted.size === 0) return false;
  const heard = pairsOf(said);
  return [...wanted].filter((pair) => heard.has(pair)).length / wanted.size >= LEAST_SHARED;
}

function pairsOf(text: string): Set<string> {
  const letters = [
    ...text
      .normalize("NFKC")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]/gu, ""),
  ];
  if (letters.length === 1) return new Set(letters);
  return new Set(letters.slice(1).map((letter, index) => `${letters[index]}${letter}`));
}

function threadOf(config: RunnableConfig | undefined): string | undefined {
  const id: unknown = config?.configurable?.thread_id;
  return typeof id === "string" ? id : undefined;
}
