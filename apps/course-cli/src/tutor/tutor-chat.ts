import { randomUUID } from "node:crypto";
import type { Readable, Writable } from "node:stream";
import type { ApprovalRequest } from "@zixue/agent";
import type { Course } from "@zixue/course";
import type { Tutor, TutorEvent } from "@zixue/course-bot";
import { detectLanguage } from "@zixue/rag";
import type { CommandLine } from "../command-line.ts";
import { CliError } from "../errors.ts";
import { printable, type Terminal } from "../terminal.ts";
import { askApproval } from "./ask-approval.ts";
import { createEventPrinter } from "./event-printer.ts";
import { createLineReader } from "./line-reader.ts";

/** Threads and notes made in a terminal belong to whoever sits at it. */
export const TERMINAL_LEARNER = "terminal";

export interface TutorChat {
  readonly tutor: Tutor;
  readonly course: Course;
  /** Which model answers, or that a script plays it. */
  readonly who: string;
  /** Shown with every reply of a scripted demo. */
  readonly label?: string;
}

/**
 * `zixue chat --agent tutor`: one turn a line. Ctrl+C stops a run and keeps its thread; pressed again, it leaves. With
 * `--thread` a thread goes on where it stood, calls that wait for a decision first.
 *
 * @returns the exit code
 * @throws CliError `unknown-thread`
 */
export async function tutorChat(
  { tutor, course, who, label }: TutorChat,
  { answerLanguage, thread: given, text }: Pick<CommandLine, "answerLanguage" | "thread" | "text">,
  terminal: Terminal,
  input: Readable & { readonly isTTY?: boolean },
  output: Writable,
  signals: Pick<NodeJS.Process, "on" | "off"> = process,
): Promise<number> {
  const { style } = terminal;
  let running: AbortController | undefined;
  let leaving = new AbortController();
  let pressed = false;
  let interrupted = false;
  const onInterrupt = () => {
    if (running !== undefined && !running.signal.aborted) running.abort();
    else if (pressed || !lines.person) {
      interrupted = !lines.person;
      leaving.abort();
      lines.close();
    } else {
      pressed = true;
      terminal.note(`\n${text.chat.pressAgain}`);
      // A question about a call goes on waiting in the thread.
      leaving.abort();
    }
  };
  const person = input.isTTY === true && terminal.interactive;
  const lines = createLineReader(input, output, person, onInterrupt);
  signals.on("SIGINT", onInterrupt);
  let threadId = given ?? randomUUID();
  let failed = false;
  try {
    terminal.note(text.tutor.welcome(course.title, who));
    if (given === undefined) terminal.note(style.dim(text.tutor.threadIs(threadId)));
    else await goOn(given);
    for (;;) {
      if (leaving.signal.aborted) leaving = new AbortController();
      const typed = await lines.next(style.accent("› "), { signal: leaving.signal });
      if (typed === undefined) {
        if (leaving.signal.aborted && pressed && person) continue;
        break;
      }
      pressed = false;
      const line = typed.trim();
      if (line === "/quit" || line === "/exit") break;
      if (line === "/new") {
        threadId = randomUUID();
        terminal.note(`${text.chat.fresh} ${style.dim(text.tutor.threadIs(threadId))}`);
      } else if (line === "/help") terminal.note(text.tutor.help);
      else if (/^\/\w+$/.test(line)) terminal.note(text.chat.unknown(printable(line)));
      else if (line !== "") await turn((options) => tutor.run(line, { ...options, ...languageOf(line) }));
    }
    if (person) terminal.note(`${text.chat.bye} ${style.dim(text.tutor.comeBack(threadId))}`);
    return interrupted ? 130 : failed ? 1 : 0;
  } finally {
    signals.off("SIGINT", onInterrupt);
    lines.close();
  }

  async function goOn(id: string): Promise<void> {
    terminal.progress(text.tutor.opening);
    const thread = await tutor.thread(id, TERMINAL_LEARNER).catch((error: unknown) => {
      throw new CliError("store-failed", reasonOf(error), { cause: error });
    });
    if (thread === undefined) throw new CliError("unknown-thread", text.tutor.unknownThread(printable(id)));
    terminal.note(style.dim(text.tutor.goesOn(printable(thread.title), thread.messages.length)));
    const last = thread.messages.at(-1);
    if (last !== undefined)
      terminal.note(style.dim(`${last.role === "user" ? "› " : ""}${printable(last.content)}`));
    if (thread.pending.length > 0) await settle(thread.pending);
  }

  /** One run, and the runs that decisions on its calls lead to. */
  async function turn(
    start: (options: RunOptions) => AsyncIterable<TutorEvent>,
    rejected?: ReadonlySet<string>,
  ): Promise<void> {
    const waiting = await play(start, rejected);
    if (waiting.length > 0) await settle(waiting);
  }

  async function settle(calls: readonly ApprovalRequest[]): Promise<void> {
    const decisions = await askApproval(calls, lines, terminal, text, leaving.signal);
    if (decisions === undefined) terminal.note(text.tutor.stillWaiting(threadId));
    else {
      const rejected = Object.entries(decisions).flatMap(([id, { type }]) => (type === "reject" ? [id] : []));
      await turn((options) => tutor.resume(decisions, options), new Set(rejected));
    }
  }

  async function play(
    start: (options: RunOptions) => AsyncIterable<TutorEvent>,
    rejected?: ReadonlySet<string>,
  ): Promise<readonly ApprovalRequest[]> {
    const controller = new AbortController();
    running = controller;
    const printer = createEventPrinter(course, terminal, text, rejected);
    let waiting: readonly ApprovalRequest[] = [];
    let labelled = false;
    // The first run also opens the store, which may take seconds.
    terminal.progress(text.tutor.thinking);
    try {
      const options = { threadId, learner: TERMINAL_LEARNER, signal: controller.signal };
      for await (const event of start(options)) {
        if (event.type === "text" && !labelled && label !== undefined) {
          labelled = true;
          terminal.out(`${style.dim(label)} `);
        }
        if (event.type === "approval-needed") waiting = event.calls;
        else if (event.type === "error") failed = true;
        printer.print(event);
      }
    } catch (error) {
      // One turn that fails does not end the conversation.
      failed = true;
      terminal.note(style.bad(text.failed(reasonOf(error))));
    } finally {
      running = undefined;
    }
    if (controller.signal.aborted) {
      terminal.note(text.tutor.stopped);
      return [];
    }
    if (waiting.length === 0) terminal.out("\n");
    return waiting;
  }

  function reasonOf(error: unknown): string {
    const { code, message } = error as Error & { code?: unknown };
    const advice = code === "store-busy" ? text.tutor.storeBusy : "";
    return `${advice}${printable(message)}`;
  }

  function languageOf(line: string) {
    return { language: answerLanguage ?? detectLanguage(line) };
  }
}

type RunOptions = { readonly threadId: string; readonly learner: string; readonly signal: AbortSignal };
