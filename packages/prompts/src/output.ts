import type { BaseMessage } from "@langchain/core/messages";
import { z } from "zod";
import { PromptsError } from "./errors.ts";
import type { JsonSchema } from "./template/schema.ts";

/** What the model must be told about the form of its answer. */
export function describeOutput(schema: JsonSchema, language: "zh" | "en"): string {
  const { $schema: _, ...rest } = typeof schema === "boolean" ? {} : schema;
  const json = JSON.stringify(rest);
  return language === "zh"
    ? `只用一个符合下面 JSON Schema 的 JSON 值作答，不要写别的：\n${json}`
    : `Answer with one JSON value that matches this JSON Schema, and nothing else:\n${json}`;
}

/**
 * Reads a value of the schema out of a model's answer. JSON in a code fence, or with words around it, is found too.
 *
 * @throws PromptsError `invalid-output`, with the answer and every mismatch in `details`
 */
export function parseOutput<O>(schema: z.ZodType<O>, answer: string | BaseMessage, promptName: string): O {
  const text = textOf(answer);
  const value = findJson(text);
  if (value === undefined) {
    const cut = wasCut(answer) ? " The answer was cut off by the token limit: allow more output tokens." : "";
    throw new PromptsError(
      "invalid-output",
      `The answer to prompt "${promptName}" holds no JSON: ${shorten(text)}.${cut || " Ask again, or use a model that supports structured output."}`,
      { details: { text } },
    );
  }
  const result = schema.safeParse(value.json);
  if (result.success) return result.data;
  throw new PromptsError(
    "invalid-output",
    `The answer to prompt "${promptName}" does not match its output schema:\n${z.prettifyError(result.error)}`,
    { cause: result.error, details: { text, issues: result.error.issues } },
  );
}

/** The text of an answer, without its reasoning or media. */
export function textOf(answer: string | BaseMessage): string {
  return typeof answer === "string" ? answer : answer.text;
}

function findJson(text: string): { json: unknown } | undefined {
  const fenced = /```(?:json)?\s*\n([\s\S]*?)```/.exec(text)?.[1];
  for (const candidate of [text, fenced, balancedSpan(text, "{", "}"), balancedSpan(text, "[", "]")]) {
    if (candidate === undefined) continue;
    try {
      return { json: JSON.parse(candidate) as unknown };
    } catch {
      // The next candidate may do.
    }
  }
  return undefined;
}

/** From the first opening bracket to the one that closes it, strings skipped. */
function balancedSpan(text: string, open: string, close: string): string | undefined {
  const start = text.indexOf(open);
  if (start < 0) return undefined;
  let depth = 0;
  let inString = false;
  for (let i = start; i < text.length; i++) {
    const character = text[i];
    if (inString) {
      if (character === "\\") i++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === open) depth++;
    else if (character === close && --depth === 0) return text.slice(start, i + 1);
  }
  return undefined;
}

function wasCut(answer: string | BaseMessage): boolean {
  return typeof answer !== "string" && answer.response_metadata.finish_reason === "length";
}

function shorten(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}
