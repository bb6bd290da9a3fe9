import { DynamicStructuredTool } from "@langchain/core/tools";
import { z } from "zod";
import { AgentError } from "../errors.ts";
import { positiveInteger } from "./bounds.ts";
import { runInSandbox, type SandboxBounds, type SandboxRun } from "./javascript/run-in-sandbox.ts";

export interface RunJavaScriptOptions {
  /** Time for one program, without starting the sandbox. @default 5000 */
  readonly milliseconds?: number;
  /** What a program may allocate, at least 1 MB. @default 67108864 (64 MB) */
  readonly memoryBytes?: number;
  /** Characters of output kept, and of the value shown. @default 20000 */
  readonly outputCharacters?: number;
}

/**
 * A tool that runs a program the model wrote, in QuickJS compiled to WebAssembly, in a thread of its own. There is no
 * network, file, process or module to reach; time, memory, stack and output are bounded, and every run begins empty.
 * The model reads what was printed and the value of the last expression; an error names the line.
 *
 * @throws AgentError `invalid-definition` for a bound that is no positive integer
 * @example defineAgent({ name: "analyst", model, tools: [runJavaScript({ milliseconds: 2000 })] })
 */
export function runJavaScript(options: RunJavaScriptOptions = {}): DynamicStructuredTool {
  const bounds: SandboxBounds = {
    milliseconds: positiveInteger("runJavaScript", "milliseconds", options.milliseconds ?? 5_000),
    memoryBytes: positiveInteger("runJavaScript", "memoryBytes", options.memoryBytes ?? 64 * MEGABYTE),
    outputCharacters: positiveInteger(
      "runJavaScript",
      "outputCharacters",
      options.outputCharacters ?? 20_000,
    ),
  };
  if (bounds.memoryBytes < MEGABYTE) {
    throw new AgentError(
      "invalid-definition",
      `runJavaScript: memoryBytes must be at least ${MEGABYTE}, got ${bounds.memoryBytes}.`,
    );
  }
  return new DynamicStructuredTool({
    name: "run_javascript",
    metadata: { effect: "read" },
    description: `Runs a JavaScript program (ES2023, top-level await) in an empty sandbox and shows what it prints with console.log and the value of its last expression. There is no network, no file, no module to import, and nothing is kept between runs. Time limit ${bounds.milliseconds / 1000} s. Use it for exact calculations, counting, sorting, dates and text processing.`,
    schema: z.object({
      code: z.string().max(MAX_CODE).describe("The whole program, for example: [3, 1, 2].sort()"),
    }),
    func: async ({ code }: { code: string }, _manager, config) => {
      const run = await runInSandbox(code, bounds, config?.signal);
      return report(run, bounds);
    },
  });
}

const MEGABYTE = 1024 * 1024;
const MAX_CODE = 200_000;

function report({ lines, end }: SandboxRun, bounds: SandboxBounds): string {
  const printed = lines.join("\n");
  const notice =
    end.omitted > 0 ? `… ${end.omitted} more characters of output were dropped; print less.` : "";
  if (end.type === "error") {
    const message = [describeError(end, bounds), printed && `Printed before that:\n${printed}`, notice];
    throw new AgentError("javascript-failed", join(message), { details: { reason: end.reason } });
  }
  if (end.text === null && printed === "")
    return "The program ended without output: its last expression is undefined and it printed nothing.";
  return join([printed, notice, end.text === null ? "" : `=> ${shorten(end.text, bounds.outputCharacters)}`]);
}

function describeError(
  end: Extract<SandboxRun["end"], { type: "error" }>,
  { milliseconds, memoryBytes }: SandboxBounds,
): string {
  switch (end.reason) {
    case "time":
      return `The program was stopped after ${milliseconds} ms. Do less work, or check for a loop that never ends.`;
    case "memory":
      return `The program needed more than ${Math.floor(memoryBytes / MEGABYTE)} MB of memory. Keep less data at once.`;
    case "stack":
      return "The program recursed too deeply. Use a loop, or check for a recursion that never ends.";
    case "unsettled":
      return "The program awaits a promise that nothing can settle: no timer or other work is left.";
    case "crashed":
      return `The sandbox failed: ${end.message ?? "unknown reason"}. Try a simpler program.`;
    case "thrown": {
      const line = /script\.js:(\d+)/.exec(end.stack ?? "")?.[1];
      const what = [end.name, end.message].filter((part) => part).join(": ");
      return what + (line === undefined ? "" : ` (line ${line})`) + adviceOn(what);
    }
  }
}

function adviceOn(message: string): string {
  if (message.includes("return not in a function"))
    return ". Make the value the last expression instead of returning it.";
  const missing = /'?(require|process|fetch|module|Buffer|window|document)'? is not defined/.exec(
    message,
  )?.[1];
  if (missing !== undefined) return `. The sandbox has no ${missing}: only the language itself.`;
  return "";
}

function shorten(text: string, characters: number): string {
  if (text.length <= characters) return text;
  return `${text.slice(0, characters)}\n… ${text.length - characters} more characters of the value were dropped.`;
}

function join(parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("\n");
}
