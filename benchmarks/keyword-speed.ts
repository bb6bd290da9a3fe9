/**
 * Times of the keyword side on Chinese passages of about 250 characters:
 * `npx tsx benchmarks/keyword-speed.ts [--passages 20000] [--questions 400] [--rounds 5] [--json]`.
 * A question's time is its best of several rounds, in which searches with and without the sentence stage and a fixed
 * calibration loop take turns, so that what else the machine does hits all alike; `÷ loop` compares across machines.
 */
import { parseArgs } from "node:util";
import { buildKeywordSegment, KeywordSearcher } from "@zixue/rag";
import { recombinedPassages } from "./recombined-passages.ts";

/** A LocalIndex merges no segment beyond this size. */
const SEGMENT = 32_768;

const { values } = parseArgs({
  options: {
    passages: { type: "string", default: "20000" },
    questions: { type: "string", default: "400" },
    rounds: { type: "string", default: "5" },
    json: { type: "boolean", default: false },
  },
});
const [count, questionCount, rounds] = [values.passages, values.questions, values.rounds].map(Number) as [
  number,
  number,
  number,
];
if (![count, questionCount, rounds].every((value) => Number.isInteger(value) && value > 0)) {
  console.error(
    "Usage: tsx benchmarks/keyword-speed.ts [--passages 20000] [--questions 400] [--rounds 5] [--json]",
  );
  process.exit(1);
}

const { passages, questions: all } = recombinedPassages(count);
const step = Math.max(1, Math.floor(all.length / questionCount));
const questions = all.filter((_, index) => index % step === 0).slice(0, questionCount);
buildKeywordSegment(passages.slice(0, 2000).map((text) => ({ text })));

const megabytes = passages.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / 1e6;
const cpuBefore = process.cpuUsage();
const segments = [];
for (let first = 0; first < passages.length; first += SEGMENT) {
  segments.push(buildKeywordSegment(passages.slice(first, first + SEGMENT).map((text) => ({ text }))));
}
const { user, system } = process.cpuUsage(cpuBefore);
const buildSeconds = (user + system) / 1e6;
const searcher = new KeywordSearcher(segments.map((segment) => ({ segment })));

const times = { plain: best(), sentences: best(), loop: best() };
for (let round = 0; round <= rounds; round++) {
  questions.forEach((question, index) => {
    for (const [name, work] of [
      ["plain", () => searcher.search(question, { limit: 10, sentences: false })],
      ["sentences", () => searcher.search(question, { limit: 10, sentences: true })],
      ["loop", calibrationLoop],
    ] as const) {
      const start = performance.now();
      work();
      const elapsed = performance.now() - start;
      // The first round warms up.
      if (round > 0) times[name][index] = Math.min(times[name][index] as number, elapsed);
    }
  });
}

const loop = quantile(times.loop, 0.5);
const report = {
  passages: count,
  segments: segments.length,
  questions: questions.length,
  buildMBps: round2(megabytes / buildSeconds),
  postingsMB: round2(segments.reduce((sum, segment) => sum + segment.postingBytes, 0) / 1e6),
  memoryMB: round2(segments.reduce((sum, segment) => sum + segment.bytes, 0) / 1e6),
  plain: summary(times.plain),
  sentences: summary(times.sentences),
  loopMs: round3(loop),
};
if (values.json) console.log(JSON.stringify(report, null, 2));
else {
  console.log(
    `${count} passages in ${segments.length} segments, ${megabytes.toFixed(1)} MB of text; build ${report.buildMBps} MB/s of CPU time`,
  );
  console.log(
    `postings ${report.postingsMB} MB, all ${report.memoryMB} MB; calibration loop ${report.loopMs} ms`,
  );
  console.table({ "without sentences": report.plain, "with sentences": report.sentences });
}

function best(): number[] {
  return questions.map(() => Number.POSITIVE_INFINITY);
}

function summary(values: readonly number[]) {
  const p50 = quantile(values, 0.5);
  return {
    "p50 ms": round3(p50),
    "p95 ms": round3(quantile(values, 0.95)),
    "p50 ÷ loop": round2(p50 / loop),
  };
}

/** About .1 ms of the same kind of work: integer arithmetic over typed arrays. */
function calibrationLoop(): number {
  const array = new Int32Array(4096);
  let sum = 0;
  for (let pass = 0; pass < 20; pass++) {
    for (let i = 0; i < array.length; i++) {
      array[i] = Math.imul((array[i] as number) + i, 0x9e3779b1);
      sum ^= array[i] as number;
    }
  }
  return sum;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length * share)] as number;
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}

function round3(value: number): number {
  return Math.round(value * 1000) / 1000;
}
