import type { Request } from "express";
import { z } from "zod";
import { BotError } from "../errors.ts";
import { messages } from "../messages.ts";
import { messagesFor, requestedLanguage } from "./language.ts";

const errorMaps = { zh: z.locales.zhCN().localeError, en: z.locales.en().localeError };

/**
 * Checks input against a schema.
 *
 * @throws BotError `invalid-input` (400) with one entry per wrong field.
 */
export function validate<T>(schema: z.ZodType<T>, input: unknown, request: Request): T {
  const error = errorMaps[requestedLanguage(request) ?? "zh"];
  const result = schema.safeParse(input, { error });
  if (result.success) return result.data;
  const errors = result.error.issues.slice(0, 20).map((issue) => ({
    path: pathText(issue.path),
    message: issue.message.slice(0, 300),
  }));
  throw new BotError("invalid-input", messagesFor(request).invalidInput, { status: 400, errors });
}

/** An error for one field, for rules that a schema does not hold. */
export function fieldError(path: string, message: string): BotError {
  return new BotError("invalid-input", message, { status: 400, errors: [{ path, message }] });
}

/** The sentences in the language of the body, where it names one. */
export function messagesIn(language: "zh" | "en" | undefined, request: Request) {
  return language === undefined ? messagesFor(request) : messages[language];
}

/** `history[0].role`; `(body)` for the root. */
function pathText(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "(body)";
  return path.reduce<string>(
    (before, key) =>
      typeof key === "number"
        ? `${before}[${key}]`
        : before === ""
          ? String(key)
          : `${before}.${String(key)}`,
    "",
  );
}
