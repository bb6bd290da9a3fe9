import { createInterface } from "node:readline";

export interface Terminal {
  /** A person sits here. */
  readonly interactive: boolean;
  readonly write: (text: string) => void;
  /** One line of input; undefined at its end, and when the signal aborts. */
  ask(prompt: string, signal?: AbortSignal): Promise<string | undefined>;
  /** What Ctrl+C does now; `null` closes the input, which ends the program. */
  onInterrupt(handler: (() => void) | null): void;
  close(): void;
}

/** Standard input and output, for a person or for a pipe. */
export function openTerminal(): Terminal {
  const interactive = process.stdin.isTTY === true && process.stdout.isTTY === true;
  const lines = createInterface({ input: process.stdin, output: process.stdout, terminal: interactive });
  // The iterator keeps lines that arrive while nobody asks, as they do from a pipe.
  const input = lines[Symbol.asyncIterator]();
  let waiting: ReturnType<typeof input.next> | undefined;
  let handler: (() => void) | null = null;
  const interrupt = () => (handler ? handler() : lines.close());
  lines.on("SIGINT", interrupt);
  process.on("SIGINT", interrupt);
  return {
    interactive,
    write: (text) => process.stdout.write(text),
    async ask(prompt, signal) {
      lines.setPrompt(prompt);
      lines.prompt();
      // A line that was waited for when the signal aborted belongs to the next question.
      waiting ??= input.next();
      const answer = await Promise.race([waiting, aborted(signal)]);
      if (answer === undefined) return undefined;
      waiting = undefined;
      return answer.done ? undefined : answer.value.trim();
    },
    onInterrupt: (next) => {
      handler = next;
    },
    close: () => {
      process.off("SIGINT", interrupt);
      lines.close();
    },
  };
}

function aborted(signal: AbortSignal | undefined): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve(undefined);
    signal?.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}
