import { randomUUID } from "node:crypto";
import { AgentError } from "../../errors.ts";
import type { Claim } from "../state-store.ts";
import type { Database, Session } from "./database.ts";
import type { Tables } from "./tables.ts";

/** Stands in a claim whose thread was deleted under a run, so that nothing the run still writes is kept. */
const DELETED = "deleted";

/** SQL that is true unless the thread `$1` was deleted under a run. */
export function notDeleted({ claims }: Tables): string {
  return `NOT EXISTS (SELECT 1 FROM ${claims} WHERE thread_id = $1 AND owner = '${DELETED}' AND expires_at > clock_timestamp())`;
}

/** Claims on threads as rows with a lease, by the clock of the database. */
export class PostgresClaims {
  readonly #database: Database;
  readonly #tables: Tables;
  /** The lease. */
  readonly seconds: number;
  readonly #held = new Set<{ threadId: string; lose(why: string): void; release(): Promise<void> }>();

  constructor(database: Database, tables: Tables, seconds: number) {
    this.#database = database;
    this.#tables = tables;
    this.seconds = seconds;
  }

  async claim(threadId: string): Promise<Claim | null> {
    const owner = randomUUID();
    const taken = await this.#database.query(
      `INSERT INTO ${this.#tables.claims} AS held (thread_id, owner, expires_at)
       VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3))
       ON CONFLICT (thread_id) DO UPDATE SET owner = EXCLUDED.owner, expires_at = EXCLUDED.expires_at
       WHERE held.expires_at <= clock_timestamp()
       RETURNING 1`,
      [threadId, owner, this.seconds],
    );
    return taken.length === 0 ? null : this.#hold(threadId, owner);
  }

  /** Stops runs of this store on threads that were deleted; those of other processes find out when they renew. */
  loseDeleted(threadIds: readonly string[]): void {
    for (const held of this.#held) if (threadIds.includes(held.threadId)) held.lose("it was deleted");
  }

  /** Lets go of all that this store has claimed. */
  async close(): Promise<void> {
    await Promise.all([...this.#held].map((held) => held.release()));
  }

  #hold(threadId: string, owner: string): Claim {
    const lost = new AbortController();
    const lose = (why: string) => {
      clearInterval(heartbeat);
      clearTimeout(deadline);
      const message = `The run lost thread "${threadId}": ${why}.`;
      lost.abort(new AgentError("thread-lost", message, { details: { threadId } }));
    };
    // Before the lease ends, so that no two runs have the thread even while the database is away.
    const newDeadline = () =>
      setTimeout(() => lose("the database could not be reached in time"), this.seconds * 900).unref();
    let deadline = newDeadline();
    let released: Promise<void> | undefined;
    const renew = async () => {
      const kept = await this.#database.query(
        `UPDATE ${this.#tables.claims} SET expires_at = clock_timestamp() + make_interval(secs => $3)
         WHERE thread_id = $1 AND owner = $2 RETURNING 1`,
        [threadId, owner, this.seconds],
      );
      if (lost.signal.aborted || released !== undefined) return;
      if (kept.length === 0) return lose("it was deleted, or the run was taken for dead and another has it");
      clearTimeout(deadline);
      deadline = newDeadline();
    };
    // A failed renewal is tried again by the next; the deadline decides.
    const heartbeat = setInterval(() => renew().catch(() => {}), (this.seconds * 1000) / 3).unref();

    const release = () => {
      this.#held.delete(held);
      clearInterval(heartbeat);
      clearTimeout(deadline);
      // Where this fails, the lease ends by itself.
      released ??= this.#letGo(threadId, owner).catch(() => {});
      return released;
    };
    const held = { threadId, lose, release };
    this.#held.add(held);
    return { lost: lost.signal, release };
  }

  async #letGo(threadId: string, owner: string): Promise<void> {
    const { claims } = this.#tables;
    const own = await this.#database.query(
      `DELETE FROM ${claims} WHERE thread_id = $1 AND owner = $2 RETURNING 1`,
      [threadId, owner],
    );
    if (own.length > 0) return;
    await sweepDeleted(this.#database, this.#tables);
    // The run that the mark was for has ended.
    await this.#database.query(`DELETE FROM ${claims} WHERE thread_id = $1 AND owner = '${DELETED}'`, [
      threadId,
    ]);
  }
}

/** Marks claims of threads that are being deleted, so that runs on them notice and write no more. */
export async function markDeleted(
  session: Session,
  { claims }: Tables,
  threadIds: readonly string[],
  seconds: number,
): Promise<void> {
  await session.query(
    `UPDATE ${claims} SET owner = '${DELETED}', expires_at = clock_timestamp() + make_interval(secs => $2)
     WHERE thread_id = ANY($1::text[])`,
    [threadIds, seconds],
  );
}

/** Deletes what a run wrote in the moment in which its thread was deleted, and claims that ended. */
export async function sweepDeleted(database: Database, tables: Tables): Promise<void> {
  const { claims, threads, checkpoints, checkpoint_writes, journal, spans } = tables;
  const gone = `SELECT c.thread_id FROM ${claims} c WHERE c.owner = '${DELETED}' AND NOT EXISTS (SELECT 1 FROM ${threads} t WHERE t.id = c.thread_id)`;
  for (const table of [checkpoints, checkpoint_writes, journal, spans])
    await database.query(`DELETE FROM ${table} WHERE thread_id IN (${gone})`);
  await database.query(`DELETE FROM ${claims} WHERE expires_at < clock_timestamp() - interval '1 minute'`);
}
