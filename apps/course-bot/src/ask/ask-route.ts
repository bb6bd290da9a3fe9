import { randomUUID } from "node:crypto";
import { type Answer, type AnswerEvent, type Citation, detectLanguage, type RagPipeline } from "@zixue/rag";
import type { RequestHandler } from "express";
import { BotError } from "../errors.ts";
import { closedSignal } from "../http/closed-signal.ts";
import { sendEvents } from "../http/event-stream.ts";
import { messagesFor, requestedLanguage } from "../http/language.ts";
import { asBotError } from "../http/problem.ts";
import { messagesIn } from "../http/validate.ts";
import type { Metrics } from "../metrics.ts";
import { readAskRequest } from "./ask-request.ts";
import type { Threads } from "./threads.ts";

const TYPES = ["text/event-stream", "application/json"];

export interface AskDependencies {
  readonly pipeline: RagPipeline;
  readonly threads: Threads;
  readonly metrics: Metrics;
  /** Aborts the streams that a stopping server cannot wait for. */
  readonly stopping?: AbortSignal;
}

/**
 * `POST /api/ask`: the answer as server-sent events, or with `Accept: application/json` as one JSON. The header
 * `Thread-Id` names the conversation; sent back as `threadId`, it lets a follow-up refer to what was asked.
 */
export function askRoute({ pipeline, threads, metrics, stopping }: AskDependencies): RequestHandler {
  return async (request, response) => {
    const type = request.accepts(TYPES);
    if (type === false) {
      throw new BotError("not-acceptable", messagesFor(request).notAcceptable(TYPES.join(", ")), {
        status: 406,
      });
    }
    const { question, history, filter, threadId = randomUUID(), language } = readAskRequest(request);
    const closed = closedSignal(response);
    const signal = stopping === undefined ? closed : AbortSignal.any([closed, stopping]);
    const answerLanguage = language ?? requestedLanguage(request) ?? detectLanguage(question);
    response.set("Thread-Id", threadId);
    const events = watched(
      pipeline.answer(question, {
        history: history ?? threads.recall(threadId),
        signal,
        ...(filter === undefined ? {} : { filter }),
        language: answerLanguage,
      }),
    );
    try {
      if (type === "application/json") response.json({ ...(await collect(events)), threadId });
      else await sendEvents(response, events);
    } catch (error) {
      // Nobody is there to be told.
      if (!closed.aborted) throw error;
    }

    async function* watched(source: AsyncIterable<AnswerEvent>): AsyncGenerator<AnswerEvent> {
      const finished = metrics.askStarted();
      let outcome = "failed";
      let begun = false;
      let text = "";
      const citations: Citation[] = [];
      try {
        for await (const event of source) {
          if (event.type === "text") text += event.delta;
          else if (event.type === "citation") citations.push(event.citation);
          else if (event.type === "done") {
            outcome = event.answer.outcome;
            threads.remember(threadId, question, event.answer.text);
          }
          begun = true;
          yield event;
        }
      } catch (error) {
        // Before the first event a status can still say it; after it, the stream says it and ends as it should.
        if (!begun || closed.aborted) throw error;
        const known = stopping?.aborted
          ? new BotError("not-ready", messagesIn(answerLanguage, request).stopping, {
              status: 503,
              cause: error,
            })
          : asBotError(error, request);
        if (known.status >= 500) request.log?.error({ err: error }, "answer failed");
        yield { type: "error", error: { code: known.code, message: known.message } };
        yield {
          type: "done",
          answer: { text, citations, mode: "generative", outcome: "partial", refused: null },
        };
      } finally {
        finished(closed.aborted ? "closed" : outcome);
      }
    }
  };
}

/** An answer and what came beside it, as one value. */
export interface WholeAnswer extends Answer {
  /** The question as it was understood. */
  readonly question?: string;
  readonly corrections?: readonly { readonly from: string; readonly to: string }[];
  readonly usage?: { readonly inputTokens: number; readonly outputTokens: number };
  readonly error?: { readonly code: string; readonly message: string };
}

async function collect(events: AsyncIterable<AnswerEvent>): Promise<WholeAnswer> {
  let beside: Omit<WholeAnswer, keyof Answer> = {};
  let answer: Answer | undefined;
  for await (const event of events) {
    if (event.type === "understood")
      beside = { ...beside, question: event.question, corrections: event.corrections };
    else if (event.type === "usage") {
      const { inputTokens, outputTokens } = event;
      beside = { ...beside, usage: { inputTokens, outputTokens } };
    } else if (event.type === "error") beside = { ...beside, error: event.error };
    else if (event.type === "done") answer = event.answer;
  }
  if (answer === undefined) throw new Error("The pipeline ended without a done event.");
  return { ...answer, ...beside };
}
