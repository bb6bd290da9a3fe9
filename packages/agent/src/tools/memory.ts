import type { RunnableConfig } from "@langchain/core/runnables";
import { DynamicStructuredTool } from "@langchain/core/tools";
import { z } from "zod";
import type { ToolTraits } from "../guards/tool-traits.ts";
import type { Fact, StateStore } from "../store/state-store.ts";

const MOST_CHARACTERS = 500;

/**
 * Lets a model keep a fact about one user beyond the thread. The fact holds which thread it comes from. After reading
 * text from outside, a model may do so only with a person's consent, as with every tool that changes something.
 *
 * @example
 * const store = openStateStore({ folder: "data/state" });
 * const tools = [rememberTool(store, userId), recallTool(store, userId), forgetTool(store, userId)];
 * defineAgent({ name: "tutor", model, tools, store, memory: { recall: 5 } });
 */
export function rememberTool(
  store: Pick<StateStore, "memory" | "threads">,
  userId: string,
): DynamicStructuredTool {
  return new DynamicStructuredTool({
    name: "remember",
    description:
      "Remembers one fact about the user for later conversations: a preference, a goal, what they know or find hard. Only what the user said about themselves and will still matter later; never passwords or other secrets.",
    schema: z.object({
      fact: z
        .string()
        .trim()
        .min(1)
        .max(MOST_CHARACTERS)
        .describe("One short sentence that can be understood by itself, in the user's language"),
    }),
    metadata: { effect: "change", idempotent: true } satisfies ToolTraits,
    func: async ({ fact: text }: { fact: string }, _manager, config?: RunnableConfig) => {
      const threadId = config?.configurable?.thread_id as string | undefined;
      // A run that stands alone has a thread that nobody can find again.
      const isKept = threadId !== undefined && (await store.threads.get(threadId, userId)) !== null;
      const fact = await store.memory.remember(userId, { text, source: isKept ? { threadId } : {} });
      return `Remembered as ${fact.id}.`;
    },
  });
}

/** Lets a model look up what it remembered of one user. */
export function recallTool(store: Pick<StateStore, "memory">, userId: string): DynamicStructuredTool {
  return new DynamicStructuredTool({
    name: "recall",
    description:
      "Looks up what was remembered about the user in earlier conversations. Finds facts that share words with the query; without a query lists the latest.",
    schema: z.object({ query: z.string().optional().describe("Words that the fact would contain") }),
    metadata: { effect: "read" } satisfies ToolTraits,
    func: async ({ query }: { query?: string | undefined }) => {
      const facts = query?.trim()
        ? await store.memory.search(userId, query, MOST_FACTS)
        : (await store.memory.list(userId)).slice(-MOST_FACTS).reverse();
      return facts.length === 0
        ? "Nothing is remembered about this."
        : facts.map((fact) => `${fact.id}: ${describeFact(fact)}`).join("\n");
    },
  });
}

/** Lets a model forget a fact that is wrong, or that the user does not want to be kept. */
export function forgetTool(store: Pick<StateStore, "memory">, userId: string): DynamicStructuredTool {
  return new DynamicStructuredTool({
    name: "forget",
    description:
      "Forgets one remembered fact about the user, by the id that recall and remember give. Use it when the user asks for it, or when a fact is no longer true.",
    schema: z.object({ id: z.string() }),
    metadata: { effect: "change", idempotent: true } satisfies ToolTraits,
    func: async ({ id }: { id: string }) =>
      (await store.memory.forget(userId, id.trim()))
        ? "Forgotten."
        : `There is no fact with the id "${id}". Use recall to find it.`,
  });
}

const MOST_FACTS = 10;

/** The fact and the day it is from. */
export function describeFact({ text, createdAt }: Fact): string {
  return `${text} (${createdAt.slice(0, 10)})`;
}
