import type { Decisions } from "@zixue/agent";
import type { Request } from "express";
import { z } from "zod";
import { readQuestion } from "../ask/ask-request.ts";
import { cleanText } from "../http/clean-text.ts";
import { fieldError, messagesIn, validate } from "../http/validate.ts";
import type { Language } from "../messages.ts";

/** Whoever knows a thread's id may read and continue it, so a guessable one is refused. */
const capability = z.string().regex(/^[\w.:-]{16,128}$/);
const language = z.enum(["zh", "en"]).optional();

const runSchema = z.strictObject({ input: z.string(), threadId: capability.optional(), language });

const decisionSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("approve"),
    always: z
      .union([z.literal(true), z.strictObject({ args: z.array(z.string().max(100)).min(1).max(20) })])
      .optional(),
  }),
  z.strictObject({ type: z.literal("edit"), args: z.record(z.string().max(100), z.unknown()) }),
  z.strictObject({ type: z.literal("reject"), reason: z.string().max(2000).default("") }),
]);

const resumeSchema = z.strictObject({
  threadId: capability,
  /** By tool-call id. Absent: go on with a run that was cut off. */
  decisions: z.record(z.string().min(1).max(200), decisionSchema).optional(),
  language,
});

export interface RunRequest {
  readonly input: string;
  readonly threadId: string | undefined;
  readonly language: Language | undefined;
}

export interface ResumeRequest {
  readonly threadId: string;
  readonly decisions: Decisions | undefined;
  readonly language: Language | undefined;
}

/** @throws BotError `invalid-input` (400), naming each wrong field */
export function readRunRequest(request: Request): RunRequest {
  const body = validate(runSchema, request.body, request);
  return {
    ...body,
    ...fill(body),
    input: readQuestion(body.input, "input", messagesIn(body.language, request)),
  };
}

/** @throws BotError `invalid-input` (400) */
export function readResumeRequest(request: Request): ResumeRequest {
  const { threadId, decisions, language } = validate(resumeSchema, request.body, request);
  const cleaned =
    decisions === undefined
      ? undefined
      : Object.fromEntries(
          Object.entries(decisions).map(([id, decision]) => [
            id,
            decision.type === "reject" ? { ...decision, reason: cleanText(decision.reason) } : decision,
          ]),
        );
  return { threadId, decisions: cleaned as Decisions | undefined, language };
}

/**
 * Whose threads and notes these are: the header `Learner-Id`, an unguessable word that the client made for itself.
 *
 * @throws BotError `invalid-input` (400) for one that could be guessed
 */
export function learnerOfRequest(request: Request): string | undefined {
  const given = request.get("Learner-Id");
  if (given === undefined) return undefined;
  if (!capability.safeParse(given).success)
    throw fieldError("Learner-Id", messagesIn(undefined, request).badLearner);
  return given;
}

function fill({ threadId, language }: { threadId?: string | undefined; language?: Language | undefined }) {
  return { threadId, language };
}
