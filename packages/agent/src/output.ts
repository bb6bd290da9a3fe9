import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { parseOutput } from "@zixue/prompts";
import { z } from "zod";
import { AgentError } from "./errors.ts";
import { nameOfModel } from "./model-name.ts";
import type { ModelPolicy, RunContext } from "./policies/policy.ts";

/** A checked output schema: to parse with, and as JSON Schema for the model. */
export interface ReadyOutput {
  readonly schema: z.ZodType;
  readonly jsonSchema: Readonly<Record<string, unknown>>;
  /** How often the model may mend its answer. */
  readonly repairs: number;
}

/** @throws AgentError `invalid-definition` when the schema holds what JSON cannot */
export function checkOutput(schema: z.ZodType | undefined, repairs = 2): ReadyOutput | undefined {
  if (schema === undefined) return undefined;
  if (!Number.isInteger(repairs) || repairs < 0) {
    throw new AgentError("invalid-definition", `"outputRepairs" must be 0 or more, not ${repairs}.`);
  }
  try {
    // The model writes what goes into the schema; transforms and defaults then make the output of it.
    return { schema, jsonSchema: z.toJSONSchema(schema, { io: "input" }), repairs };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AgentError(
      "invalid-definition",
      `"output" cannot be told to a model as JSON: ${reason} Use what JSON has, such as z.iso.date() for a date, and a transform for the rest.`,
      { cause },
    );
  }
}

/**
 * Reads the output from the last reply, the one without tool calls. One that does not match goes back to the model with
 * what is wrong; each repair is a step. The thread keeps only the last answer.
 *
 * @throws AgentError `invalid-output` when no repair helped
 */
export function readOutput(context: RunContext): ModelPolicy {
  const { output, name } = context.agent;
  if (!output) return (turn, next) => next(turn);
  return async (turn, next) => {
    let { messages } = turn;
    for (let repairs = 0; ; repairs++) {
      const reply = await next({ ...turn, messages });
      if (makesCalls(reply)) return reply;
      try {
        context.output = { value: parseOutput(output.schema, reply, name) };
        return reply;
      } catch (cause) {
        const problem = cause instanceof Error ? cause.message : String(cause);
        if (repairs >= output.repairs) {
          throw new AgentError("invalid-output", problem, { cause, details: { text: reply.text } });
        }
        const model = nameOfModel(turn.model);
        context.emit({
          type: "retry",
          attempt: repairs + 2,
          reason: "invalid-output",
          model,
          waitMilliseconds: 0,
        });
        const said = reply.text === "" ? [] : [new AIMessage(reply.text)];
        messages = [...turn.messages, ...said, new HumanMessage(REPAIR[context.language](problem))];
      }
    }
  };
}

const REPAIR = {
  zh: (problem: string) => `上面的回答不能用：\n${problem}\n请重新给出完整的 JSON，不要写别的。`,
  en: (problem: string) =>
    `That answer cannot be used:\n${problem}\nGive the whole JSON again, and nothing else.`,
} as const;

function makesCalls(reply: AIMessage): boolean {
  return (reply.tool_calls?.length ?? 0) + (reply.invalid_tool_calls?.length ?? 0) > 0;
}
