/**
 * What the journal costs: runs of an agent whose tool changes something, beside the same tool that only reads and is not
 * journaled. CPU and wall time per call, medians of alternating rounds: `npx tsx benchmarks/agent-journal.ts`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DynamicStructuredTool } from "@langchain/core/tools";
import { defineAgent, memoryStore, openStateStore, type StateStore } from "@zixue/agent";
import { reply, scriptedChatModel } from "@zixue/testkit";
import { z } from "zod";

const CALLS = 20;
const ROUNDS = 15;

const folder = mkdtempSync(path.join(tmpdir(), "zixue-journal-"));
const onDisk = openStateStore({ folder: path.join(folder, "state") });
try {
  await compare("memoryStore", memoryStore());
  await compare("PGlite folder", onDisk);
} finally {
  await onDisk.close();
  rmSync(folder, { recursive: true, force: true });
}

async function compare(name: string, store: StateStore): Promise<void> {
  const kinds = ["read", "change"] as const;
  const cpu = { read: [] as number[], change: [] as number[] };
  const wall = { read: [] as number[], change: [] as number[] };
  for (const effect of kinds) await measure(store, effect);
  for (let round = 0; round < ROUNDS; round++) {
    for (const effect of round % 2 === 0 ? kinds : kinds.toReversed()) {
      const taken = await measure(store, effect);
      cpu[effect].push(taken.cpu);
      wall[effect].push(taken.wall);
    }
  }
  const show = (times: { read: number[]; change: number[] }) => {
    const [read, change] = [median(times.read), median(times.change)];
    return `${read.toFixed(2)} → ${change.toFixed(2)} ms (${(change / read).toFixed(2)}×)`;
  };
  console.log(`${name}: per call, without → with journal: CPU ${show(cpu)}, wall ${show(wall)}`);
}

async function measure(store: StateStore, effect: "read" | "change") {
  const tool = new DynamicStructuredTool({
    name: "touch",
    description: "Touches",
    schema: z.object({}),
    metadata: { effect },
    func: async () => "ok",
  });
  const model = scriptedChatModel((_call, n) =>
    n < CALLS ? reply.toolCalls([{ name: "touch", args: {}, id: `c${n}` }]) : "好了。",
  );
  const guards = { loops: false };
  const limits = { steps: 100, toolCalls: 100 };
  const agent = defineAgent({ name: "a", model, tools: [tool], store, limits, guards });
  const threadId = crypto.randomUUID();
  const before = process.cpuUsage();
  const startedAt = performance.now();
  for await (const event of agent.run("做", { threadId })) {
    if (event.type === "done" && event.status !== "completed")
      throw new Error(`The run ended ${event.status}.`);
  }
  const wall = (performance.now() - startedAt) / CALLS;
  const { user, system } = process.cpuUsage(before);
  await agent.deleteThread(threadId);
  return { cpu: (user + system) / 1000 / CALLS, wall };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
