/**
 * Memory of a process in which an agent runs for long: `npx tsx benchmarks/agent-memory.ts [--turns 10000]
 * [--per-thread 20] [--threads 100] [--every 1000] [--store memory|pglite|postgresql://…]`. Each fifth turn calls a
 * tool. Heap and resident memory are read after a garbage collection; `--threads` is how many the store in memory keeps.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessage, type BaseMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";
import { calculator, defineAgent, memoryStore, openStateStore, type StateStore } from "@zixue/agent";

const { values } = parseArgs({
  options: {
    turns: { type: "string", default: "10000" },
    "per-thread": { type: "string", default: "20" },
    threads: { type: "string", default: "100" },
    every: { type: "string", default: "1000" },
    store: { type: "string", default: "memory" },
  },
});
const [turns, perThread, threads, every] = [
  values.turns,
  values["per-thread"],
  values.threads,
  values.every,
].map(Number) as [number, number, number, number];
if (![turns, perThread, threads, every].every((value) => value >= 1)) {
  console.error("Usage: tsx benchmarks/agent-memory.ts [--turns 10000] [--per-thread 20] [--threads 100]");
  process.exit(1);
}

/** Says something of some length; each fifth time it has the calculator work first. */
class TalkingModel extends BaseChatModel {
  #turn = 0;
  _llmType(): string {
    return "talking";
  }
  override bindTools(): this {
    return this;
  }
  async _generate(messages: BaseMessage[]): Promise<ChatResult> {
    const asksTool = messages.at(-1)?.getType() === "human" && this.#turn++ % 5 === 0;
    const call = { id: crypto.randomUUID(), name: "calculator", args: { expression: `${this.#turn} * 2` } };
    const message = asksTool
      ? new AIMessage({ content: "", tool_calls: [call] })
      : new AIMessage(`第 ${this.#turn} 次回答。`.repeat(20));
    return { generations: [{ text: message.text, message }] };
  }
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
const folder = mkdtempSync(path.join(tmpdir(), "zixue-agent-memory-"));
const store = openStore();
const agent = defineAgent({ name: "talker", model: new TalkingModel({}), tools: [calculator()], store });

console.log("turns   heap MB   rss MB   files MB   CPU ms/turn");
let cpu = process.cpuUsage();
for (let turn = 1; turn <= turns; turn++) {
  const threadId = `thread-${Math.floor((turn - 1) / perThread)}`;
  for await (const event of agent.run(`第 ${turn} 个问题是什么？`, { threadId })) {
    if (event.type === "done" && event.status !== "completed")
      throw new Error(`Turn ${turn}: ${event.status}`);
  }
  if (turn % every !== 0) continue;
  const { user, system } = process.cpuUsage(cpu);
  // Finalizers run between two collections.
  collectGarbage();
  await new Promise((resolve) => setTimeout(resolve, 50));
  collectGarbage();
  const { heapUsed, rss } = process.memoryUsage();
  const cells = [heapUsed / 1e6, rss / 1e6, sizeOf(folder) / 1e6, (user + system) / 1_000 / every];
  console.log([String(turn).padStart(5), ...cells.map((cell) => cell.toFixed(1).padStart(9))].join(" "));
  cpu = process.cpuUsage();
}
await store.close();
rmSync(folder, { recursive: true, force: true });

function openStore(): StateStore {
  if (values.store === "memory") return memoryStore({ threads });
  return openStateStore(values.store === "pglite" ? { folder } : { url: values.store });
}

function sizeOf(parent: string): number {
  let size = 0;
  for (const entry of readdirSync(parent, { withFileTypes: true })) {
    const file = path.join(parent, entry.name);
    size += entry.isDirectory() ? sizeOf(file) : statSync(file).size;
  }
  return size;
}
