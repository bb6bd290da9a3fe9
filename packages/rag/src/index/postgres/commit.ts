import type { SufficiencyThresholds } from "../../answer/thresholds.ts";
import type { IndexChanges } from "../chunk-index.ts";
import { unitVector } from "../vector/unit-vectors.ts";
import type { AnalyzedChunk } from "./analyze-chunks.ts";
import type { Database, Session } from "./database.ts";
import { chunkCount, type IndexState, readState, writeState } from "./state.ts";
import type { Tables } from "./tables.ts";
import { dropGraph } from "./vector-graph.ts";
import { deleteDocuments, insertDocuments } from "./write-documents.ts";

/** Chunks below which the planner needs no statistics to find the right plan. */
const smallCorpus = 200;

/**
 * Makes a checked change within a transaction that holds the state's lock.
 *
 * @param units Each document's vectors, scaled to length 1.
 * @param analyzed The chunks of all documents put, in their order.
 */
export async function commitChanges(
  session: Session,
  tables: Tables,
  state: IndexState,
  changes: IndexChanges,
  units: ReadonlyMap<string, readonly Float32Array[]>,
  analyzed: readonly AnalyzedChunk[],
): Promise<void> {
  const put = changes.put ?? [];
  const gone = [...new Set([...(changes.remove ?? []), ...put.map(({ documentId }) => documentId)])];
  const deleted = await deleteDocuments(session, tables, state, gone);
  if (put.length === 0 && deleted === 0) return;
  await settleDimensions(session, tables, state, units);
  const vectors = put.flatMap(({ documentId, chunks }) =>
    chunks.map((_, index) => units.get(documentId)?.[index]),
  );
  await insertDocuments(session, tables, state, put, analyzed, vectors);
  if (chunkCount(state) >= 2 * state.analyzedChunks + smallCorpus)
    await renewStatistics(session, tables, state);
  state.revision++;
  await writeState(session, tables, state);
}

/**
 * Empties the index for another fingerprint. What was fitted by questions outlives the documents; a similarity does
 * not outlive the embeddings that it was measured with.
 */
export async function emptyIndex(
  database: Database,
  tables: Tables,
  fingerprint: Record<string, string>,
): Promise<void> {
  await database.transaction("write", async (session) => {
    const state = await readState(session, tables, { lock: true });
    const rows = await session.query(`SELECT id FROM ${tables.documents}`);
    if (rows.length === 0) return;
    for (const table of [tables.documents, tables.chunks, tables.terms, tables.postings, tables.vectors]) {
      await session.query(`DELETE FROM ${table}`);
    }
    await dropGraph(session, tables, state);
    const empty = () => ({ entries: 0, lengths: [0, 0, 0] as [number, number, number] });
    await writeState(session, tables, {
      ...state,
      fingerprint,
      thresholds: withoutSimilarity(state.thresholds),
      revision: state.revision + 1,
      documents: 0,
      dimensions: 0,
      counts: { zh: empty(), en: empty() },
      analyzedChunks: 0,
    });
  });
}

/** Drops terms that no chunk has any more, and lets the database clear away what was deleted. */
export async function maintain(database: Database, tables: Tables): Promise<void> {
  await database.transaction("write", async (session) => {
    const state = await readState(session, tables, { lock: true });
    await session.query(`DELETE FROM ${tables.terms} WHERE chinese + english = 0`);
    await renewStatistics(session, tables, state);
    await writeState(session, tables, state);
  });
  for (const table of [tables.postings, tables.terms, tables.chunks, tables.documents, tables.vectors]) {
    await database.query(`VACUUM ${table}`);
  }
}

/** Compares a change's dimensions with those of the vectors that stay. */
async function settleDimensions(
  session: Session,
  tables: Tables,
  state: IndexState,
  units: ReadonlyMap<string, readonly Float32Array[]>,
): Promise<void> {
  const [staying] = await session.query(`SELECT 1 FROM ${tables.vectors} LIMIT 1`);
  const dimensions = staying === undefined ? 0 : state.dimensions;
  const [added] = [...units.values()].flat();
  if (added !== undefined && dimensions > 0) unitVector(added, { dimensions, where: "the change" });
  state.dimensions = dimensions || (added?.length ?? 0);
  if (state.graph.dimensions > 0 && state.graph.dimensions !== state.dimensions)
    await dropGraph(session, tables, state);
}

async function renewStatistics(session: Session, tables: Tables, state: IndexState): Promise<void> {
  for (const table of [tables.postings, tables.terms, tables.chunks]) await session.query(`ANALYZE ${table}`);
  state.analyzedChunks = chunkCount(state);
}

function withoutSimilarity(thresholds: string | null): string | null {
  if (thresholds === null) return null;
  return JSON.stringify({ ...(JSON.parse(thresholds) as SufficiencyThresholds), similarity: null });
}
