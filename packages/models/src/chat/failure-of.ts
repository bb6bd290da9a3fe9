import type { ModelsError } from "../errors.ts";
import { clientError } from "./client-error.ts";

/**
 * What kind of failure a chat model's exception is, whichever model threw it: those of this package keep their code, and
 * those of other clients are read by their shape (status, headers, words of the provider).
 *
 * @param hasStarted whether part of the answer had arrived
 *
 * @example
 * try { await new ChatOpenAI().invoke("hi") } catch (error) {
 *   if (failureOf(error).code === "rate-limited") …
 * }
 */
export function failureOf(error: unknown, hasStarted = false): ModelsError {
  return clientError(answered(error), hasStarted, {
    provider: "the provider",
    model: "the model",
    baseUrl: "its address",
    apiKey: undefined,
    keyVariable: "the key",
    modelVariable: "the model's name",
  });
}

/** LangChain wraps some of a client's errors, and then only the cause has the provider's status. */
function answered(error: unknown): unknown {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const hasStatus = (value: unknown) =>
    typeof (value as { status?: unknown } | undefined)?.status === "number";
  return !hasStatus(error) && hasStatus(cause) ? cause : error;
}
