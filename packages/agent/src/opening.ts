import { type BaseMessage, HumanMessage } from "@langchain/core/messages";
import { UNTRUSTED_NOTE } from "@zixue/prompts";
import type { ReadyAgent } from "./define.ts";
import { AgentError } from "./errors.ts";
import { type Language, languageOf } from "./wording.ts";

/** The system text of a run, the messages it adds to the thread, and the language it speaks to the user. */
export async function frameInput(
  agent: ReadyAgent,
  input: string | Record<string, unknown>,
  wanted: Language | undefined,
): Promise<{ system: string; messages: BaseMessage[]; language: Language }> {
  const { prompt } = agent;
  const noteIn = (language: Language) => (agent.untrusted.length > 0 ? UNTRUSTED_NOTE[language] : "");
  if (prompt === undefined || typeof prompt === "string") {
    if (typeof input !== "string") {
      throw new AgentError(
        "invalid-input",
        `Agent "${agent.name}" takes a text. Only an agent with a Prompt takes other input.`,
      );
    }
    const language = wanted ?? languageOf(input);
    return { system: join([prompt ?? "", noteIn(language)]), messages: [new HumanMessage(input)], language };
  }
  const values = typeof input === "string" ? { input } : input;
  const locale = wanted ?? (typeof input === "string" ? languageOf(input) : undefined);
  const rendered = await prompt.render(values, locale === undefined ? {} : { locale });
  const isSystem = (message: BaseMessage) => message.getType() === "system";
  const system = rendered.filter(isSystem).map((message) => message.text);
  const messages = rendered.filter((message) => !isSystem(message));
  if (messages.length === 0) {
    throw new AgentError(
      "invalid-input",
      `The prompt of agent "${agent.name}" renders no user message for this input.`,
    );
  }
  const language = locale ?? languageOf(messages.map((message) => message.text).join("\n"));
  return { system: join([...system, noteIn(language)]), messages, language };
}

function join(parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("\n\n");
}
