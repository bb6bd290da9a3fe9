import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { writtenSections } from "@zixue/course";
import type { OpenCourse } from "@zixue/course-bot/open-course";
import { detectLanguage, type HistoryMessage } from "@zixue/rag";
import { createAnswerPrinter } from "./answer-printer.ts";
import type { CommandLine } from "./command-line.ts";
import { printable, type Terminal } from "./terminal.ts";

/** Turns that a follow-up can refer to. */
const TURNS_KEPT = 8;

/** `zixue chat`: one question after another, each with the turns before it, until `/quit`, Ctrl+D or two Ctrl+C. */
export async function chat(
  { pipeline, course }: Pick<OpenCourse, "pipeline" | "course">,
  { filter, answerLanguage, text }: Pick<CommandLine, "filter" | "answerLanguage" | "text">,
  terminal: Terminal,
  input: Readable & { readonly isTTY?: boolean },
  output: Writable,
): Promise<number> {
  let history: HistoryMessage[] = [];
  let running: AbortController | undefined;
  let pressed = false;
  const person = input.isTTY === true && terminal.interactive;
  const lines = createInterface({
    input,
    prompt: person ? terminal.style.accent("› ") : "",
    terminal: person,
    ...(person ? { output } : {}),
  });
  lines.on("SIGINT", () => {
    if (running !== undefined) running.abort();
    else if (pressed) lines.close();
    else {
      pressed = true;
      terminal.note(`\n${text.chat.pressAgain}`);
      lines.prompt();
    }
  });
  terminal.note(text.chat.welcome(course.title, writtenSections(course).length, course.sections.length));
  if (person) lines.prompt();
  for await (const line of lines) {
    pressed = false;
    const typed = line.trim();
    if (typed === "/quit" || typed === "/exit") break;
    if (typed === "/new") {
      history = [];
      terminal.note(text.chat.fresh);
    } else if (typed === "/help") terminal.note(text.chat.help);
    else if (/^\/\w+$/.test(typed)) terminal.note(text.chat.unknown(printable(typed)));
    else if (typed !== "") await answer(typed);
    if (person) lines.prompt();
  }
  if (person) terminal.note(text.chat.bye);
  lines.close();
  return 0;

  async function answer(question: string): Promise<void> {
    const controller = new AbortController();
    running = controller;
    const printer = createAnswerPrinter(course, terminal, text);
    try {
      const options = {
        history,
        language: answerLanguage ?? detectLanguage(question),
        signal: controller.signal,
        ...(filter === undefined ? {} : { filter }),
      };
      for await (const event of pipeline.answer(question, options)) {
        printer.print(event);
        if (event.type !== "done") continue;
        const turn = [
          { role: "user", content: question },
          { role: "assistant", content: event.answer.text },
        ] as const;
        history = [...history, ...turn].slice(-2 * TURNS_KEPT);
      }
    } catch (error) {
      // One answer that fails does not end the conversation.
      if (!controller.signal.aborted)
        terminal.note(terminal.style.bad(text.failed((error as Error).message)));
    } finally {
      running = undefined;
    }
    if (controller.signal.aborted) terminal.note(`\n${text.stopped}`);
    else terminal.out("\n");
  }
}
