/**
 * Measures one peer on one prepared corpus, in a process of its own, and prints the measurement as JSON:
 * `node --expose-gc --import tsx measure-peer.ts <name> <folder of the corpus> <own folder> <seconds>`.
 */
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { recallAtK, reciprocalRank } from "@zixue/rag";
import { peerNamed } from "./all-peers.ts";
import { RESULTS } from "./peer.ts";
import { type PreparedQuestion, readPreparedCorpus } from "./prepared-corpus.ts";

/** What is printed. Times in milliseconds, sizes in bytes. */
export interface PeerMeasurement {
  readonly peer: string;
  /** Questions that were asked: fewer than there are when the time ran out. */
  readonly questions: number;
  readonly recallAt1: number;
  readonly recallAt5: number;
  readonly recallAt10: number;
  readonly mrrAt10: number;
  readonly buildMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Mean of one question, of all threads: says more than wall time where the machine is shared. */
  readonly cpuMs: number;
  /** Growth of the resident set from before the build to after the first questions, garbage collected. */
  readonly memory: number;
  /** `null` where the peer keeps nothing. */
  readonly disk: number | null;
}

const WARM_UP = 20;

const [name = "", folder = "", own = "", seconds = "60"] = process.argv.slice(2);
const definition = await peerNamed(name);
// HNSWLib's store warns where there are fewer passages than it is asked for.
console.warn = () => undefined;

const { corpus, questions } = await readPreparedCorpus(folder, own);
const before = residentSet();
const start = performance.now();
const peer = await definition.build(corpus);
const buildMs = performance.now() - start;
for (const { text } of questions.slice(0, WARM_UP)) await peer.search(text);
const memory = Math.max(0, residentSet() - before);

const times: number[] = [];
const scores = { recallAt1: 0, recallAt5: 0, recallAt10: 0, mrrAt10: 0 };
const used = process.cpuUsage();
const deadline = performance.now() + Number(seconds) * 1000;
for (const question of spread(questions)) {
  if (performance.now() > deadline && times.length >= 20) break;
  const asked = performance.now();
  const found = await peer.search(question.text);
  times.push(performance.now() - asked);
  const relevance = new Map(question.relevant.map((id) => [id, 1]));
  scores.recallAt1 += recallAtK(found, relevance, 1);
  scores.recallAt5 += recallAtK(found, relevance, 5);
  scores.recallAt10 += recallAtK(found, relevance, RESULTS);
  scores.mrrAt10 += reciprocalRank(found, relevance, RESULTS);
}
const { user, system } = process.cpuUsage(used);
await peer.save?.();
await peer.close?.();
const disk = await sizeOf(own);
const sorted = times.toSorted((one, other) => one - other);
const mean = (sum: number): number => sum / times.length;
const measurement: PeerMeasurement = {
  peer: name,
  questions: times.length,
  recallAt1: mean(scores.recallAt1),
  recallAt5: mean(scores.recallAt5),
  recallAt10: mean(scores.recallAt10),
  mrrAt10: mean(scores.mrrAt10),
  buildMs,
  p50Ms: sorted[Math.floor(sorted.length * 0.5)] ?? 0,
  p95Ms: sorted[Math.floor(sorted.length * 0.95)] ?? 0,
  cpuMs: (user + system) / 1000 / times.length,
  memory,
  disk: disk === 0 ? null : disk,
};
process.stdout.write(JSON.stringify(measurement));
process.exit(0);

/** The questions in an order in which any first part of them is spread over the whole set. */
function* spread(all: readonly PreparedQuestion[]): Generator<PreparedQuestion> {
  const step = 37;
  for (let first = 0; first < step; first++) {
    for (let place = first; place < all.length; place += step) yield all[place] as PreparedQuestion;
  }
}

function residentSet(): number {
  for (let round = 0; round < 3; round++) globalThis.gc?.();
  return process.memoryUsage.rss();
}

async function sizeOf(directory: string): Promise<number> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map((entry) => stat(path.join(entry.parentPath, entry.name))));
  return sizes.reduce((sum, { size }) => sum + size, 0);
}
