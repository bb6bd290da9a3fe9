/**
 * An index in PostgreSQL beside `LocalIndex`, on Chinese passages of about 250 characters, one document each:
 * `npx tsx benchmarks/postgres.ts [--passages 5000] [--questions 200] [--url postgresql://…]`. Runs on PGlite in memory,
 * and on a server: the one of `--url`, or a throwaway cluster where PostgreSQL is installed. What it creates, it drops.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { type ChunkIndex, type DocumentChange, LocalIndex, PostgresIndex } from "@zixue/rag";
import pg from "pg";
import { findPostgres, startPostgres } from "../tests/postgres-server.ts";
import { recombinedPassages } from "./recombined-passages.ts";

const { values } = parseArgs({
  options: {
    passages: { type: "string", default: "5000" },
    questions: { type: "string", default: "200" },
    url: { type: "string" },
  },
});
const [count, questionCount] = [Number(values.passages), Number(values.questions)] as [number, number];
if (![count, questionCount].every((value) => Number.isInteger(value) && value > 0)) {
  console.error(
    "Usage: tsx benchmarks/postgres.ts [--passages 5000] [--questions 200] [--url postgresql://…]",
  );
  process.exit(1);
}

/** Documents of one change, as many as an ingest commits at once. */
const BATCH = 100;
const { passages, questions: all } = recombinedPassages(count);
const step = Math.max(1, Math.floor(all.length / questionCount));
const questions = all.filter((_, index) => index % step === 0).slice(0, questionCount);
const folder = mkdtempSync(path.join(tmpdir(), "zixue-benchmark-"));
const schema = `benchmark_${process.pid}`;
const truth = new Map<string, string[]>();

await measure("LocalIndex", await LocalIndex.open({ folder }));
rmSync(folder, { recursive: true, force: true });
await measure("PGlite", await PostgresIndex.open({ url: "pglite:" }));
const bin = findPostgres();
const server = values.url === undefined && bin !== undefined ? await startPostgres(bin) : undefined;
const url = values.url ?? server?.url;
if (url === undefined) console.log("No server: install PostgreSQL, or pass --url.");
else {
  const pool = new pg.Pool({ connectionString: url });
  try {
    const { rows } = await pool.query("SHOW server_version");
    await measure(`server ${rows[0].server_version}`, await PostgresIndex.open({ connection: pool, schema }));
  } finally {
    await pool.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
    await pool.end();
    server?.stop();
  }
}

async function measure(
  name: string,
  index: ChunkIndex & Partial<Pick<PostgresIndex, "optimize">>,
): Promise<void> {
  const began = performance.now();
  for (let first = 0; first < passages.length; first += BATCH) {
    await index.apply({
      put: passages.slice(first, first + BATCH).map((text, at) => documentOf(first + at, text)),
    });
  }
  const ingest = (performance.now() - began) / 1000;
  await index.optimize?.();
  const times: number[] = [];
  let same = 0;
  for (const text of questions) {
    const started = performance.now();
    const { keyword } = await index.search({ text, limit: 10 });
    times.push(performance.now() - started);
    const ids = keyword.map(({ chunk }) => chunk.id);
    if (!truth.has(text)) truth.set(text, ids);
    if (truth.get(text)!.join() === ids.join()) same++;
  }
  times.sort((one, other) => one - other);
  const { bytes } = await index.stats();
  const at = (share: number): string => `${times[Math.floor(share * times.length)]!.toFixed(1)} ms`;
  console.log(
    `${name}: ${Math.round(count / ingest)} passages/s, ${(bytes / 1e6).toFixed(0)} MB, p50 ${at(0.5)}, p95 ${at(0.95)}, ` +
      `same ten in ${same} of ${questions.length}`,
  );
  await index.close();
}

function documentOf(number: number, text: string): DocumentChange {
  const documentId = `d${number}`;
  const place = { start: 0, end: text.length, ordinal: 0, tokens: text.length };
  const about = { title: "", headingPath: [], blockIds: [`${documentId}#0`], metadata: {} };
  return {
    documentId,
    hash: String(number),
    chunks: [{ id: `${documentId}@0`, documentId, text, ...place, ...about }],
  };
}
