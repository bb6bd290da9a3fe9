import type { Chunk } from "../../chunk/chunk.ts";
import type { SearchHit } from "../chunk-index.ts";
import type { Filter } from "../filter.ts";
import type { Session } from "./database.ts";
import { sqlFilter } from "./sql-filter.ts";
import type { IndexState } from "./state.ts";
import type { Tables } from "./tables.ts";
import { storageOf, type VectorStorage } from "./vector-table.ts";

/** The most that pgvector allows. */
export const largestEf = 1000;

export interface VectorSearchTask {
  /** Of length 1, like all that are stored: then the inner product is the cosine. */
  readonly unit: Float32Array;
  readonly filter?: Filter | undefined;
  readonly limit: number;
  /** Search the graph where there is one and no filter is given. */
  readonly graph: boolean;
}

/** The chunks whose vectors are nearest, best first. */
export async function searchVectors(
  session: Session,
  tables: Tables,
  state: IndexState,
  task: VectorSearchTask,
): Promise<SearchHit[]> {
  const storage = await storageOf(session, tables);
  if (state.dimensions === 0 || storage === undefined) return [];
  const ef = Math.max(state.graph.ef, task.limit);
  if (task.graph && state.graph.ef > 0 && task.filter === undefined && ef <= largestEf) {
    const hits = await searchGraph(session, tables, storage, task, ef);
    // Deleted vectors take up places in the graph until it is vacuumed.
    if (hits.length === task.limit) return hits;
  }
  return searchExactly(session, tables, storage, task);
}

/** Finds the nearest vectors through the index, which serves the expression that it was made on. */
export async function searchGraph(
  session: Session,
  tables: Tables,
  storage: VectorStorage,
  { unit, limit }: Pick<VectorSearchTask, "unit" | "limit">,
  ef: number,
): Promise<SearchHit[]> {
  if (storage.type !== "pgvector") return [];
  await session.query("SELECT set_config('hnsw.ef_search', $1, true)", [String(ef)]);
  const distance = `v.embedding::${graphType(storage.schema, unit.length)} OPERATOR("${storage.schema}".<#>) $1::text::${graphType(storage.schema, unit.length)}`;
  return hitsOf(
    await session.query(
      `SELECT n.score, c.chunk FROM (
         SELECT v.chunk, -(${distance}) AS score FROM ${tables.vectors} v ORDER BY ${distance} LIMIT $2
       ) n JOIN ${tables.chunks} c ON c.number = n.chunk ORDER BY n.score DESC, c.number`,
      [`[${unit.join()}]`, limit],
    ),
  );
}

/** Compares every vector that the filter lets through. */
export async function searchExactly(
  session: Session,
  tables: Tables,
  storage: VectorStorage,
  { unit, filter, limit }: Pick<VectorSearchTask, "unit" | "filter" | "limit">,
): Promise<SearchHit[]> {
  const values: unknown[] = [storage.type === "pgvector" ? `[${unit.join()}]` : `{${unit.join()}}`, limit];
  const score =
    storage.type === "pgvector"
      ? `-(v.embedding OPERATOR("${storage.schema}".<#>) $1::text::"${storage.schema}".vector)`
      : "(SELECT sum(pair.a::float8 * pair.b) FROM unnest(v.embedding, $1::text::real[]) AS pair (a, b))";
  const allowed =
    filter === undefined
      ? ""
      : `WHERE v.chunk IN (SELECT number FROM ${tables.chunks} WHERE ${sqlFilter(filter, values)})`;
  return hitsOf(
    await session.query(
      `SELECT n.score, c.chunk FROM (
         SELECT v.chunk, ${score} AS score FROM ${tables.vectors} v ${allowed} ORDER BY 2 DESC, 1 LIMIT $2
       ) n JOIN ${tables.chunks} c ON c.number = n.chunk ORDER BY n.score DESC, c.number`,
      values,
    ),
  );
}

/** The type with the dimensions that a graph needs to know. */
export function graphType(schema: string, dimensions: number): string {
  return `"${schema}".vector(${dimensions})`;
}

function hitsOf(rows: readonly Readonly<Record<string, unknown>>[]): SearchHit[] {
  return rows.map(({ score, chunk }) => ({
    chunk: JSON.parse(chunk as string) as Chunk,
    score: score as number,
  }));
}
