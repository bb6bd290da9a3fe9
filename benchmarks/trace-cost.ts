/**
 * What tracing adds to the CPU time of a run: a streamed reply of 400 pieces after one tool call, with the trace and with
 * its recorder switched off, in turn in one process.
 *
 *   npx tsx benchmarks/trace-cost.ts [--rounds 20] [--runs 5]
 */
import { parseArgs } from "node:util";
import { calculator, defineAgent } from "@zixue/agent";
import { reply, scriptedChatModel } from "@zixue/testkit";
import { TraceRecorder } from "../packages/agent/src/trace/recorder.ts";

const PIECES = 400;
const { values } = parseArgs({
  options: { rounds: { type: "string", default: "20" }, runs: { type: "string", default: "5" } },
});
const [rounds, runs] = [Number(values.rounds), Number(values.runs)];

const real = Object.getOwnPropertyDescriptors(TraceRecorder.prototype);
const silent = {
  ...real,
  begin: { ...real.begin, value: async () => {} },
  chat: { ...real.chat, value: (_request: unknown, ask: () => unknown) => ask() },
  endStep: { ...real.endStep, value: () => {} },
  tool: { ...real.tool, value: (_agent: string, _call: unknown, work: () => unknown) => work() },
  sawDelta: { ...real.sawDelta, value: () => {} },
  finish: { ...real.finish, value: async () => {} },
};

const spent = { traced: [] as number[], untraced: [] as number[] };
// The first rounds warm the compiler up and are not counted.
for (let round = -3; round < rounds; round++) {
  for (const way of ["traced", "untraced"] as const) {
    Object.defineProperties(TraceRecorder.prototype, way === "traced" ? real : silent);
    const before = process.cpuUsage();
    for (let i = 0; i < runs; i++) await run();
    const { user, system } = process.cpuUsage(before);
    if (round >= 0) spent[way].push((user + system) / 1000 / runs);
  }
}
const [traced, untraced] = [median(spent.traced), median(spent.untraced)];
console.table([
  { way: "traced", "CPU ms a run": traced.toFixed(2), "against untraced": (traced / untraced).toFixed(3) },
  { way: "untraced", "CPU ms a run": untraced.toFixed(2), "against untraced": "1.000" },
]);

async function run(): Promise<void> {
  const chunks = Array.from({ length: PIECES }, (_, i) => `第${i}块`);
  const model = scriptedChatModel([
    reply.toolCalls([{ name: "calculator", args: { expression: "37*41" } }]),
    reply.text(chunks.join(""), { chunks }),
  ]);
  const agent = defineAgent({ name: "a", model, tools: [calculator()] });
  let seen = 0;
  for await (const event of agent.run("37*41")) if (event.type === "text") seen++;
  if (seen < PIECES) throw new Error(`${seen} of ${PIECES} pieces came.`);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
