import { untrusted } from "@zixue/prompts";
import { AgentError } from "./errors.ts";
import type { StateStore } from "./store/state-store.ts";
import { describeFact } from "./tools/memory.ts";
import type { Language } from "./wording.ts";

export interface MemoryOptions {
  /** So many of the user's facts, those that fit the input best, stand in the system text of each run. 1–50. */
  readonly recall: number;
}

/** @throws AgentError `invalid-definition` */
export function checkMemory(memory: MemoryOptions | undefined): MemoryOptions | undefined {
  if (memory === undefined) return undefined;
  const { recall } = memory;
  if (Number.isInteger(recall) && recall >= 1 && recall <= 50) return memory;
  throw new AgentError(
    "invalid-definition",
    `"memory.recall" must be a whole number from 1 to 50, not ${JSON.stringify(recall)}.`,
  );
}

/**
 * What is remembered of a user that fits what they say now, as a part of the system text; empty when nothing does. It
 * is fenced as data: a fact is what somebody said once, not an instruction.
 */
export async function recallFacts(
  agent: { readonly store: Pick<StateStore, "memory">; readonly memory: MemoryOptions | undefined },
  userId: string,
  said: string,
  language: Language,
): Promise<string> {
  if (agent.memory === undefined) return "";
  const facts = await agent.store.memory.search(userId, said, agent.memory.recall);
  if (facts.length === 0) return "";
  const list = facts.map((fact) => `- ${describeFact(fact)}`).join("\n");
  return `${HEADING[language]}\n${untrusted(list, { source: "memory" })}`;
}

const HEADING: Readonly<Record<Language, string>> = {
  zh: "以前谈话中记下的、与这位用户有关的事（括号内是日期，可能已经过时）：",
  en: "What was noted about this user in earlier conversations (with dates; it may be out of date):",
};
