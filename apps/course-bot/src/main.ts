/** Starts the course bot: `tsx src/main.ts`. Settings come from environment variables and `.env`. */
import { writtenSections } from "@zixue/course";
import { compose } from "./compose.ts";
import { type Listening, listen } from "./listen.ts";
import { startMessages } from "./messages.ts";
import { isLoopback } from "./settings.ts";

const text = startMessages[/^en/i.test(process.env.LC_ALL || process.env.LANG || "") ? "en" : "zh"];
const started = performance.now();

try {
  const { app, settings, opened, state, stopping } = await compose(process.env, {
    onProgress: ({ done, total }) => {
      if (process.stderr.isTTY)
        process.stderr.write(`\r\u001b[K${text.indexing(done, total)}${done === total ? "\n" : ""}`);
    },
  });
  const listening = await listen(app, {
    host: settings.host,
    port: settings.port,
    alternatives: settings.portIsFixed ? 0 : 20,
  });
  if (!settings.portIsFixed && listening.port !== settings.port)
    console.log(text.otherPort(settings.port, listening.port));
  if (!isLoopback(settings.host) && settings.accessToken === undefined) console.log(text.open(settings.host));
  const written = writtenSections(opened.course);
  for (const problem of opened.course.problems)
    console.warn(text.problem(problem.file, problem.line, problem.message));
  const took = Math.round(performance.now() - started);
  console.log(
    text.ready(written.length, opened.course.sections.length, opened.describe(text.language), took),
  );
  console.log(text.goTo(listening.url));
  stopOnSignal(
    listening,
    async () => {
      stopping.abort();
      await opened.close();
      await state.close();
    },
    () => stopping.abort(),
  );
} catch (error) {
  console.error(
    error instanceof Error && /^\w+Error$/.test(error.name) && error.name !== "TypeError"
      ? error.message
      : error,
  );
  process.exitCode = 1;
}

/** The first signal lets answers end; the second ends the process at once. */
function stopOnSignal(listening: Listening, finish: () => Promise<void>, giveUp: () => void): void {
  let stopping = false;
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping) process.exit(signal === "SIGINT" ? 130 : 143);
    stopping = true;
    console.log(text.stopping);
    await listening.stop({ giveUp });
    await finish();
    process.exit(0);
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
}
