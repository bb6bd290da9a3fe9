import type { Filter, RagPipeline } from "@zixue/rag";
import type { RequestHandler } from "express";
import { z } from "zod";
import { readQuestion } from "../ask/ask-request.ts";
import { closedSignal } from "../http/closed-signal.ts";
import { messagesFor, requestedLanguage } from "../http/language.ts";
import { validate } from "../http/validate.ts";

const whole = z.coerce.number().int().min(0).max(1000).optional();
const querySchema = z.object({
  q: z.string(),
  limit: z.coerce.number().int().min(1).max(50).default(10),
  part: whole,
  chapter: whole,
  section: z.string().max(20).optional(),
});

/** `GET /api/search?q=…&limit=…&part=…&chapter=…&section=…`: the passages for a question, best first. */
export function searchRoute(pipeline: RagPipeline): RequestHandler {
  return async (request, response) => {
    const { q, limit, part, chapter, section } = validate(querySchema, request.query, request);
    const question = readQuestion(q, "q", messagesFor(request));
    const filter: Filter = {
      ...(part === undefined ? {} : { part }),
      ...(chapter === undefined ? {} : { chapter }),
      ...(section === undefined ? {} : { section }),
    };
    const language = requestedLanguage(request);
    const signal = closedSignal(response);
    try {
      const found = await pipeline.retrieve(question, {
        limit,
        signal,
        ...(Object.keys(filter).length === 0 ? {} : { filter }),
        ...(language === undefined ? {} : { language }),
      });
      response.json({
        question: found.understood.question,
        corrections: found.understood.corrections,
        passages: found.passages,
      });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  };
}
