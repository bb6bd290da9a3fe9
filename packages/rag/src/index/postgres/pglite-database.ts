import { beginStatements, type Database, type Row, type Session } from "./database.ts";
import { databaseError } from "./database-error.ts";

interface Queries {
  query(sql: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

/** What is used of a PGlite instance (`@electric-sql/pglite`). */
export interface PGliteLike extends Queries {
  transaction<T>(work: (transaction: Queries) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** PGlite: one connection, whose transactions wait for one another. */
export function pgliteDatabase(pglite: PGliteLike, options: { place: string; owned: boolean }): Database {
  const { place, owned } = options;
  return {
    place,
    query: sessionOf(pglite, place).query,
    async transaction(mode, work) {
      let failure: unknown;
      try {
        return await pglite.transaction(async (transaction) => {
          const session = sessionOf(transaction, place);
          // PGlite has said BEGIN already.
          const [begin, ...settings] = beginStatements[mode];
          await session.query(begin!.replace("BEGIN", "SET TRANSACTION"));
          for (const setting of settings) await session.query(setting);
          return work(session).catch((error: unknown) => {
            failure = error;
            throw error;
          });
        });
      } catch (error) {
        throw error === failure ? error : databaseError(error, place);
      }
    },
    async close() {
      if (owned) await pglite.close();
    },
  };
}

function sessionOf(queries: Queries, place: string): Session {
  return {
    async query(sql, values) {
      try {
        return (await queries.query(sql, values as unknown[])).rows as Row[];
      } catch (error) {
        throw databaseError(error, place);
      }
    },
  };
}
