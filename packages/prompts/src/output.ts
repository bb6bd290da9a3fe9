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
  let mismatch: z.ZodError | undefined;
  for (const value of jsonValuesIn(text)) {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    mismatch ??= result.error;
  }
  if (mismatch === undefined) {
    const cut = wasCut(answer) ? " The answer was cut off by the token limit: allow more output tokens." : "";
    throw new PromptsError(
      "invalid-output",
      `The answer to prompt "${promptName}" holds no JSON: ${shorten(text)}.${cut || " Ask again, or use a model that supports structured output."}`,
      { details: { text } },
    );
  }
  throw new PromptsError(
    "invalid-output",
    `The answer to prompt "${promptName}" does not match its output schema:\n${z.prettifyError(mismatch)}`,
    { cause: mismatch, details: { text, issues: mismatch.issues } },
  );
}

/** The text of an answer, without its reasoning or media. */
export function textOf(answer: string | BaseMessage): string {
  return typeof answer === "string" ? answer : answer.text;
}

/** JSON values in an answer, the likeliest first: all of it, code fences, then objects and lists in the text. */
function* jsonValuesIn(answer: string): Generator<unknown> {
  // Some servers leave the thinking in the text.
  const text = answer.replace(/^\s*<think>[\s\S]*?<\/think>/, "");
  const fences = [...text.matchAll(/```(?:json)?\s*\n([\s\S]*?)```/g)].map((match) => match[1] ?? "");
  for (const candidate of [text, ...fences, ...spansIn(text)]) {
    try {
      yield JSON.parse(candidate) as unknown;
    } catch {
      // The next candidate may do.
    }
  }
}

/** Bracketed spans that do not lie within one another. */
function* spansIn(text: string): Generator<string> {
  let tried = 0;
  for (let from = 0; tried < MOST_SPANS; tried++) {
    const start = text.slice(from).search(/[{[]/);
    if (start < 0) return;
    const open = text[from + start] as "{" | "[";
    const span = balancedSpan(text.slice(from + start), open, open === "{" ? "}" : "]");
    if (span !== undefined) yield span;
    // What is no JSON as a whole, such as a set in a formula, may still hold some.
    from += start + (span !== undefined && isJson(span) ? span.length : 1);
  }
}

/** Each costs a pass over the text. */
const MOST_SPANS = 50;

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
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
