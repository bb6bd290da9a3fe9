import { parseArgs } from "node:util";
import type { Filter } from "@zixue/rag";
import { CliError } from "./errors.ts";
import { type Language, type Messages, messages } from "./messages.ts";

/** The command line, read. */
export interface CommandLine {
  readonly command: "ask" | "chat" | "doctor" | "trace" | "help";
  /** Words after the command. */
  readonly words: readonly string[];
  readonly json: boolean;
  /** `trace --server`: runs of the server instead of the terminal's. */
  readonly server: boolean;
  readonly filter: Filter | undefined;
  /** `chat --agent tutor`: the study companion instead of questions and answers. */
  readonly agent: "tutor" | undefined;
  /** A thread to go on with. */
  readonly thread: string | undefined;
  /** A script plays the model. */
  readonly scripted: boolean;
  /** Of the interface. */
  readonly language: Language;
  /** Of answers, where `--lang` asks for one; else an answer speaks the language of its question. */
  readonly answerLanguage: Language | undefined;
  readonly text: Messages;
}

/**
 * Reads the arguments after the program's name.
 *
 * @throws CliError `usage`
 */
export function readCommandLine(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): CommandLine {
  const language = languageOf(args, env);
  const text = messages[language];
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    throw new CliError("usage", `${text.badOption((error as Error).message)}\n${text.usage}`);
  }
  const { values, positionals } = parsed;
  if (values.lang !== undefined && values.lang !== "zh" && values.lang !== "en") {
    throw new CliError("usage", text.badOption(`--lang ${values.lang} (zh, en)`));
  }
  const [command = "help", ...words] = positionals;
  if (!isCommand(command)) throw new CliError("usage", `${text.unknownCommand(command)}\n${text.usage}`);
  const { agent, thread, scripted } = values;
  if (agent !== undefined && agent !== "tutor")
    throw new CliError("usage", text.badOption(`--agent ${agent} (tutor)`));
  if (agent === undefined && (thread !== undefined || scripted))
    throw new CliError(
      "usage",
      text.badOption(`${scripted ? "--scripted" : "--thread"} → chat --agent tutor`),
    );
  if (agent !== undefined && command !== "chat")
    throw new CliError("usage", text.badOption(`--agent → chat --agent tutor`));
  if (values.server && command !== "trace")
    throw new CliError("usage", text.badOption("--server → trace --server"));
  if (thread !== undefined && !/^[\w.:-]{1,128}$/.test(thread))
    throw new CliError("usage", text.badOption(`--thread ${thread}`));
  const filter: Record<string, string | number> = {};
  for (const field of ["part", "chapter"] as const) {
    const given = values[field];
    if (given === undefined) continue;
    if (!/^\d{1,3}$/.test(given)) throw new CliError("usage", text.badOption(`--${field} ${given}`));
    filter[field] = Number(given);
  }
  if (values.section !== undefined) {
    if (!/^\d{1,2}\.\d{1,2}$/.test(values.section))
      throw new CliError("usage", text.badOption(`--section ${values.section}`));
    filter.section = values.section;
  }
  return {
    command: values.help ? "help" : command,
    words,
    json: values.json,
    server: values.server,
    filter: Object.keys(filter).length === 0 ? undefined : filter,
    agent,
    thread,
    scripted,
    language,
    answerLanguage: values.lang,
    text,
  };
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      part: { type: "string" },
      chapter: { type: "string" },
      section: { type: "string" },
      lang: { type: "string" },
      server: { type: "boolean", default: false },
      agent: { type: "string" },
      thread: { type: "string" },
      scripted: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
}

function isCommand(name: string): name is CommandLine["command"] {
  return ["ask", "chat", "doctor", "trace", "help"].includes(name);
}

/** `--lang`, else the locale of the environment, else Chinese: the course is in Chinese. */
function languageOf(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Language {
  const at = args.findIndex((arg) => arg === "--lang" || arg.startsWith("--lang="));
  const given = at < 0 ? undefined : (args[at]?.split("=")[1] ?? args[at + 1]);
  if (given === "zh" || given === "en") return given;
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || "";
  return /^en/i.test(locale) ? "en" : "zh";
}
