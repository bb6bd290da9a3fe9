/** `npm start -- "question"` asks once; `npm start` is a conversation. `--folder <path>` asks another folder. */
import { resolveModels } from "@zixue/models";
import type { HistoryMessage } from "@zixue/rag";
import { type Library, openLibrary } from "./library.ts";
import { printAnswer } from "./print-answer.ts";
import { readSettings, type Settings } from "./settings.ts";
import { openTerminal, type Terminal } from "./terminal.ts";

/** Turns that a follow-up question can refer to. */
const TURNS_KEPT = 6;

try {
  process.exitCode = await main(readSettings(process.argv.slice(2)));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

async function main(settings: Settings): Promise<number> {
  const models = await resolveModels();
  const library = await openLibrary({ ...settings, models });
  const terminal = openTerminal();
  try {
    console.error(models.describe(settings.words.language));
    if (!(await refresh(library, settings))) return 1;
    if (settings.question !== "")
      return (await turn(settings.question, [], library, terminal, settings)).code;
    return await converse(library, terminal, settings);
  } finally {
    terminal.close();
    await library.close();
  }
}

/** Brings the index up to date and says what was done; false when there is nothing to ask. */
async function refresh(library: Library, { folder, words }: Settings): Promise<boolean> {
  const report = await library.refresh();
  for (const { error } of report.failed) console.error(words.unreadable(error.message));
  const { size } = library.documents;
  console.error(size > 0 ? words.indexed(folder, size, report) : words.empty(folder));
  return size > 0;
}

async function converse(library: Library, terminal: Terminal, settings: Settings): Promise<number> {
  let history: readonly HistoryMessage[] = [];
  terminal.write(`${settings.words.help}\n`);
  for (;;) {
    const line = await terminal.ask("> ");
    if (line === undefined) return 0;
    if (line === "/new") history = [];
    else if (line === "/reload") await refresh(library, settings);
    else if (line.startsWith("/")) terminal.write(`${settings.words.help}\n`);
    else if (line !== "") ({ history } = await turn(line, history, library, terminal, settings));
  }
}

/** One question. Exit code: 0 with any answer, 1 when it failed, 130 when it was stopped. */
async function turn(
  question: string,
  history: readonly HistoryMessage[],
  { pipeline, documents }: Library,
  terminal: Terminal,
  { words }: Settings,
): Promise<{ code: number; history: readonly HistoryMessage[] }> {
  const controller = new AbortController();
  terminal.onInterrupt(() => controller.abort());
  try {
    const events = pipeline.answer(question, { history, signal: controller.signal });
    const answer = await printAnswer(events, { documents, write: terminal.write, words });
    if (answer === undefined) return { code: 1, history };
    const added: HistoryMessage[] = [
      { role: "user", content: question },
      { role: "assistant", content: answer.text },
    ];
    return { code: 0, history: [...history, ...added].slice(-2 * TURNS_KEPT) };
  } catch (error) {
    const { aborted } = controller.signal;
    terminal.write(`\n${aborted ? words.stopped : words.failed((error as Error).message)}\n`);
    return { code: aborted ? 130 : 1, history };
  } finally {
    terminal.onInterrupt(null);
  }
}
