#!/usr/bin/env node
import { join } from "node:path";
import { coursePaths, openCourse } from "@zixue/course-bot/open-course";
import { loadEnvFile } from "@zixue/models";
import { ask, questionFrom } from "./ask.ts";
import { chat } from "./chat.ts";
import { type CommandLine, readCommandLine } from "./command-line.ts";
import { doctor } from "./doctor/doctor.ts";
import { CliError } from "./errors.ts";
import { createTerminal, type Terminal } from "./terminal.ts";

// A reader that has seen enough (`zixue ask … | head`) closes the pipe: that is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
}

const terminal = createTerminal(process.stdout, process.stderr, process.env);
process.exitCode = await main(process.argv.slice(2), terminal);

async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const paths = coursePaths(process.env);
    loadEnvFile(join(paths.root, ".env"));
    const commandLine = readCommandLine(args, process.env);
    if (commandLine.command === "help") {
      terminal.out(`${commandLine.text.usage}\n`);
      return 0;
    }
    if (commandLine.command === "doctor") {
      return await doctor(paths, commandLine.text.doctor, commandLine.language, process.env, terminal);
    }
    return await converse(commandLine);
  } catch (error) {
    if (error instanceof CliError) {
      terminal.note(error.message);
      return error.exitCode;
    }
    terminal.note(isOurs(error) ? error.message : String((error as Error)?.stack ?? error));
    return 1;
  }
}

async function converse(commandLine: CommandLine): Promise<number> {
  const { text, command } = commandLine;
  const stopped = new AbortController();
  // In a conversation Ctrl+C belongs to the line editor while it waits for input.
  const interrupt = () => stopped.abort();
  const question = command === "ask" ? await questionFrom(commandLine, process.stdin) : "";
  process.on("SIGINT", interrupt);
  terminal.progress(text.opening);
  const course = await openCourse(coursePaths(process.env), {
    env: process.env,
    signal: stopped.signal,
    onProgress: ({ done, total }) => terminal.progress(text.indexing(done, total)),
  });
  terminal.progress("");
  try {
    if (command === "ask") return await ask(course, question, commandLine, terminal, stopped.signal);
    process.off("SIGINT", interrupt);
    return await chat(course, commandLine, terminal, process.stdin, process.stdout);
  } finally {
    await course.close();
  }
}

/** Errors of our packages say what to do; a stack would only hide it. */
function isOurs(error: unknown): error is Error {
  return error instanceof Error && /^(Rag|Course|Models|Bot|Prompts|Lexicon)Error$/.test(error.name);
}
