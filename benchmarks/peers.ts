/**
 * Measures ours beside other retrieval libraries on the same data in one run:
 * `npx tsx benchmarks/peers.ts [--quick] [--peer <part of a name>]… [--limit <questions>] [--passages 20000]
 * [--dimensions 512] [--seconds 60] [--only quality|speed] [--json <file>] [--markdown <file>]`. With `--only`, the other
 * part stays as the JSON file has it. Needs the evaluation data beside the repository (or `--data <folder of the sets>`).
 */
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { RagError, type RetrievalDataset, readRetrievalDataset } from "@zixue/rag";
import { allPeers } from "./peers/all-peers.ts";
import type { PeerMeasurement } from "./peers/measure-peer.ts";
import type { PeerDefinition } from "./peers/peer.ts";
import { markdownReport, type PeerReport, type PeerRow } from "./peers/peer-report.ts";
import { prepareCorpus } from "./peers/prepared-corpus.ts";
import { speedCorpus } from "./peers/speed-corpus.ts";

const SETS = ["xquad-zh", "xquad-en", "drcd-dev"];
/** Questions of the speed measurement. */
const TIMED = 300;

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    peer: { type: "string", multiple: true, default: [] },
    limit: { type: "string" },
    passages: { type: "string" },
    dimensions: { type: "string" },
    seconds: { type: "string" },
    data: { type: "string", default: fileURLToPath(new URL("../../shared/eval", import.meta.url)) },
    only: { type: "string" },
    json: { type: "string" },
    markdown: { type: "string" },
  },
});
const limit = number("limit", values.quick ? 100 : Number.MAX_SAFE_INTEGER);
const passages = number("passages", values.quick ? 2000 : 20_000);
const dimensions = number("dimensions", values.quick ? 256 : 512);
const seconds = number("seconds", values.quick ? 10 : 60);
if (values.only !== undefined && values.only !== "quality" && values.only !== "speed") {
  console.error(`--only is quality or speed, not ${values.only}.`);
  process.exit(2);
}
const peers = (await allPeers()).filter(
  ({ name }) => values.peer.length === 0 || values.peer.some((part) => name.includes(part)),
);

const work = await mkdtemp(path.join(tmpdir(), "zixue-peers-"));
try {
  const measured = {
    ...(values.only === "speed" ? {} : { quality: await measureQuality() }),
    ...(values.only === "quality" ? {} : { speed: await measureSpeed() }),
  };
  const report: PeerReport = {
    node: process.version,
    cpu: `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}`,
    dimensions,
    ...(await keptParts()),
    ...measured,
  };
  const markdown = markdownReport(report);
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
  if (values.markdown !== undefined) await writeFile(values.markdown, markdown);
  console.log(markdown);
} catch (error) {
  if (!(error instanceof RagError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await rm(work, { recursive: true, force: true });
}

async function measureQuality(): Promise<NonNullable<PeerReport["quality"]>> {
  const quality: Record<string, PeerRow[]> = {};
  for (const set of SETS) {
    const dataset = await readRetrievalDataset(path.join(values.data, set));
    quality[set] = await measureAll(set, { ...dataset, queries: everyNth(dataset.queries, limit) });
  }
  return quality;
}

async function measureSpeed(): Promise<NonNullable<PeerReport["speed"]>> {
  const folders = ["drcd-dev", "xquad-zh"].map((set) => path.join(values.data, set));
  const rows = await measureAll("speed", await speedCorpus(folders, passages, Math.min(TIMED, limit)));
  return { passages, rows };
}

/** With `--only`, the other part of the report that the JSON file holds from an earlier run. */
async function keptParts(): Promise<Pick<PeerReport, "quality" | "speed">> {
  if (values.only === undefined || values.json === undefined) return {};
  const text = await readFile(values.json, "utf8").catch(() => "{}");
  const { quality, speed } = JSON.parse(text) as Partial<PeerReport>;
  return { ...(quality ? { quality } : {}), ...(speed ? { speed } : {}) };
}

/** At most `count`, spread over all. */
function everyNth<T>(all: readonly T[], count: number): T[] {
  const step = Math.max(1, all.length / count);
  return Array.from(
    { length: Math.min(count, all.length) },
    (_, place) => all[Math.floor(place * step)] as T,
  );
}

async function measureAll(set: string, dataset: RetrievalDataset): Promise<PeerRow[]> {
  const folder = path.join(work, set);
  await prepareCorpus(folder, dataset, dimensions);
  const rows: PeerRow[] = [];
  for (const [place, peer] of peers.entries()) {
    const own = path.join(folder, String(place));
    await mkdir(own);
    process.stderr.write(`${set}: ${peer.name} … `);
    const measured = await measure(peer, folder, own);
    await rm(own, { recursive: true, force: true });
    process.stderr.write(
      measured === null
        ? "failed\n"
        : `MRR ${measured.mrrAt10.toFixed(3)}, p50 ${measured.p50Ms.toFixed(2)} ms\n`,
    );
    if (measured !== null)
      rows.push({ ...measured, searches: peer.searches, versions: await versionsOf(peer) });
  }
  return rows;
}

/** `null` when the peer's process failed; what it wrote to standard error is shown. */
async function measure(peer: PeerDefinition, folder: string, own: string): Promise<PeerMeasurement | null> {
  const script = fileURLToPath(new URL("./peers/measure-peer.ts", import.meta.url));
  const child = spawn(
    process.execPath,
    ["--expose-gc", "--import", import.meta.resolve("tsx"), script, peer.name, folder, own, String(seconds)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  });
  return code === 0 ? (JSON.parse(output) as PeerMeasurement) : null;
}

async function versionsOf({ packages }: PeerDefinition): Promise<string> {
  const versions = packages.map(async (name) => {
    const file = new URL(`./node_modules/${name}/package.json`, import.meta.url);
    const { version } = JSON.parse(await readFile(file, "utf8")) as { version: string };
    return `${name} ${version}`;
  });
  return (await Promise.all(versions)).join(", ");
}

function number(name: "limit" | "passages" | "dimensions" | "seconds", fallback: number): number {
  const value = values[name] === undefined ? fallback : Number(values[name]);
  if (Number.isInteger(value) && value > 0) return value;
  console.error(`--${name} needs a whole number above 0, not ${values[name]}.`);
  process.exit(2);
}
