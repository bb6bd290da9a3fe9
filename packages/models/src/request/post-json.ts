import { ModelsError } from "../errors.ts";
import { Deadline } from "./deadline.ts";
import {
  failureToError,
  makeError,
  networkError,
  type RequestContext,
  retryAfterMs,
} from "./provider-errors.ts";
import { withRetries } from "./with-retries.ts";

export interface PostOptions {
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Posts JSON and returns the parsed answer, with time limit, retries and cancellation.
 * Throws a ModelsError for everything that goes wrong.
 */
export function postJson(
  url: string,
  body: unknown,
  context: RequestContext,
  options: PostOptions,
): Promise<unknown> {
  return withRetries(() => postOnce(url, body, context, options), options);
}

async function postOnce(
  url: string,
  body: unknown,
  context: RequestContext,
  options: PostOptions,
): Promise<unknown> {
  const deadline = new Deadline(options.timeoutMs, options.signal);
  let response: Response | undefined;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(context.apiKey === undefined ? {} : { authorization: `Bearer ${context.apiKey}` }),
      },
      body: JSON.stringify(body),
      signal: deadline.signal,
    });
    const text = await response.text();
    if (!response.ok) throw failureToError(failureFrom(response, text), context);
    return parse(text, context);
  } catch (error) {
    if (error instanceof ModelsError) throw error;
    throw interruptionOf(deadline, context) ?? networkError(error, response !== undefined, context);
  } finally {
    deadline.stop();
  }
}

/** The error of a deadline that ended a request; undefined when it did not. */
export function interruptionOf(deadline: Deadline, context: RequestContext): ModelsError | undefined {
  if (deadline.isAborted) {
    return makeError("aborted", `The request to ${context.provider} was aborted.`, {}, context);
  }
  if (!deadline.isExpired) return undefined;
  const message = `${context.provider} sent nothing for ${deadline.ms} ms. Try again, or raise ZIXUE_TIMEOUT_MS.`;
  return makeError("timeout", message, {}, context);
}

/** Reads the provider's message out of the shapes errors come in. */
export function failureFrom(response: Response, text: string) {
  let error: Record<string, unknown> = {};
  try {
    const body = JSON.parse(text) as Record<string, unknown>;
    const inner = body.error ?? body.errors ?? body;
    error = typeof inner === "object" && inner !== null ? (inner as typeof error) : { message: inner };
  } catch {
    error = { message: text };
  }
  const message = error.message ?? error.msg ?? error.detail ?? text;
  return {
    status: response.status,
    message: typeof message === "string" ? message : JSON.stringify(message),
    code: error.code === undefined || error.code === null ? undefined : String(error.code),
    type: typeof error.type === "string" ? error.type : undefined,
    retryAfterMs: retryAfterMs(response.headers),
  };
}

function parse(text: string, context: RequestContext): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = `${context.provider} answered with something that is no JSON. Is ${context.baseUrl} really an OpenAI-compatible API? It began: ${text.slice(0, 120)}`;
    throw makeError("bad-response", message, { cause }, context);
  }
}
