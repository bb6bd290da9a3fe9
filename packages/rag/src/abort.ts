import { RagError } from "./errors.ts";

/** @throws RagError `aborted` with this message, the signal's reason as its cause. */
export function throwIfAborted(signal: AbortSignal | undefined, message: string): void {
  if (signal?.aborted) throw new RagError("aborted", message, { cause: signal.reason });
}

/**
 * Waits for work that does not listen to the signal: aborting ends the waiting, not the work.
 *
 * @throws RagError `aborted`
 */
export async function untilAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  message: string,
): Promise<T> {
  throwIfAborted(signal, message);
  if (signal === undefined) return work;
  let stop = (): void => undefined;
  const aborting = new Promise<never>((_, reject) => {
    stop = () => reject(new RagError("aborted", message, { cause: signal.reason }));
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([work, aborting]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
