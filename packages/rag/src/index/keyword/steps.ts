/**
 * Work that can pause: it yields every millisecond or so, and whoever runs it decides when to let others in. Plain
 * generators, so that the same code runs in a browser.
 */
export type Steps<T> = Generator<void, T, void>;

/** Runs the work to its end without a pause. */
export function runSteps<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}
