import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";

/** Lines from a person or a pipe, one at a time. */
export interface LineReader {
  /** A person types, so that they can be asked something. */
  readonly person: boolean;
  /** The next line; `undefined` at the end of the input, or when `signal` aborts. `prefill` is there to be edited. */
  next(prompt: string, options?: { signal?: AbortSignal; prefill?: string }): Promise<string | undefined>;
  close(): void;
}

/**
 * Reads lines. What comes while nobody waits is kept for later, so that a pipe loses nothing.
 *
 * @param onInterrupt Ctrl+C in the line editor of a terminal
 */
export function createLineReader(
  input: Readable & { readonly isTTY?: boolean },
  output: Writable,
  person: boolean,
  onInterrupt: () => void,
): LineReader {
  const lines: Interface = createInterface({ input, terminal: person, ...(person ? { output } : {}) });
  const kept: string[] = [];
  let waiting: ((line: string | undefined) => void) | undefined;
  let closed = false;
  const hand = (line: string | undefined) => {
    const reader = waiting;
    waiting = undefined;
    reader?.(line);
  };
  lines.on("line", (line) => {
    if (waiting === undefined) kept.push(line);
    else hand(line);
  });
  lines.on("close", () => {
    closed = true;
    hand(undefined);
  });
  lines.on("SIGINT", onInterrupt);
  return {
    person,
    next(prompt, { signal, prefill } = {}) {
      const line = kept.shift();
      if (line !== undefined) return Promise.resolve(line);
      if (closed || signal?.aborted) return Promise.resolve(undefined);
      return new Promise((resolve) => {
        const leave = () => hand(undefined);
        signal?.addEventListener("abort", leave, { once: true });
        waiting = (value) => {
          signal?.removeEventListener("abort", leave);
          resolve(value);
        };
        if (!person) return;
        lines.setPrompt(prompt);
        lines.prompt();
        if (prefill !== undefined) lines.write(prefill);
      });
    },
    close: () => lines.close(),
  };
}
