import type { AgentErrorCode } from "@zixue/agent";
import type { Request } from "express";
import { BotError } from "../errors.ts";
import { messagesFor } from "../http/language.ts";
import { asBotError } from "../http/problem.ts";

/** An error of the agent as the client is told of it. The class is known by name, so that it need not be loaded. */
export function agentProblem(error: unknown, request: Request): BotError {
  if (!isAgentError(error)) return asBotError(error, request);
  const text = messagesFor(request).agent;
  switch (error.code) {
    case "not-found":
      return new BotError("not-found", text.unknownThread, { status: 404, cause: error });
    case "thread-busy":
      return new BotError("thread-busy", text.threadBusy, { status: 409, cause: error });
    case "nothing-to-resume":
      return new BotError("nothing-to-resume", text.nothingToResume, { status: 409, cause: error });
    case "invalid-decision":
      return new BotError("invalid-decision", text.invalidDecision, {
        status: 400,
        errors: [{ path: "decisions", message: error.message }],
        cause: error,
      });
    case "store-busy":
    case "store-unreachable":
    case "store-incompatible":
    case "missing-dependency":
      return new BotError("not-ready", text.storeFailed, { status: 503, cause: error });
    default:
      return asBotError(error, request);
  }
}

function isAgentError(error: unknown): error is Error & { readonly code: AgentErrorCode } {
  return error instanceof Error && error.name === "AgentError";
}
