/** A queue that one side writes and one side reads as it fills: what a run's parts say, in the order they say it. */
export class Channel<T> {
  #items: T[] = [];
  #wake: (() => void) | undefined;
  #end: { readonly error?: unknown } | undefined;

  push(item: T): void {
    if (this.#end) return;
    this.#items.push(item);
    this.#wake?.();
  }

  /** Nothing more comes. With an error, the reader gets it after what was written before. */
  close(end: { readonly error?: unknown } = {}): void {
    this.#end ??= end;
    this.#wake?.();
  }

  /** What came since the last batch, as soon as anything did. Handing on one by one costs several promises for each. */
  async *batches(): AsyncGenerator<readonly T[], void, undefined> {
    for (;;) {
      const items = this.#items;
      this.#items = [];
      if (items.length > 0) yield items;
      if (this.#items.length > 0) continue;
      if (this.#end && "error" in this.#end) throw this.#end.error;
      if (this.#end) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }
}
