import type { PeerMeasurement } from "./measure-peer.ts";

export interface PeerRow extends PeerMeasurement {
  readonly searches: string;
  readonly versions: string;
}

export interface PeerReport {
  readonly node: string;
  readonly cpu: string;
  readonly dimensions: number;
  /** By data set. */
  readonly quality?: Readonly<Record<string, readonly PeerRow[]>>;
  readonly speed?: { readonly passages: number; readonly rows: readonly PeerRow[] };
}

/** The peer that times are given as multiples of. */
const BASE = "zixue LocalIndex, hybrid";

/** The whole report as Markdown. */
export function markdownReport(report: PeerReport): string {
  const { node, cpu, dimensions, quality = {}, speed = { passages: 0, rows: [] } } = report;
  const sets = Object.entries(quality);
  const peers = sets[0]?.[1].map(({ peer }) => peer) ?? [];
  const qualityRows = peers.map((peer) => {
    const rows = sets.map(([, measured]) => measured.find((row) => row.peer === peer));
    return [peer, rows[0]?.searches ?? "", ...rows.map((row) => (row === undefined ? "–" : quadruple(row)))];
  });
  const base = speed.rows.find(({ peer }) => peer === BASE);
  const speedRows = speed.rows.map((row) => [
    row.peer,
    (row.buildMs / 1000).toFixed(1),
    row.p50Ms.toFixed(2),
    row.p95Ms.toFixed(2),
    row.cpuMs.toFixed(2),
    base === undefined ? "–" : `${(row.cpuMs / base.cpuMs).toFixed(2)}×`,
    megabytes(row.memory),
    row.disk === null ? "–" : megabytes(row.disk),
    String(row.questions),
  ]);
  return [
    "# Beside other retrieval libraries",
    "",
    "Written by `npm run benchmark:peers`; the same passages, questions and vectors for all, in one run, each peer in a process of its own.",
    "",
    `Node ${node}, ${cpu}. Vectors: LexiconEmbeddings, ${dimensions} dimensions, computed beforehand; no time below holds any embedding.`,
    "",
    "## Quality",
    "",
    "MRR@10, and recall@1 / @5 / @10 in brackets.",
    "",
    table(
      ["", "searches", ...sets.map(([set, rows]) => `${set} (${rows[0]?.questions ?? 0} questions)`)],
      qualityRows,
    ),
    "",
    `## Speed at ${speed.passages.toLocaleString("en")} passages`,
    "",
    `One question at a time, ${speed.rows[0]?.questions ?? 0} questions (fewer where the time allowed ran out). The machine is shared and was busy, which stretches wall time (p50, p95) by a factor that varies: compare the CPU time of a question (mean, all threads), which “CPU against ours” gives as a ratio (${BASE} = 1).`,
    "",
    table(
      ["", "build s", "p50 ms", "p95 ms", "CPU ms", "CPU against ours", "memory MB", "disk MB", "questions"],
      speedRows,
    ),
    "",
    "## Notes",
    "",
    ...notes.map((note) => `- ${note}`),
    "",
    `Versions: ${[...new Set(speed.rows.flatMap(({ versions }) => (versions === "" ? [] : versions.split(", "))))].join(", ")}.`,
    "",
  ].join("\n");
}

const notes = [
  "The vectors know only the dictionary. A neural embedding model would raise every row that searches vectors, ours too, and says nothing about the keyword rows; what the vector rows compare here is how well and how fast the same vectors are searched.",
  "Quality is of passages of one language for questions of the same one. Our weights were chosen with these sets in sight; `npm run eval` gives both halves of each set apart. Questions are spread evenly over the set where not all were asked.",
  "The speed corpus is DRCD's and XQuAD's real Chinese passages, filled up with passages of about 250 characters made from their sentences, drawn at random with a fixed seed. Only time, memory and disk are read from it.",
  "LocalIndex's build writes and syncs everything to disk; most others build in memory. The rows “LocalIndex” are the index alone, as the peers are (hybrid: both sides and their fusion); the rows “pipeline” are `retrieve()`, which besides reads the question (spelling, pinyin, follow-ups) and spreads the choice, for which no peer has a counterpart. LangChain's BM25Retriever builds nothing: it scores every passage again for every question.",
  "BM25Retriever splits at spaces, so a Chinese question is one word; that is how it comes, and no option changes it. MiniSearch is shown as it comes and with Intl.Segmenter as its tokenizer, Orama with its Mandarin tokenizer for the Chinese sets. Orama's similarity threshold is lowered from .8 to 0 for the hybrid search, since vectors of this kind seldom reach .8.",
  "LangChain's HNSWLib builds its graph with the library's defaults and never sets `ef`, so it finds fewer of the true neighbours than raw hnswlib-node with ef 100. EnsembleRetriever asks each side for 10 and weighs them alike.",
  "PGlite is PostgreSQL in WebAssembly; a server is faster. Its disk holds a whole database cluster, of which some 40 MB are there when it is empty.",
  "Memory is the growth of the process from just before the build until after twenty questions, garbage collected; documents and vectors that were loaded before and are shared by reference are not in it. Disk is what the peer writes to be opened again; “–” where it has no way to.",
];

function quadruple({ mrrAt10, recallAt1, recallAt5, recallAt10 }: PeerMeasurement): string {
  return `${rate(mrrAt10)} (${rate(recallAt1)} / ${rate(recallAt5)} / ${rate(recallAt10)})`;
}

function rate(value: number): string {
  return value.toFixed(3).replace(/^0/, "");
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    line(header),
    line(header.map((_, column) => (column === 0 ? "---" : "---:"))),
    ...rows.map(line),
  ].join("\n");
}
