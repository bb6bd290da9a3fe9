import { formatTrace, type StateStore } from "@zixue/agent";
import type { CommandLine } from "./command-line.ts";
import { CliError } from "./errors.ts";
import { printable, type Terminal } from "./terminal.ts";

/** Runs that the list shows. */
const LISTED = 20;
/** Runs among which a shortened id is looked up. */
const SEARCHED = 500;
/** Digits of an id in the list; a beginning is enough to ask for a run. */
const SHOWN = 12;

/**
 * `zixue trace`: the latest runs of agents; with an id, or its beginning, one run step by step.
 *
 * @throws CliError `unknown-trace`, with the latest runs
 */
export async function trace(
  { traces }: Pick<StateStore, "traces">,
  { words, json, text, language }: Pick<CommandLine, "words" | "json" | "text" | "language">,
  terminal: Terminal,
  width: number | undefined,
): Promise<number> {
  const [wanted, ...others] = words;
  if (others.length > 0) throw new CliError("usage", text.badOption(others.join(" ")));
  if (wanted === undefined) {
    const listed = await traces.list({ limit: LISTED });
    if (json) for (const run of listed) terminal.out(`${JSON.stringify(run)}\n`);
    else if (listed.length === 0) terminal.note(text.trace.none);
    else terminal.out(`${rows(listed)}\n`);
    return 0;
  }
  const spans = await traces.get(await fullId(traces, wanted));
  if (spans.length === 0) {
    const listed = await traces.list({ limit: LISTED });
    const recent = listed.length === 0 ? text.trace.none : `${text.trace.recent}\n${rows(listed)}`;
    throw new CliError("unknown-trace", `${text.trace.unknown(printable(wanted))}\n${recent}`);
  }
  if (json) for (const span of spans) terminal.out(`${JSON.stringify(span)}\n`);
  else {
    const ascii = !terminal.interactive || terminal.style.bold("") === "";
    terminal.out(`${formatTrace(spans, { language, ascii, ...(width !== undefined && { width }) })}\n`);
  }
  return 0;
}

/** A beginning stands for the one run that it fits. */
async function fullId(traces: StateStore["traces"], wanted: string): Promise<string> {
  if (!/^[0-9a-f]{4,31}$/.test(wanted)) return wanted;
  const fitting = (await traces.list({ limit: SEARCHED })).filter(({ traceId }) =>
    traceId.startsWith(wanted),
  );
  return fitting.length === 1 && fitting[0] ? fitting[0].traceId : wanted;
}

function rows(runs: Awaited<ReturnType<StateStore["traces"]["list"]>>): string {
  return runs
    .map(({ traceId, startedAt, threadId, name }) => {
      const time = new Date(startedAt).toISOString().replace("T", " ").slice(0, 19);
      return `${traceId.slice(0, SHOWN)}  ${time} UTC  ${printable(name)}  ${printable(threadId)}`;
    })
    .join("\n");
}
