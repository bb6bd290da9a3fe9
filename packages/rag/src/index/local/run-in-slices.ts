import { throwIfAborted } from "../../abort.ts";
import type { Steps } from "../keyword/steps.ts";

/** Milliseconds after which waiting queries get their turn. */
const SLICE_MS = 3;

/**
 * Runs work that can pause, a few milliseconds at a time, so that the event loop goes round between them. Not in a
 * worker: that would hold segments twice, and could not share the decoded side with the queries that follow.
 *
 * @throws RagError `aborted` with this message; whatever the work throws.
 */
export async function runInSlices<T>(
  steps: Steps<T>,
  signal?: AbortSignal,
  cancelled = CANCELLED,
): Promise<T> {
  for (;;) {
    const end = performance.now() + SLICE_MS;
    do {
      const { done, value } = steps.next();
      if (done === true) return value;
    } while (performance.now() < end);
    await new Promise(setImmediate);
    throwIfAborted(signal, cancelled);
  }
}

const CANCELLED = "The caller cancelled the work on the index.";
