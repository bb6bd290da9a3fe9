import { ModelsError, type ModelsErrorCode } from "../errors.ts";

const RETRYABLE: ReadonlySet<ModelsErrorCode> = new Set<ModelsErrorCode>([
  "rate-limited",
  "provider-failed",
  "unreachable",
  "timeout",
  "interrupted",
]);
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;
/** A provider that asks for more than this is not worth waiting for: the caller should know now. */
const LONGEST_RETRY_AFTER_MS = 60_000;

/**
 * Runs a request, and again after a failure that may pass, at most `maxRetries` more times. It waits as long as
 * the provider asks (Retry-After, up to a minute), else 0.5 s, 1 s, 2 s … with jitter. An abort ends the wait.
 */
export async function withRetries<T>(
  request: () => Promise<T>,
  { maxRetries, signal }: { readonly maxRetries: number; readonly signal?: AbortSignal | undefined },
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await request();
    } catch (error) {
      const wait = waitBefore(error, attempt);
      if (wait === undefined || attempt >= maxRetries || signal?.aborted) throw error;
      await sleep(wait, signal, error);
    }
  }
}

function waitBefore(error: unknown, attempt: number): number | undefined {
  if (!(error instanceof ModelsError) || !RETRYABLE.has(error.code)) return undefined;
  const asked = error.details.retryAfterMs;
  if (asked !== undefined) return asked <= LONGEST_RETRY_AFTER_MS ? asked : undefined;
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
  return wait * (0.75 + Math.random() / 4);
}

function sleep(ms: number, signal: AbortSignal | undefined, failure: unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      const message = "The request was aborted while it waited to try again.";
      reject(new ModelsError("aborted", message, { cause: signal?.reason ?? failure }));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
