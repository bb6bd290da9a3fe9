/**
 * How long the event loop waits while passages are ingested and questions are asked in the same process:
 * `npx tsx benchmarks/event-loop.ts [--passages 100000] [--length 250] [--batch 256] [--dimensions 0] [--json]`.
 * `--batch` is the number of passages of one `apply`; 0 puts all of them into one.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Chunk, type DocumentChange, LocalIndex } from "@zixue/rag";
import { recombinedPassages } from "./recombined-passages.ts";

const { values } = parseArgs({
  options: {
    passages: { type: "string", default: "100000" },
    length: { type: "string", default: "250" },
    batch: { type: "string", default: "256" },
    dimensions: { type: "string", default: "0" },
    json: { type: "boolean", default: false },
  },
});
const [count, length, batch, dimensions] = [
  values.passages,
  values.length,
  values.batch,
  values.dimensions,
].map(Number) as [number, number, number, number];
if (![count, length].every((value) => value > 0) || !(batch >= 0) || !(dimensions >= 0)) {
  console.error(
    "Usage: tsx benchmarks/event-loop.ts [--passages 100000] [--length 250] [--batch 256] [--dimensions 0] [--json]",
  );
  process.exit(1);
}

const { passages, questions } = recombinedPassages(count, { length });
const folder = mkdtempSync(path.join(tmpdir(), "zixue-event-loop-"));
const index = await LocalIndex.open({ folder });
try {
  const changes = passages.map(changeOf);
  const size = batch === 0 ? changes.length : batch;
  await index.apply({ put: changes.slice(0, 256) });
  for (const question of questions.slice(0, 300)) await index.search({ text: question, limit: 10 });

  const delay = monitorEventLoopDelay({ resolution: 1 });
  let ingesting = true;
  let peak = 0;
  const queryTimes: number[] = [];
  const asking = (async () => {
    for (let n = 0; ingesting; n++) {
      const start = performance.now();
      await index.search({ text: questions[n % questions.length] as string, limit: 10 });
      queryTimes.push(performance.now() - start);
      if (n % 20 === 0) peak = Math.max(peak, process.memoryUsage().rss);
      await sleep(10);
    }
  })();
  // What the machine and the questions alone do to the loop, to compare with.
  delay.enable();
  await sleep(3000);
  delay.disable();
  const before = { p99: round(delay.percentile(99) / 1e6), max: round(delay.max / 1e6) };
  delay.reset();
  queryTimes.length = 0;
  const cpu = process.cpuUsage();
  const start = performance.now();
  delay.enable();
  for (let first = 256; first < changes.length; first += size) {
    await index.apply({ put: changes.slice(first, first + size) });
  }
  await sleep(5);
  delay.disable();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  ingesting = false;
  await asking;

  const report = {
    passages: count,
    batch: size,
    dimensions,
    ingestSeconds: round(seconds),
    cpuSeconds: round((user + system) / 1e6),
    peakMB: Math.round(peak / 1e6),
    withoutIngestMs: before,
    loopDelayMs: {
      p50: round(delay.percentile(50) / 1e6),
      p99: round(delay.percentile(99) / 1e6),
      p999: round(delay.percentile(99.9) / 1e6),
      max: round(delay.max / 1e6),
    },
    queries: queryTimes.length,
    queryMs: { p50: quantile(0.5), p99: quantile(0.99), max: quantile(1) },
  };
  if (values.json) console.log(JSON.stringify(report, null, 2));
  else {
    console.log(
      `${count} passages, ${size} a commit: ${report.ingestSeconds} s, ${report.cpuSeconds} s of CPU, at most ${report.peakMB} MB`,
    );
    console.table({
      "event loop, ms": report.loopDelayMs,
      "before ingesting, ms": before,
      "query, ms": report.queryMs,
    });
    console.log(`${report.queries} questions were answered meanwhile; target p99 of the loop < 10 ms`);
  }

  function quantile(share: number): number {
    const sorted = queryTimes.toSorted((one, other) => one - other);
    return round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number);
  }
} finally {
  await index.close();
  rmSync(folder, { recursive: true, force: true });
}

function changeOf(text: string, number: number): DocumentChange {
  const documentId = `passage-${number}`;
  const chunk: Chunk = {
    id: `${documentId}@0`,
    documentId,
    title: "",
    headingPath: [],
    blockIds: [`${documentId}#0`],
    text,
    start: 0,
    end: text.length,
    ordinal: 0,
    tokens: text.length,
    metadata: { part: number % 7 },
  };
  const change = { documentId, hash: String(number), chunks: [chunk] };
  if (dimensions === 0) return change;
  const vector = Float32Array.from({ length: dimensions }, (_, i) => Math.sin(number * 7.1 + i * i) + 0.1);
  return { ...change, vectors: [vector] };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
