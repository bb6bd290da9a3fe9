import type { EventEmitter } from "node:events";
import type { Database, Row, Session } from "./database.ts";
import { databaseError } from "./database-error.ts";

interface Queries {
  query(sql: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

/** What is used of a `pg.PoolClient`. */
export interface PgClient extends Queries {
  release(destroy?: boolean | Error): void;
}

/** What is used of a `pg.Pool`; anything of this shape will do. */
export interface PgPool extends Queries {
  connect(): Promise<PgClient>;
  end(): Promise<void>;
}

/** A server through `pg`. Pools that are `owned` end with the store; a caller's own stays open. */
export function pgDatabase(pool: PgPool, { place, owned }: { place: string; owned: boolean }): Database {
  // A pool replaces an idle connection that breaks; without a listener its event would end the process.
  if (owned) (pool as unknown as EventEmitter).on("error", ignore);
  return {
    place,
    query: (sql, values) => ask(pool, place, sql, values),
    transaction: (work) => inTransaction(pool, place, work),
    // A server has its autovacuum.
    reclaim: async () => {},
    close: async () => {
      if (owned) await pool.end();
    },
  };
}

async function inTransaction<T>(
  pool: PgPool,
  place: string,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw databaseError(error, place);
  });
  const events = client as unknown as Partial<EventEmitter>;
  events.on?.("error", ignore);
  const session: Session = { query: (sql, values) => ask(client, place, sql, values) };
  let broken: Error | undefined;
  try {
    await session.query("BEGIN");
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

async function ask(
  queries: Queries,
  place: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  try {
    return (await queries.query(sql, [...values])).rows as Row[];
  } catch (error) {
    throw databaseError(error, place);
  }
}

/** The query that fails rejects as well; the event says it a second time. */
function ignore(): void {}
