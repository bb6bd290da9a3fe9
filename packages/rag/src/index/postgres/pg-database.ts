import type { EventEmitter } from "node:events";
import { beginStatements, type Database, type Row, type Session, type TransactionMode } from "./database.ts";
import { databaseError } from "./database-error.ts";

/** What is used of a `pg.PoolClient`. */
export interface PgClient extends Queries {
  release(destroy?: boolean | Error): void;
}

interface Queries {
  query(sql: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

/** What is used of a `pg.Pool`; anything of this shape will do. */
export interface PgPool extends Queries {
  connect(): Promise<PgClient>;
  end(): Promise<void>;
}

/** A server through `pg`. `owned` pools are ended with the index; a caller's own stays open. */
export function pgDatabase(pool: PgPool, options: { place: string; owned: boolean }): Database {
  const { place, owned } = options;
  // An idle connection that breaks is replaced by the pool; without a listener its event would end the process.
  if (owned) (pool as unknown as EventEmitter).on("error", ignore);
  return {
    place,
    async query(sql, values) {
      try {
        return (await pool.query(sql, values as unknown[])).rows as Row[];
      } catch (error) {
        throw databaseError(error, place);
      }
    },
    transaction: (mode, work) => inTransaction(pool, place, mode, work),
    async close() {
      if (owned) await pool.end();
    },
  };
}

async function inTransaction<T>(
  pool: PgPool,
  place: string,
  mode: TransactionMode,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw databaseError(error, place);
  });
  const events = client as unknown as Partial<EventEmitter>;
  events.on?.("error", ignore);
  let broken: Error | undefined;
  const session: Session = {
    async query(sql, values) {
      try {
        return (await client.query(sql, values as unknown[])).rows as Row[];
      } catch (error) {
        throw databaseError(error, place);
      }
    },
  };
  try {
    await session.query(beginStatements[mode].join("; "));
    const result = await work(session);
    await session.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch((rollbackError: Error) => {
      broken = rollbackError;
    });
    throw error;
  } finally {
    events.off?.("error", ignore);
    client.release(broken);
  }
}

/** The failing query itself rejects; the event says it a second time. */
function ignore(): void {}
