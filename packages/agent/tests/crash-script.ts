/**
 * One life of a process whose agents write lines into files, for a test that kills it: each goes on where the life before
 * was cut off, or begins. `node --import tsx crash-script.ts <settings as JSON>`.
 */
import { appendFileSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { AIMessage, type BaseMessage, ToolMessage } from "@langchain/core/messages";
import { DynamicStructuredTool } from "@langchain/core/tools";
import { reply, scriptedChatModel } from "@zixue/testkit";
import { z } from "zod";
import { type Agent, type AgentEvent, defineAgent, openStateStore, type StateStore } from "../src/index.ts";

export interface CrashSettings {
  readonly location: Parameters<typeof openStateStore>[0];
  readonly schema: string;
  /** Agents that write at the same time, each in a thread and a file of its own. */
  readonly threads: number;
  /** Of this many lines each is to stand in the file once. */
  readonly lines: number;
  readonly seed: number;
  /** Where the tools write. */
  readonly folder: string;
  /** What happened, one word a line, for the process that watches. */
  readonly log: string;
}

export async function runLife(settings: CrashSettings): Promise<void> {
  const store = openStateStore(settings.location, { schema: settings.schema, claimSeconds: 3 });
  await store.threads.get("t0");
  note(settings.log, "started");
  await Promise.all(threadsOf(settings).map((thread) => write(store, settings, thread)));
  await store.close();
}

async function write(store: StateStore, settings: CrashSettings, thread: string): Promise<void> {
  const agent = writingAgent(store, settings, thread);
  const isWaiting = (await agent.pending(thread)).length > 0;
  let status = isWaiting ? "waiting" : await follow(settings.log, () => goOn(agent, store, thread));
  for (let tries = 0; status !== "completed"; ) {
    if (status === "waiting") {
      const waiting = await agent.pending(thread);
      const decisions = Object.fromEntries(waiting.map(({ id }) => [id, { type: "approve" } as const]));
      status = await follow(settings.log, () => agent.resume(thread, decisions));
    } else {
      // On a busy machine a lease may run out, which stops the run as a crash does.
      if (++tries > 10) throw new Error(`${thread} keeps ending as ${status}`);
      status = await follow(settings.log, () => goOn(agent, store, thread));
    }
  }
  const messages = await store.threads.messages(thread);
  note(settings.log, `said ${thread} ${messages.at(-1)?.content}`);
}

/** Goes on with the run that was cut off, or begins where none had begun. */
async function* goOn(agent: Agent, store: StateStore, thread: string): AsyncGenerator<AgentEvent> {
  try {
    yield* agent.resume(thread);
  } catch (error) {
    if ((error as { code?: string }).code !== "nothing-to-resume") throw error;
    const last = (await store.threads.messages(thread)).at(-1);
    if (last?.role !== "assistant") yield* agent.run("写满它", { threadId: thread });
  }
}

/** Reads a run to its end. A claim of the life before ends after a second. */
async function follow(log: string, start: () => AsyncIterable<AgentEvent>): Promise<string> {
  for (;;) {
    try {
      let status = "completed";
      for await (const event of start()) {
        if (event.type === "tool-result" && event.mayHaveRun) note(log, "mayHaveRun");
        if (event.type === "error") note(log, `error ${event.error.message}`);
        if (event.type === "done") status = event.status;
      }
      return status;
    } catch (error) {
      if ((error as { code?: string }).code !== "thread-busy") throw error;
      await sleep(100);
    }
  }
}

function writingAgent(store: StateStore, settings: CrashSettings, thread: string): Agent {
  const { lines, log } = settings;
  const seed = settings.seed * 100 + Number(thread.slice(1));
  const file = fileOf(settings, thread);
  const schema = z.object({ line: z.number() });
  const write = async ({ line }: { line: number }) => {
    await sleep(random(seed, line) * 15);
    const descriptor = openSync(file, "a");
    writeSync(descriptor, `${line}\n`);
    fsyncSync(descriptor);
    note(log, `wrote ${line}`);
    await sleep(5 + random(seed, -line) * 25);
    return "written";
  };
  const tools = ["append", "post"].map(
    (name) => new DynamicStructuredTool({ name, description: "Adds a line", schema, func: write }),
  );
  const read = new DynamicStructuredTool({
    name: "read_lines",
    description: "Reads the lines",
    schema: z.object({}),
    metadata: { effect: "read" },
    func: async () => JSON.stringify(linesOf(file)),
  });
  return defineAgent({
    name: "writer",
    model: scriptedChatModel(({ messages }) => nextReply(messages, lines, seed)),
    tools: [...tools, read],
    approvals: ["post"],
    limits: { steps: 10_000, toolCalls: 10_000, milliseconds: 600_000 },
    store,
  });
}

/**
 * What a careful model does: writes the next lines, up to three at once; where it is told that nobody knows whether a line
 * was written, it reads before it writes again.
 */
function nextReply(messages: readonly BaseMessage[], lines: number, seed: number) {
  const written = new Set<number>();
  let unknown = new Set<number>();
  const lineOf = new Map<string, number>();
  for (const message of messages) {
    if (AIMessage.isInstance(message)) {
      for (const { id, args } of message.tool_calls ?? []) lineOf.set(id ?? "", Number(args.line));
    }
    if (!ToolMessage.isInstance(message)) continue;
    const line = lineOf.get(message.tool_call_id) ?? Number.NaN;
    if (message.name === "read_lines") {
      const there = JSON.parse(message.text) as number[];
      for (const one of unknown) if (there.includes(one)) written.add(one);
      unknown = new Set();
    } else if (message.text === "written") written.add(line);
    else if (message.text.includes("not known whether")) unknown.add(line);
  }
  if (unknown.size > 0) return reply.toolCalls([{ name: "read_lines", args: {} }]);
  const left = Array.from({ length: lines }, (_, index) => index + 1).filter((line) => !written.has(line));
  if (left.length === 0) return reply.text(`写完了 ${written.size} 行。`, { delayMs: 20 });
  const batch = left.slice(0, 1 + Math.floor(random(seed, left.length) * 3));
  const calls = batch.map((line) => ({
    name: random(seed, line + 1000) < 0.3 ? "post" : "append",
    args: { line },
    id: `call_${messages.length}_${line}`,
  }));
  return reply.toolCalls(calls, { delayMs: random(seed, lines + left.length) * 10 });
}

export function threadsOf({ threads }: CrashSettings): string[] {
  return Array.from({ length: threads }, (_, index) => `t${index}`);
}

export function fileOf({ folder }: CrashSettings, thread: string): string {
  return path.join(folder, `${thread}.lines`);
}

export function linesOf(file: string): number[] {
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean).map(Number) : [];
}

function note(log: string, what: string): void {
  appendFileSync(log, `${what}\n`);
}

/** The same number in [0, 1) for the same seed and place. */
function random(seed: number, place: number): number {
  let state = Math.imul(seed, 0x9e3779b1) ^ Math.imul(place + 1, 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d);
  state = Math.imul(state ^ (state >>> 12), 0x297a2d39);
  return ((state ^ (state >>> 15)) >>> 0) / 2 ** 32;
}

const [, script, settings] = process.argv;
if (script !== undefined && import.meta.url === pathToFileURL(script).href && settings !== undefined) {
  await runLife(JSON.parse(settings) as CrashSettings);
}
