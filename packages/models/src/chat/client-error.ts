import { ModelsError } from "../errors.ts";
import {
  failureToError,
  makeError,
  networkError,
  type RequestContext,
  retryAfterMs,
} from "../request/provider-errors.ts";

/**
 * Makes a ModelsError of whatever the openai client threw. It goes by shape, not by class, so that it works for
 * every version of the client and needs no import.
 *
 * @param hasStarted whether part of the answer had arrived
 */
export function clientError(error: unknown, hasStarted: boolean, context: RequestContext): ModelsError {
  if (error instanceof ModelsError) return error;
  const shape = error as {
    name?: unknown;
    status?: unknown;
    message?: unknown;
    code?: unknown;
    type?: unknown;
    error?: { message?: unknown };
    headers?: { get(name: string): string | null };
    constructor?: { name?: unknown };
  };
  const className = String(shape?.constructor?.name ?? "");
  if (error instanceof SyntaxError) {
    const message = `${context.provider} answered with something that is no JSON. Is ${context.baseUrl} really an OpenAI-compatible API?`;
    return makeError("bad-response", message, { cause: error }, context);
  }
  const isAnswer =
    typeof shape?.status === "number" || (className === "APIError" && shape.error !== undefined);
  if (isAnswer) {
    return failureToError(
      {
        status: typeof shape.status === "number" ? shape.status : undefined,
        message: String(shape.error?.message ?? shape.message ?? "no message"),
        code: shape.code === undefined || shape.code === null ? undefined : String(shape.code),
        type: typeof shape.type === "string" ? shape.type : undefined,
        retryAfterMs: typeof shape.headers?.get === "function" ? retryAfterMs(shape.headers) : undefined,
        cause: error,
      },
      context,
    );
  }
  // The client wraps a failure to connect; a bare TypeError is fetch's word for a body that broke off.
  if (/^APIConnection|^APIError$|^TypeError$/.test(className)) {
    return networkError(error, hasStarted || className === "TypeError", context);
  }
  const message = `The request to ${context.provider} failed: ${error instanceof Error ? error.message : String(error)}`;
  return makeError("provider-failed", message, { cause: error }, context);
}
