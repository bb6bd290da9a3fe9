/** Where a command writes, and how. */
export interface Terminal {
  /** Answers and results. */
  out(text: string): void;
  /** Progress, hints and errors: not part of the result. */
  note(text: string): void;
  /** Writes over the last progress line; does nothing where the output is no terminal. */
  progress(text: string): void;
  readonly style: Style;
  /** True when a person reads the output as it comes. */
  readonly interactive: boolean;
}

/** Wraps text in colour codes, or gives it back as it is. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  accent(text: string): string;
  good(text: string): string;
  bad(text: string): string;
}

interface OutputStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

export function createTerminal(
  stdout: OutputStream,
  stderr: OutputStream,
  env: Readonly<Record<string, string | undefined>>,
): Terminal {
  const interactive = stdout.isTTY === true;
  let progressShown = false;
  const clear = () => {
    if (progressShown) stderr.write("\r\u001b[K");
    progressShown = false;
  };
  return {
    out(text) {
      clear();
      stdout.write(text);
    },
    note(text) {
      clear();
      stderr.write(`${text}\n`);
    },
    progress(text) {
      if (stderr.isTTY !== true) return;
      stderr.write(`\r\u001b[K${text}`);
      progressShown = text !== "";
    },
    style: styleFor(interactive, env),
    interactive,
  };
}

/** Colours on a terminal, unless `NO_COLOR` is set or the terminal is dumb; `FORCE_COLOR` asks for them elsewhere. */
function styleFor(isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): Style {
  const refused = (env.NO_COLOR ?? "") !== "" || env.TERM === "dumb";
  const forced = (env.FORCE_COLOR ?? "") !== "" && env.FORCE_COLOR !== "0";
  const on = !refused && (isTerminal || forced);
  const code = (open: number, close: number) => (text: string) =>
    on ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return { bold: code(1, 22), dim: code(2, 22), accent: code(36, 39), good: code(32, 39), bad: code(31, 39) };
}

/** Text without what a terminal would obey: a document or a model must not move the cursor or set the title. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g, "");
}
