import { STATUS_CODES } from "node:http";
import { RagError } from "@zixue/rag";
import type { ErrorRequestHandler, Request, RequestHandler, Response } from "express";
import { BotError, type FieldError } from "../errors.ts";
import { messagesFor } from "./language.ts";

/** RFC 9457 problem details. */
interface Problem {
  readonly type: "about:blank";
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly FieldError[];
}

/** Sends an error as `application/problem+json`. */
export function sendProblem(response: Response, error: BotError): void {
  const problem: Problem = {
    type: "about:blank",
    title: STATUS_CODES[error.status] ?? "Error",
    status: error.status,
    code: error.code,
    detail: error.message,
    ...(error.errors.length === 0 ? {} : { errors: error.errors }),
  };
  response
    .status(error.status)
    .set({ "Cache-Control": "no-store", ...error.headers })
    .type("application/problem+json")
    .send(JSON.stringify(problem));
}

/** The last handler: whatever went wrong becomes a problem; what is our fault is logged, never shown. */
export const problemHandler: ErrorRequestHandler = (error, request, response, _next) => {
  const known = asBotError(error, request);
  if (known.status >= 500) request.log?.error({ err: error }, "request failed");
  if (response.headersSent) {
    response.destroy();
    return;
  }
  sendProblem(response, known);
};

/** Answers a known path under any other method with 405 and the methods there are. */
export function onlyMethods(...methods: readonly string[]): RequestHandler {
  const allowed = [...methods, ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
  return (request, response) => {
    response.set("Allow", allowed);
    if (request.method === "OPTIONS") {
      response.status(204).end();
      return;
    }
    throw new BotError(
      "method-not-allowed",
      messagesFor(request).methodNotAllowed(request.method, methods.join(", ")),
      {
        status: 405,
      },
    );
  };
}

export const notFound: RequestHandler = (request) => {
  throw new BotError("not-found", messagesFor(request).notFound(request.path), { status: 404 });
};

/** The client's faults keep their status; anything unknown is a 500. */
export function asBotError(error: unknown, request: Request): BotError {
  if (error instanceof BotError) return error;
  const text = messagesFor(request);
  if (error instanceof RagError && error.code === "invalid-input") {
    return new BotError("invalid-input", error.message, { status: 400, cause: error });
  }
  if (error instanceof RagError && error.code === "model-failed") {
    return new BotError("model-failed", text.modelFailed, { status: 502, cause: error });
  }
  // Express and its body parsers mark the client's faults with a 4xx status.
  const { status, type } = (typeof error === "object" && error !== null ? error : {}) as {
    status?: number;
    type?: string;
  };
  if (status === 413) return new BotError("too-large", text.tooLarge("64 kB"), { status, cause: error });
  if (status === 415) {
    return new BotError("unsupported-media-type", text.unsupportedMediaType(""), { status, cause: error });
  }
  if (typeof status === "number" && status >= 400 && status < 500) {
    const message = type === undefined ? text.badAddress : text.invalidInput;
    return new BotError("invalid-input", message, { status: status === 404 ? 404 : 400, cause: error });
  }
  return new BotError("internal", text.internal, { status: 500, cause: error });
}
