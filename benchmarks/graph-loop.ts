/**
 * How long the event loop waits while questions are answered and a graph of vectors is built:
 * `npx tsx benchmarks/graph-loop.ts [--vectors 20000] [--dimensions 512]`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type DocumentChange, LocalIndex } from "@zixue/rag";
import { passageChunk } from "./passage-chunk.ts";

const { values } = parseArgs({
  options: {
    vectors: { type: "string", default: "20000" },
    dimensions: { type: "string", default: "512" },
  },
});
const [count, dimensions] = [Number(values.vectors), Number(values.dimensions)];
const folder = mkdtempSync(path.join(tmpdir(), "zixue-graph-loop-"));
const index = await LocalIndex.open({ folder, vectors: "hnsw" });
try {
  for (let first = 0; first < count; first += 500) {
    await index.apply({
      put: Array.from({ length: Math.min(500, count - first) }, (_, i) => changeOf(first + i)),
    });
  }
  let building = true;
  const built = index.optimize().finally(() => {
    building = false;
  });
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const times: number[] = [];
  while (building) {
    const start = performance.now();
    await index.search({ vector: randomVector(), limit: 10 });
    times.push(performance.now() - start);
    await sleep(5);
  }
  delay.disable();
  await built;
  times.sort((one, other) => one - other);
  const { vectorSearch } = await index.stats();
  console.log(`${count} vectors of ${dimensions} numbers; searched by ${vectorSearch} after the build`);
  console.table({
    "event loop, ms": { p50: ms(50), p99: ms(99), max: Math.round(delay.max / 1e4) / 100 },
    "search, ms": { p50: at(0.5), p99: at(0.99), max: at(1) },
  });
  console.log(`${times.length} searches meanwhile; target p99 of the loop < 10 ms`);

  function ms(percentile: number): number {
    return Math.round(delay.percentile(percentile) / 1e4) / 100;
  }
  function at(share: number): number {
    return Math.round((times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0) * 100) / 100;
  }
} finally {
  await index.close();
  rmSync(folder, { recursive: true, force: true });
}

function changeOf(number: number): DocumentChange {
  const documentId = `passage-${number}`;
  const text = `第 ${number} 段`;
  return {
    documentId,
    hash: String(number),
    chunks: [passageChunk(documentId, "", text)],
    vectors: [randomVector()],
  };
}

function randomVector(): Float32Array {
  return Float32Array.from({ length: dimensions }, () => Math.random() * 2 - 1);
}
