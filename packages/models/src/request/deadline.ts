/**
 * An AbortSignal that fires when the caller aborts, or when nothing has happened for `ms` milliseconds.
 * Call `touch()` at each sign of life and `stop()` at the end.
 */
export class Deadline {
  readonly ms: number;
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isExpired = false;
  #isStopped = false;

  constructor(ms: number, caller?: AbortSignal) {
    this.ms = ms;
    this.#caller = caller;
    if (caller?.aborted) this.#controller.abort(caller.reason);
    else caller?.addEventListener("abort", this.#abort, { once: true });
    this.touch();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether time ran out, as opposed to the caller's abort. */
  get isExpired(): boolean {
    return this.#isExpired;
  }

  get isAborted(): boolean {
    return this.#caller?.aborted === true;
  }

  touch(): void {
    clearTimeout(this.#timer);
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      this.#isExpired = true;
      this.#controller.abort(new Error("timeout"));
    }, this.ms);
  }

  /** Releases the timer and the caller's signal. With `cancel`, ends what still runs on this signal. */
  stop(options: { readonly cancel?: boolean } = {}): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener("abort", this.#abort);
    if (options.cancel === true) this.#controller.abort();
  }

  readonly #abort = () => this.#controller.abort(this.#caller?.reason);
}
