import { beginStatements, type Database, type Row } from "./database.ts";
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
    async query(sql, values) {
      try {
        return (await pglite.query(sql, values as unknown[])).rows as Row[];
      } catch (error) {
        throw databaseError(error, place);
      }
    },
    async transaction(mode, work) {
      try {
        return await pglite.transaction(async (transaction) => {
          // PGlite has said BEGIN already.
          const [begin, ...settings] = beginStatements[mode];
          await transaction.query(begin!.replace("BEGIN", "SET TRANSACTION"));
          for (const setting of settings) await transaction.query(setting);
          return work({
            query: async (sql, values) => (await transaction.query(sql, values as unknown[])).rows as Row[],
          });
        });
      } catch (error) {
        throw databaseError(error, place);
      }
    },
    async close() {
      if (owned) await pglite.close();
    },
  };
}
