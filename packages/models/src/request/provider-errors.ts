import { ModelsError, type ModelsErrorCode, type ModelsErrorDetails } from "../errors.ts";

/** Whose request it was: what an error needs to say, and the key it must not. */
export interface RequestContext {
  readonly provider: string;
  readonly model: string;
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  /** The variable to correct when the key is refused. */
  readonly keyVariable: string;
  readonly modelVariable: string;
}

/** What is known of a failed request, from whichever client made it. */
export interface Failure {
  readonly status?: number | undefined;
  /** The provider's own words. */
  readonly message: string;
  readonly code?: string | undefined;
  readonly type?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

const TOO_LONG =
  /context.{0,20}(length|size|window)|maximum.{0,20}(context|tokens)|too many (input )?tokens|exceed_context_size|input.{0,20}too long|prompt is too long/i;
const QUOTA = /insufficient[_ ](quota|balance)|exceeded your current quota|billing|arrear|余额不足|欠费/i;
const NO_MODEL =
  /model.{0,80}(not (exist|found|available)|does not exist|no access)|model_not_found|模型不存在/i;

/** Makes the error for an answer with an error status, or an error inside a stream. */
export function failureToError(failure: Failure, context: RequestContext): ModelsError {
  const { status, retryAfterMs } = failure;
  const said = redact(failure.message, context.apiKey).slice(0, 500);
  const words = `${failure.code ?? ""} ${failure.type ?? ""} ${failure.message}`;
  const code = codeOf(status, words);
  const { provider, model } = context;
  const advice: Partial<Record<ModelsErrorCode, string>> = {
    unauthorized: `Check ${context.keyVariable}: it may be wrong, expired, or without access to "${model}".`,
    "quota-exceeded": "The account is out of quota or money; top it up, or choose another provider.",
    "rate-limited":
      retryAfterMs === undefined
        ? "Wait a little and try again, or send fewer requests at a time."
        : `It asks to wait ${Math.ceil(retryAfterMs / 1000)} s.`,
    "context-too-long": "Send fewer or shorter messages, or choose a model with a larger context.",
    "model-not-found": `Check ${context.modelVariable} (now "${model}") and the base URL ${context.baseUrl}.`,
    "provider-failed": "The fault is on the provider's side; try again later.",
    "bad-request": "The request is not what this provider accepts.",
  };
  return makeError(
    code,
    `${heading(code, provider, status)} ${advice[code] ?? ""} It said: ${said}`,
    failure,
    context,
  );
}

/** Makes an error that no provider answered: unreachable, timeout, interrupted, bad response, aborted. */
export function makeError(
  code: ModelsErrorCode,
  message: string,
  failure: {
    readonly status?: number | undefined;
    readonly retryAfterMs?: number | undefined;
    readonly cause?: unknown;
  },
  context: RequestContext,
): ModelsError {
  const details: ModelsErrorDetails = {
    provider: context.provider,
    model: context.model,
    ...(failure.status === undefined ? {} : { status: failure.status }),
    ...(failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs }),
  };
  const cause = safeCause(failure.cause, context.apiKey);
  return new ModelsError(code, redact(message, context.apiKey), {
    details,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Makes the error for an exception of fetch: no connection, or one that broke. `hasStarted`: after the first byte. */
export function networkError(cause: unknown, hasStarted: boolean, context: RequestContext): ModelsError {
  const root = rootCause(cause);
  const reason = [root.code, root.message].filter(Boolean).join(": ");
  if (hasStarted) {
    const message = `The connection to ${context.provider} broke off in the middle of the answer (${reason}). What came before it is incomplete; ask again.`;
    return makeError("interrupted", message, { cause }, context);
  }
  const local = /127\.0\.0\.1|localhost|\[::1\]/.test(context.baseUrl);
  const advice = local ? "Is the server running there?" : "Check the network, the proxy and the base URL.";
  const message = `${context.provider} cannot be reached at ${context.baseUrl} (${reason}). ${advice}`;
  return makeError("unreachable", message, { cause }, context);
}

/** Reads Retry-After (seconds or a date) or retry-after-ms. */
export function retryAfterMs(headers: { get(name: string): string | null } | undefined): number | undefined {
  const milliseconds = Number(headers?.get("retry-after-ms") ?? Number.NaN);
  if (milliseconds >= 0) return milliseconds;
  const value = headers?.get("retry-after")?.trim();
  if (value === undefined || value === "") return undefined;
  const seconds = Number(value);
  if (seconds >= 0) return seconds * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

function codeOf(status: number | undefined, words: string): ModelsErrorCode {
  if (status === 402 || QUOTA.test(words)) return "quota-exceeded";
  if (status === 401 || status === 403) return "unauthorized";
  if (status === 429) return "rate-limited";
  if (status === 413 || TOO_LONG.test(words)) return "context-too-long";
  if (NO_MODEL.test(words) || status === 404) return "model-not-found";
  if (status === 408 || status === 504) return "timeout";
  if (status === undefined || status >= 500) return "provider-failed";
  return "bad-request";
}

function heading(code: ModelsErrorCode, provider: string, status: number | undefined): string {
  const number = status === undefined ? "" : ` (${status})`;
  const words: Partial<Record<ModelsErrorCode, string>> = {
    unauthorized: "refused the key",
    "quota-exceeded": "refused the request for lack of quota",
    "rate-limited": "is being asked too often",
    "context-too-long": "refused a prompt that is too long for the model",
    "model-not-found": "does not know the model or the address",
    timeout: "gave up waiting for its own model",
    "bad-request": "refused the request",
  };
  return `${provider} ${words[code] ?? "failed"}${number}.`;
}

function redact(text: string, secret: string | undefined): string {
  const hidden = secret !== undefined && secret.length >= 4 ? text.replaceAll(secret, "***") : text;
  // Providers echo parts of keys too, and proxies echo other people's.
  return hidden
    .replace(/\b(sk|ak|key)-[\w*-]{6,}/gi, "$1-***")
    .replace(/Bearer\s+[\w.~+/=-]{6,}/gi, "Bearer ***");
}

/** The original error, unless it quotes the key somewhere. */
function safeCause(cause: unknown, secret: string | undefined): unknown {
  if (!(cause instanceof Error)) return cause === undefined ? undefined : redact(String(cause), secret);
  const text = [
    cause.message,
    cause.stack,
    String((cause as { error?: unknown }).error),
    safeJson(cause),
  ].join("\n");
  if (redact(text, secret) === text) return cause;
  const copy = new Error(redact(cause.message, secret));
  copy.name = cause.name;
  copy.stack = redact(cause.stack ?? "", secret);
  return copy;
}

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return "";
  }
}

function rootCause(error: unknown): { code?: string; message: string } {
  let current = error;
  while (current instanceof Error && current.cause instanceof Error) current = current.cause;
  if (!(current instanceof Error)) return { message: String(current) };
  const code = (current as { code?: unknown }).code;
  return { ...(typeof code === "string" ? { code } : {}), message: current.message };
}
