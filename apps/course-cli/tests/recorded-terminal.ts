import { createTerminal, type Terminal } from "../src/terminal.ts";

export interface RecordedTerminal extends Terminal {
  readonly output: () => string;
  readonly notes: () => string;
}

/** A terminal that keeps what is written to it. */
export function recordedTerminal(
  options: { isTTY?: boolean; env?: Record<string, string> } = {},
): RecordedTerminal {
  let output = "";
  let notes = "";
  const { isTTY = false, env = {} } = options;
  const stdout = {
    isTTY,
    write: (text: string) => {
      output += text;
    },
  };
  const stderr = {
    isTTY,
    write: (text: string) => {
      notes += text;
    },
  };
  return { ...createTerminal(stdout, stderr, env), output: () => output, notes: () => notes };
}
