import { daysAgo, type Retention } from "../retention.ts";
import type { Pruned } from "../state-store.ts";
import type { Database } from "./database.ts";
import { sweepDeleted } from "./postgres-claims.ts";
import { deleteThreads } from "./postgres-threads.ts";
import type { Tables } from "./tables.ts";

/** Drops what is older than the retention says. */
export async function prune(
  database: Database,
  tables: Tables,
  retention: Required<Retention>,
  claimSeconds: number,
): Promise<Pruned> {
  const threads = await pruneThreads(database, tables, daysAgo(retention.idleThreadDays), claimSeconds);
  const traces = await pruneTraces(database, tables, daysAgo(retention.traceDays));
  const checkpoints = await pruneCheckpoints(database, tables, retention.checkpoints);
  await sweepDeleted(database, tables);
  await reclaim(database, tables);
  return { threads, traces, checkpoints };
}

/** Gives back the room of what was deleted, in the tables where rows come and go. */
export async function reclaim(database: Database, tables: Tables): Promise<void> {
  const { checkpoints, checkpoint_writes, claims, journal, spans, messages, threads, facts } = tables;
  await database.reclaim([checkpoints, checkpoint_writes, claims, journal, spans, messages, threads, facts]);
}

async function pruneThreads(
  database: Database,
  tables: Tables,
  before: Date | null,
  claimSeconds: number,
): Promise<number> {
  if (before === null) return 0;
  return database.transaction(async (session) => {
    const idle = await session.query(
      `SELECT id FROM ${tables.threads} t WHERE updated_at < $1::timestamptz AND NOT EXISTS (
         SELECT 1 FROM ${tables.claims} c WHERE c.thread_id = t.id AND c.expires_at > clock_timestamp())
       FOR UPDATE SKIP LOCKED`,
      [before.toISOString()],
    );
    const ids = idle.map(({ id }) => String(id));
    if (ids.length > 0) await deleteThreads(session, tables, ids, claimSeconds);
    return ids.length;
  });
}

async function pruneTraces(database: Database, { spans }: Tables, before: Date | null): Promise<number> {
  if (before === null) return 0;
  const [row] = await database.query(
    `WITH gone AS (DELETE FROM ${spans} WHERE started_at < $1::float8 RETURNING trace_id)
     SELECT count(DISTINCT trace_id) AS traces FROM gone`,
    [before.getTime()],
  );
  return Number(row?.traces);
}

/** Only what a larger retention kept before; each new checkpoint lets the oldest go. */
async function pruneCheckpoints(database: Database, tables: Tables, kept: number): Promise<number> {
  const { checkpoints, checkpoint_writes } = tables;
  const [row] = await database.query(
    `WITH ranked AS (
       SELECT thread_id, namespace, id, row_number() OVER (PARTITION BY thread_id, namespace ORDER BY id DESC) AS rank
       FROM ${checkpoints}
     ), gone AS (
       DELETE FROM ${checkpoints} c USING ranked r
       WHERE r.rank > $1 AND c.thread_id = r.thread_id AND c.namespace = r.namespace AND c.id = r.id
       RETURNING c.thread_id, c.namespace, c.id
     ), writes AS (
       DELETE FROM ${checkpoint_writes} w USING gone g
       WHERE w.thread_id = g.thread_id AND w.namespace = g.namespace AND w.checkpoint_id = g.id
     )
     SELECT count(*) AS checkpoints FROM gone`,
    [kept],
  );
  return Number(row?.checkpoints);
}
