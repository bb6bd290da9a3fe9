import type { Database, Row, Session } from "./database.ts";
import { databaseError } from "./database-error.ts";

interface Queries {
  query(sql: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

/** What is used of a PGlite instance (`@electric-sql/pglite`). */
export interface PGliteLike extends Queries {
  transaction<T>(work: (transaction: Queries) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** PGlite: one connection, whose queries and transactions wait for one another. */
export function pgliteDatabase(
  pglite: PGliteLike,
  { place, onClose }: { place: string; onClose?: () => Promise<void> },
): Database {
  return {
    place,
    query: sessionOf(pglite, place).query,
    async transaction(work) {
      let failure: unknown;
      try {
        return await pglite.transaction((transaction) =>
          work(sessionOf(transaction, place)).catch((error: unknown) => {
            failure = error;
            throw error;
          }),
        );
      } catch (error) {
        throw error === failure ? error : databaseError(error, place);
      }
    },
    async reclaim(tables) {
      // No background process does this here: dead rows and the log would stay until the database is closed.
      const session = sessionOf(pglite, place);
      for (const table of tables) await session.query(`VACUUM ${table}`);
      await session.query("CHECKPOINT");
    },
    async close() {
      await onClose?.();
    },
  };
}

function sessionOf(queries: Queries, place: string): Session {
  return {
    async query(sql, values = []) {
      try {
        return (await queries.query(sql, [...values])).rows as Row[];
      } catch (error) {
        throw databaseError(error, place);
      }
    },
  };
}
