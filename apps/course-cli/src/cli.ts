#!/usr/bin/env node
import { join } from "node:path";
import { type CommandLine, readCommandLine } from "./command-line.ts";
import { CliError } from "./errors.ts";
import { questionFrom } from "./question-from.ts";
import { createTerminal, type Terminal } from "./terminal.ts";

// A reader that has seen enough (`zixue ask … | head`) closes the pipe: that is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
}

const terminal = createTerminal(process.stdout, process.stderr, process.env);
process.exitCode = await main(process.argv.slice(2), terminal);

async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const commandLine = readCommandLine(args, process.env);
    if (commandLine.command === "help") {
      terminal.out(`${commandLine.text.usage}\n`);
      return 0;
    }
    return await run(commandLine);
  } catch (error) {
    if (error instanceof CliError) {
      terminal.note(error.message);
      return error.exitCode;
    }
    terminal.note(isOurs(error) ? error.message : String((error as Error)?.stack ?? error));
    return 1;
  }
}

async function run(commandLine: CommandLine): Promise<number> {
  const { text, command, language } = commandLine;
  const question = command === "ask" ? await questionFrom(commandLine, process.stdin) : "";
  terminal.progress(text.opening);
  // Imported here, so that help and a wrong command line are answered at once.
  const { coursePaths, openCourse } = await import("@zixue/course-bot/open-course");
  const { loadEnvFile } = await import("@zixue/models");
  loadEnvFile(join(coursePaths().root, ".env"));
  const paths = coursePaths(process.env);
  if (command === "doctor") {
    const { doctor } = await import("./doctor/doctor.ts");
    return doctor(paths, text.doctor, language, process.env, terminal);
  }
  if (command === "trace") {
    const [{ openAppState }, { trace }] = await Promise.all([
      import("@zixue/course-bot/state"),
      import("./trace.ts"),
    ]);
    // The terminal keeps a folder of its own, since a folder belongs to one process and the server may be running.
    const folder = commandLine.server ? "state" : "state-terminal";
    const state = openAppState(process.env, join(paths.dataFolder, folder));
    try {
      const shown = await trace(await state.store(), commandLine, terminal, process.stdout.columns);
      terminal.progress("");
      return shown;
    } finally {
      await state.close();
    }
  }

  const stopped = new AbortController();
  const interrupt = () => stopped.abort();
  process.on("SIGINT", interrupt);
  const course = await openCourse(paths, {
    env: process.env,
    signal: stopped.signal,
    onProgress: ({ done, total }) => terminal.progress(text.indexing(done, total)),
  });
  terminal.progress("");
  try {
    if (command === "ask") {
      const { ask } = await import("./ask.ts");
      return await ask(course, question, commandLine, terminal, stopped.signal);
    }
    // In a conversation Ctrl+C stops an answer: the line editor sees it.
    process.off("SIGINT", interrupt);
    if (commandLine.agent === "tutor") {
      const [{ openTutorChat }, { tutorChat }] = await Promise.all([
        import("./tutor/open-tutor-chat.ts"),
        import("./tutor/tutor-chat.ts"),
      ]);
      const opened = await openTutorChat(course, paths, process.env, commandLine);
      try {
        return await tutorChat(opened, commandLine, terminal, process.stdin, process.stdout);
      } finally {
        await opened.close();
      }
    }
    const { chat } = await import("./chat.ts");
    return await chat(course, commandLine, terminal, process.stdin, process.stdout);
  } finally {
    await course.close();
  }
}

/** Errors of our packages say what to do; a stack would only hide it. */
function isOurs(error: unknown): error is Error {
  return error instanceof Error && /^(Rag|Course|Models|Bot|Prompts|Lexicon|Agent)Error$/.test(error.name);
}
