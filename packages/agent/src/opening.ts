import { type BaseMessage, HumanMessage } from "@langchain/core/messages";
import { describeOutput, UNTRUSTED_NOTE } from "@zixue/prompts";
import { reachableFrom } from "./crew.ts";
import type { ReadyAgent, RunOptions } from "./define.ts";
import { AgentError } from "./errors.ts";
import { recallFacts } from "./recall-facts.ts";
import { type Language, languageOf } from "./wording.ts";

export interface Framed {
  readonly system: string;
  readonly messages: readonly BaseMessage[];
  readonly language: Language;
}

/** The system text of a run, the messages it adds to the thread, and the language it speaks to the user. */
export async function frameInput(
  agent: ReadyAgent,
  input: string | Record<string, unknown>,
  { language: wanted, userId = "" }: RunOptions,
): Promise<Framed> {
  const { prompt } = agent;
  const frame = async (own: readonly string[], said: string, language: Language) => {
    const facts = await recallFacts(agent, userId, said, language);
    const note = agent.untrusted.length > 0 || facts !== "" ? UNTRUSTED_NOTE[language] : "";
    const form = agent.output ? describeOutput(agent.output.jsonSchema, language) : "";
    return [...own, facts, note, form].filter((part) => part !== "").join("\n\n");
  };
  if (prompt === undefined || typeof prompt === "string") {
    if (typeof input !== "string") {
      throw new AgentError(
        "invalid-input",
        `Agent "${agent.name}" takes a text. Only an agent with a Prompt takes other input.`,
      );
    }
    const language = wanted ?? languageOf(input);
    const system = await frame([prompt ?? ""], input, language);
    return { system, messages: [new HumanMessage(input)], language };
  }
  const values = typeof input === "string" ? { input } : input;
  const locale = wanted ?? (typeof input === "string" ? languageOf(input) : undefined);
  const rendered = await prompt.render(values, locale === undefined ? {} : { locale });
  const isSystem = (message: BaseMessage) => message.getType() === "system";
  const own = rendered.filter(isSystem).map((message) => message.text);
  const messages = rendered.filter((message) => !isSystem(message));
  if (messages.length === 0) {
    throw new AgentError(
      "invalid-input",
      `The prompt of agent "${agent.name}" renders no user message for this input.`,
    );
  }
  const said = messages.map((message) => message.text).join("\n");
  const language = locale ?? languageOf(said);
  return { system: await frame(own, said, language), messages, language };
}

/**
 * System texts of the agents that the thread may be handed over to, by name. A prompt of theirs is given the same input;
 * its other messages are left out, since the conversation is already going on.
 */
export async function frameOthers(
  lead: ReadyAgent,
  input: string | Record<string, unknown>,
  options: RunOptions,
  { messages, language }: Pick<Framed, "messages" | "language">,
): Promise<Record<string, string>> {
  const said = messages.map((message) => message.text).join("\n");
  const frames: Record<string, string> = {};
  for (const agent of reachableFrom(lead)) {
    const isText = agent.prompt === undefined || typeof agent.prompt === "string";
    const asLead = { ...agent, store: lead.store, output: lead.output };
    const framed = await frameInput(asLead, isText ? said : input, { ...options, language });
    frames[agent.name] = framed.system;
  }
  return frames;
}
