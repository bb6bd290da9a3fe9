/**
 * What starting the JavaScript sandbox takes: one program after another, and eight at once. Beside it the longest time
 * that the event loop was held meanwhile.
 *
 *   npx tsx benchmarks/agent-sandbox.ts [runs]
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { runJavaScript } from "@zixue/agent";

const runs = Number(process.argv[2] ?? 20);
const tool = runJavaScript();
await tool.invoke({ code: "1" });

const held = monitorEventLoopDelay({ resolution: 1 });
held.enable();
const times: number[] = [];
for (let run = 0; run < runs; run++) {
  const started = performance.now();
  await tool.invoke({ code: "[3, 1, 2].sort()" });
  times.push(performance.now() - started);
}
times.sort((a, b) => a - b);
const started = performance.now();
await Promise.all(Array.from({ length: 8 }, () => tool.invoke({ code: "[3, 1, 2].sort()" })));
const together = performance.now() - started;
held.disable();

const ms = (value: number): string => `${value.toFixed(0)} ms`;
console.log(`one program, median of ${runs}:  ${ms(times[Math.floor(runs / 2)] ?? 0)}`);
console.log(`slowest of them:              ${ms(times.at(-1) ?? 0)}`);
console.log(`eight at once:                ${ms(together)}`);
console.log(`event loop held at most:      ${ms(held.max / 1e6)}`);
