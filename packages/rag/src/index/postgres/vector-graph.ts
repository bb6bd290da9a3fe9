import type { Database, Session } from "./database.ts";
import { type IndexState, readState, writeState } from "./state.ts";
import type { Tables } from "./tables.ts";
import { graphType, largestEf, searchExactly, searchGraph } from "./vector-search.ts";
import { storageOf } from "./vector-table.ts";

/** More than pgvector can index of its type `vector`. */
const mostDimensions = 2000;
/** Below this many vectors an exact scan is as fast. */
export const smallestGraph = 1000;
const wantedRecall = 0.99;
const sampleSize = 20;
const neighbours = 10;

/** True when the graph is due: none yet, or the vectors doubled since ef was measured. */
export function isGraphDue({ dimensions, graph }: IndexState, rows: number): boolean {
  if (dimensions === 0 || dimensions > mostDimensions || rows < smallestGraph) return false;
  return graph.dimensions !== dimensions || rows >= 2 * graph.rows;
}

/** Takes the graph away, which would refuse vectors of other dimensions. The caller writes the state back. */
export async function dropGraph(session: Session, tables: Tables, state: IndexState): Promise<void> {
  if (state.graph.dimensions > 0)
    await session.query(`DROP INDEX IF EXISTS ${tables.quotedSchema}.${tables.graph}`);
  state.graph = { dimensions: 0, ef: 0, rows: 0 };
}

/**
 * Builds the graph (HNSW, M 16, efConstruction 200), which pgvector then keeps up to date, and raises ef_search until
 * recall@10 against an exact scan is .99 on a sample of the stored vectors; where that is out of reach, search stays exact.
 */
export async function buildGraph(database: Database, tables: Tables): Promise<void> {
  await database.transaction("write", async (session) => {
    const state = await readState(session, tables, { lock: true });
    const storage = await storageOf(session, tables);
    const rows = await countVectors(session, tables);
    if (storage?.type !== "pgvector" || !isGraphDue(state, rows)) return;
    if (state.graph.dimensions !== state.dimensions) {
      await dropGraph(session, tables, state);
      const type = graphType(storage.schema, state.dimensions);
      await session.query(
        `CREATE INDEX ${tables.graph} ON ${tables.vectors}
         USING hnsw ((embedding::${type}) "${storage.schema}".vector_ip_ops) WITH (m = 16, ef_construction = 200)`,
      );
      await session.query(`ANALYZE ${tables.vectors}`);
    }
    const ef = await calibrate(session, tables, storage);
    state.graph = { dimensions: state.dimensions, ef, rows };
    await writeState(session, tables, state);
  });
}

export async function countVectors(session: Session, { vectors }: Tables): Promise<number> {
  const [row] = await session.query(`SELECT count(*)::float8 AS rows FROM ${vectors}`);
  return row!.rows as number;
}

/** The smallest ef_search that reaches the recall; 0 when none does. */
async function calibrate(
  session: Session,
  tables: Tables,
  storage: { readonly type: "pgvector"; readonly schema: string },
): Promise<number> {
  const sample = await session.query(
    `SELECT embedding::real[] AS embedding FROM ${tables.vectors} ORDER BY hashint4(chunk) LIMIT ${sampleSize}`,
  );
  const queries = sample.map(({ embedding }) => Float32Array.from(embedding as number[]));
  const truth: Set<string>[] = [];
  for (const unit of queries) {
    const hits = await searchExactly(session, tables, storage, { unit, limit: neighbours });
    truth.push(new Set(hits.map(({ chunk }) => chunk.id)));
  }
  const wanted = truth.reduce((sum, { size }) => sum + size, 0);
  for (let ef = 64; ; ef = Math.min(2 * ef, largestEf)) {
    let found = 0;
    for (const [index, unit] of queries.entries()) {
      const hits = await searchGraph(session, tables, storage, { unit, limit: neighbours }, ef);
      found += hits.filter(({ chunk }) => truth[index]!.has(chunk.id)).length;
    }
    if (found >= wantedRecall * wanted) return ef;
    if (ef === largestEf) return 0;
  }
}
