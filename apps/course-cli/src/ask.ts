import type { OpenCourse } from "@zixue/course-bot/open-course";
import { detectLanguage } from "@zixue/rag";
import { createAnswerPrinter } from "./answer-printer.ts";
import type { CommandLine } from "./command-line.ts";
import type { Terminal } from "./terminal.ts";

/**
 * `zixue ask`: answers one question and ends.
 *
 * @returns the exit code: 0 with an answer of any outcome, 1 when the answer broke off, 130 when it was stopped.
 */
export async function ask(
  { pipeline, course }: Pick<OpenCourse, "pipeline" | "course">,
  question: string,
  commandLine: Pick<CommandLine, "json" | "filter" | "answerLanguage" | "text">,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const { json, filter, answerLanguage, text } = commandLine;
  const printer = createAnswerPrinter(course, terminal, text);
  let failed = false;
  try {
    for await (const event of pipeline.answer(question, {
      language: answerLanguage ?? detectLanguage(question),
      signal,
      ...(filter === undefined ? {} : { filter }),
    })) {
      if (event.type === "error") failed = true;
      if (json) terminal.out(`${JSON.stringify(event)}\n`);
      else printer.print(event);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  if (signal.aborted) {
    terminal.note(text.stopped);
    return 130;
  }
  return failed ? 1 : 0;
}
