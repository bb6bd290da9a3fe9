import { randomUUID } from "node:crypto";
import { detectLanguage } from "@zixue/rag";
import type { Request, RequestHandler, Response, Router } from "express";
import { BotError } from "../errors.ts";
import { closedSignal } from "../http/closed-signal.ts";
import { sendEvents } from "../http/event-stream.ts";
import { jsonBody } from "../http/json-body.ts";
import { messagesFor, requestedLanguage } from "../http/language.ts";
import { onlyMethods } from "../http/problem.ts";
import { messagesIn } from "../http/validate.ts";
import type { Language } from "../messages.ts";
import type { Metrics } from "../metrics.ts";
import { agentProblem } from "./agent-problem.ts";
import { learnerOfRequest, readResumeRequest, readRunRequest } from "./agent-request.ts";
import type { Tutor, TutorEvent, TutorRunOptions } from "./define-tutor.ts";

export interface AgentDependencies {
  /** Opens the tutor when it is first needed; absent without a model. */
  readonly openTutor?: (() => Promise<Tutor>) | undefined;
  readonly metrics: Metrics;
  /** Aborts the streams that a stopping server cannot wait for. */
  readonly stopping?: AbortSignal | undefined;
}

/**
 * Adds the study companion to the API: `POST /agent` runs it on what the learner says and `POST /agent/resume` goes on
 * after decisions, both as server-sent events of `TutorEvent`; `GET` and `DELETE /agent/threads/:id`. The header `Thread-Id` names
 * the thread. Whoever knows a thread's id may use it, so ids are unguessable.
 */
export function addAgentRoutes(router: Router, dependencies: AgentDependencies): void {
  const { openTutor, metrics, stopping } = dependencies;

  const run: RequestHandler = async (request, response) => {
    acceptsEvents(request);
    const { input, threadId = randomUUID(), language } = readRunRequest(request);
    const spoken = language ?? requestedLanguage(request) ?? detectLanguage(input);
    await stream(request, response, spoken, { threadId, language: spoken }, (tutor, options) =>
      tutor.run(input, options),
    );
  };

  const resume: RequestHandler = async (request, response) => {
    acceptsEvents(request);
    const { threadId, decisions, language } = readResumeRequest(request);
    // Without a language the thread goes on in its own.
    const options = { threadId, ...(language === undefined ? {} : { language }) };
    const spoken = language ?? requestedLanguage(request) ?? "zh";
    await stream(request, response, spoken, options, (tutor, all) => tutor.resume(decisions, all));
  };

  const show: RequestHandler = async (request, response) => {
    const tutor = await open(request);
    const thread = await told(request, tutor.thread(idOf(request), learnerOfRequest(request)));
    if (thread === undefined) throw unknownThread(request);
    response.set("Cache-Control", "no-store").json(thread);
  };

  const remove: RequestHandler = async (request, response) => {
    const tutor = await open(request);
    const deleted = await told(request, tutor.deleteThread(idOf(request), learnerOfRequest(request)));
    if (!deleted) throw unknownThread(request);
    response.status(204).end();
  };

  router.route("/agent").post(jsonBody, run).all(onlyMethods("POST"));
  router.route("/agent/resume").post(jsonBody, resume).all(onlyMethods("POST"));
  router.route("/agent/threads/:id").get(show).delete(remove).all(onlyMethods("GET", "DELETE"));

  async function open(request: Request): Promise<Tutor> {
    if (openTutor === undefined)
      throw new BotError("no-model", messagesFor(request).agent.noModel, { status: 503 });
    return told(request, openTutor());
  }

  async function stream(
    request: Request,
    response: Response,
    language: Language,
    options: Omit<TutorRunOptions, "learner" | "signal">,
    start: (tutor: Tutor, options: TutorRunOptions) => AsyncIterable<TutorEvent>,
  ): Promise<void> {
    const learner = learnerOfRequest(request);
    const tutor = await open(request);
    const closed = closedSignal(response);
    const signal = stopping === undefined ? closed : AbortSignal.any([closed, stopping]);
    response.set("Thread-Id", options.threadId);
    try {
      await sendEvents(response, watched(start(tutor, { ...options, learner, signal })));
    } catch (error) {
      // Nobody is there to be told.
      if (!closed.aborted) throw agentProblem(error, request);
    }

    async function* watched(events: AsyncIterable<TutorEvent>): AsyncGenerator<TutorEvent> {
      const run = metrics.agent.runStarted();
      let status = "failed";
      const retried: string[] = [];
      try {
        for await (const event of events) {
          run.event(event);
          if (event.type === "done") status = event.status;
          // The run ends as aborted; this says why, to a reader who did not abort it.
          if (event.type === "usage" && stopping?.aborted && !closed.aborted) {
            const message = messagesIn(language, request).stopping;
            yield { type: "error", agent: "tutor", error: { code: "not-ready", message } };
          }
          if (event.type === "retry") retried.push(event.reason);
          if (event.type !== "error") yield event;
          else {
            const { code, message } = event.error;
            // By code alone: a provider's words may quote what was asked.
            request.log?.error(
              { code, retried },
              "agent run failed; `zixue doctor` asks the model and says why",
            );
            const failed = messagesIn(language, request).modelFailed;
            yield { ...event, error: { code, message: code === "model-failed" ? failed : message } };
          }
        }
      } finally {
        run.ended(closed.aborted ? "closed" : status);
      }
    }
  }
}

async function told<T>(request: Request, promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    throw agentProblem(error, request);
  }
}

function acceptsEvents(request: Request): void {
  if (request.accepts("text/event-stream") !== false) return;
  const message = messagesFor(request).notAcceptable("text/event-stream");
  throw new BotError("not-acceptable", message, { status: 406 });
}

function idOf(request: Request): string {
  return String(request.params.id).slice(0, 200);
}

function unknownThread(request: Request): BotError {
  return new BotError("not-found", messagesFor(request).agent.unknownThread, { status: 404 });
}
