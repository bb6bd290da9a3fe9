import type { Filter, HistoryMessage } from "@zixue/rag";
import type { Request } from "express";
import { z } from "zod";
import { cleanText, isBlank } from "../http/clean-text.ts";
import { fieldError, messagesIn, validate } from "../http/validate.ts";
import type { Language } from "../messages.ts";

/** Longest question, in characters. */
export const QUESTION_LIMIT = 4000;
/** Turns of history that the answer can refer to. */
const HISTORY_USED = 20;

const scalar = z.union([z.string().max(200), z.number(), z.boolean()]);
const bound = z.number().optional();
const condition = z.union([
  scalar,
  z.strictObject({ eq: scalar }),
  z.strictObject({ ne: scalar }),
  z.strictObject({ in: z.array(scalar).max(200) }),
  z
    .strictObject({ gt: bound, gte: bound, lt: bound, lte: bound })
    .refine((range) => Object.values(range).some((value) => value !== undefined)),
]);

/** Fields that a filter may test. */
export const FILTER_FIELDS = ["part", "chapter", "section", "documentId"];

const bodySchema = z.object({
  question: z.string(),
  history: z
    .array(z.object({ role: z.enum(["user", "assistant"]), content: z.string() }))
    .max(200)
    .optional(),
  filter: z.record(z.string().max(40), condition).optional(),
  threadId: z
    .string()
    .regex(/^[\w.:-]{1,128}$/)
    .optional(),
  language: z.enum(["zh", "en"]).optional(),
});

export interface AskRequest {
  readonly question: string;
  /** `undefined` when the client sent none. */
  readonly history: readonly HistoryMessage[] | undefined;
  readonly filter: Filter | undefined;
  readonly threadId: string | undefined;
  readonly language: Language | undefined;
}

/**
 * Reads the body of `POST /api/ask`.
 *
 * @throws BotError `invalid-input` (400), naming each wrong field.
 */
export function readAskRequest(request: Request): AskRequest {
  const { history, filter, threadId, language, question } = validate(bodySchema, request.body, request);
  const text = messagesIn(language, request);
  for (const field of Object.keys(filter ?? {})) {
    if (!FILTER_FIELDS.includes(field)) {
      throw fieldError("filter", text.unknownFilterField(field, FILTER_FIELDS.join(", ")));
    }
  }
  return {
    question: readQuestion(question, "question", text),
    history: history
      ?.map(({ role, content }) => ({ role, content: cleanText(content) }))
      .filter(({ content }) => content !== "")
      .slice(-HISTORY_USED),
    filter: filter as Filter | undefined,
    threadId,
    language,
  };
}

/** Cleans a question and holds it to its limits. */
export function readQuestion(given: string, path: string, text: ReturnType<typeof messagesIn>): string {
  const question = cleanText(given);
  if (isBlank(question)) throw fieldError(path, text.emptyQuestion);
  const length = [...question].length;
  if (length > QUESTION_LIMIT) throw fieldError(path, text.longQuestion(QUESTION_LIMIT, length));
  return question;
}
