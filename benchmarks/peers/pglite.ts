import path from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";
import { type PeerDefinition, RESULTS } from "./peer.ts";

/** Rows of one INSERT. */
const ROWS = 200;

const pgvector = (withGraph: boolean): PeerDefinition => ({
  name: `PGlite pgvector, ${withGraph ? "hnsw" : "exact"}`,
  packages: ["@electric-sql/pglite", "@electric-sql/pglite-pgvector"],
  searches: "vector",
  async build({ passages, vectors, vectorOf, folder }) {
    const db = await PGlite.create(path.join(folder, "pglite"), { extensions: { vector } });
    await db.exec(`CREATE EXTENSION IF NOT EXISTS vector;
      CREATE TABLE passages (id text PRIMARY KEY, content text NOT NULL, embedding vector(${vectors[0]?.length ?? 0}) NOT NULL);`);
    await db.transaction(async (transaction) => {
      for (let start = 0; start < passages.length; start += ROWS) {
        const rows = passages.slice(start, start + ROWS);
        const places = rows.map((_, row) => `($${row * 3 + 1}, $${row * 3 + 2}, $${row * 3 + 3})`);
        await transaction.query(
          `INSERT INTO passages VALUES ${places.join(", ")}`,
          rows.flatMap(({ id, content }, row) => [
            id,
            content,
            sqlVector(vectors[start + row] as Float32Array),
          ]),
        );
      }
    });
    if (withGraph)
      await db.exec(`SET maintenance_work_mem = '256MB';
        CREATE INDEX ON passages USING hnsw (embedding vector_cosine_ops); SET hnsw.ef_search = 100;`);
    return {
      search: async (question) => {
        const { rows } = await db.query<{ id: string }>(
          "SELECT id FROM passages ORDER BY embedding <=> $1 LIMIT $2",
          [sqlVector(vectorOf(question)), RESULTS],
        );
        return rows.map(({ id }) => id);
      },
      close: () => db.close(),
    };
  },
});

export const pglitePeers: readonly PeerDefinition[] = [pgvector(false), pgvector(true)];

function sqlVector(values: Float32Array): string {
  return `[${values.join(",")}]`;
}
