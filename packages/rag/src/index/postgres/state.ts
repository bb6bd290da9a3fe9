import { RagError } from "../../errors.ts";
import type { Language } from "../../language/detect-language.ts";
import type { CorpusCounts } from "../keyword/corpus-statistics.ts";
import type { Session } from "./database.ts";
import type { Tables } from "./tables.ts";

/** The one row that says what the index holds: every commit rewrites it, every search reads it first. */
export interface IndexState {
  revision: number;
  fingerprint: Record<string, string>;
  /** JSON; `null` when none were set. */
  thresholds: string | null;
  documents: number;
  dimensions: number;
  readonly counts: Readonly<Record<Language, CorpusCounts>>;
  /** Chunks there were when the planner's statistics were last renewed. */
  analyzedChunks: number;
  /** Dimensions of the vector graph (0: none), its ef_search, and the vectors there were when that was found. */
  graph: { dimensions: number; ef: number; rows: number };
}

/** @param lock Waits for other writers and keeps them out to the end of the transaction. */
export async function readState(
  session: Session,
  tables: Tables,
  options: { lock?: boolean } = {},
): Promise<IndexState> {
  const [row] = await session.query(
    `SELECT revision::float8 AS revision, fingerprint, thresholds, documents, dimensions,
       chinese::float8[] AS chinese, english::float8[] AS english, analyzed_chunks::float8 AS analyzed_chunks,
       graph_dimensions, graph_ef, graph_rows::float8 AS graph_rows
     FROM ${tables.state}${options.lock === true ? " FOR UPDATE" : ""}`,
  );
  if (row === undefined) {
    throw new RagError(
      "index-corrupt",
      `The table ${tables.state} is empty; drop the tables ${tables.label} and ingest again.`,
    );
  }
  return {
    revision: row.revision as number,
    fingerprint: JSON.parse(row.fingerprint as string) as Record<string, string>,
    thresholds: row.thresholds as string | null,
    documents: row.documents as number,
    dimensions: row.dimensions as number,
    counts: { zh: countsOf(row.chinese as number[]), en: countsOf(row.english as number[]) },
    analyzedChunks: row.analyzed_chunks as number,
    graph: {
      dimensions: row.graph_dimensions as number,
      ef: row.graph_ef as number,
      rows: row.graph_rows as number,
    },
  };
}

export async function writeState(session: Session, tables: Tables, state: IndexState): Promise<void> {
  const { counts, graph } = state;
  await session.query(
    `UPDATE ${tables.state} SET revision = $1, fingerprint = $2, thresholds = $3, documents = $4, dimensions = $5,
       chinese = $6::bigint[], english = $7::bigint[], analyzed_chunks = $8,
       graph_dimensions = $9, graph_ef = $10, graph_rows = $11`,
    [
      state.revision,
      JSON.stringify(state.fingerprint),
      state.thresholds,
      state.documents,
      state.dimensions,
      [counts.zh.entries, ...counts.zh.lengths],
      [counts.en.entries, ...counts.en.lengths],
      state.analyzedChunks,
      graph.dimensions,
      graph.ef,
      graph.rows,
    ],
  );
}

/** Chunks of all languages. */
export function chunkCount({ counts }: IndexState): number {
  return counts.zh.entries + counts.en.entries;
}

/** Counts of one language, or of all. */
export function countsFor({ counts: { zh, en } }: IndexState, language?: Language): CorpusCounts {
  if (language !== undefined) return language === "zh" ? zh : en;
  return {
    entries: zh.entries + en.entries,
    lengths: [zh.lengths[0] + en.lengths[0], zh.lengths[1] + en.lengths[1], zh.lengths[2] + en.lengths[2]],
  };
}

function countsOf([entries = 0, characters = 0, bigrams = 0, words = 0]: number[]): CorpusCounts {
  return { entries, lengths: [characters, bigrams, words] };
}
