import { plainState } from "../plain-state.ts";
import type { Retention } from "../retention.ts";
import type { ExportedThread, StateStore } from "../state-store.ts";
import type { Database, Session } from "./database.ts";
import { PostgresCheckpointer } from "./postgres-checkpointer.ts";
import { PostgresClaims } from "./postgres-claims.ts";
import { journalOf, postgresJournal } from "./postgres-journal.ts";
import { postgresMemory } from "./postgres-memory.ts";
import { checkId, deleteThreads, postgresThreads } from "./postgres-threads.ts";
import { postgresTraces, spansOf } from "./postgres-traces.ts";
import { prune, reclaim } from "./prune.ts";
import type { Tables } from "./tables.ts";

const PRUNE_EVERY_MS = 3_600_000;
/** Ended runs after which the files of a PGlite folder are tidied. */
const RECLAIM_EVERY = 50;

/**
 * The state store on a database that has its tables.
 *
 * @param options.claimSeconds lease of a claim
 */
export function postgresStateStore(
  database: Database,
  tables: Tables,
  { retention, claimSeconds }: { retention: Required<Retention>; claimSeconds: number },
): StateStore {
  const checkpointer = new PostgresCheckpointer(database, tables, retention.checkpoints);
  const claims = new PostgresClaims(database, tables, claimSeconds);
  const threads = postgresThreads(database, tables, claims);
  const memory = postgresMemory(database, tables, retention.facts);
  const idsOf = async (userId: string, session: Session = database) => {
    const rows = await session.query(`SELECT id FROM ${tables.threads} WHERE user_id = $1`, [userId]);
    return rows.map(({ id }) => String(id));
  };

  let prunedAt = 0;
  let compacted = 0;
  let tidying: Promise<unknown> = Promise.resolve();
  /** Behind the back of the run that happened to be the next, which has nothing to do with a failure. */
  const tidyNowAndThen = () => {
    compacted++;
    if (Date.now() - prunedAt > PRUNE_EVERY_MS) {
      prunedAt = Date.now();
      tidying = prune(database, tables, retention, claimSeconds).catch(() => {});
    } else if (compacted % RECLAIM_EVERY === 0) {
      tidying = reclaim(database, tables).catch(() => {});
    }
  };

  return {
    checkpointer,
    threads,
    memory,
    journal: postgresJournal(database, tables),
    traces: postgresTraces(database, tables),

    claim: async (threadId) => {
      checkId("thread", threadId);
      return claims.claim(threadId);
    },

    async compact(threadId) {
      const { journal, checkpoints, checkpoint_writes } = tables;
      await database.query(
        `WITH ended AS (DELETE FROM ${journal} WHERE thread_id = $1)
         DELETE FROM ${checkpoint_writes} w WHERE w.thread_id = $1 AND NOT EXISTS (
           SELECT 1 FROM ${checkpoints} c
           WHERE c.thread_id = w.thread_id AND c.namespace = w.namespace AND c.id = w.checkpoint_id)`,
        [threadId],
      );
      tidyNowAndThen();
    },

    async prune() {
      prunedAt = Date.now();
      return prune(database, tables, retention, claimSeconds);
    },

    async exportUser(userId) {
      const exported: ExportedThread[] = [];
      for (const id of await idsOf(userId)) {
        const thread = await threads.get(id, userId);
        if (!thread) continue;
        exported.push({
          ...thread,
          messages: await threads.messages(id, userId),
          state: await plainState(checkpointer, id),
          toolCalls: await journalOf(database, tables, id),
          spans: await spansOf(database, tables, id),
        });
      }
      exported.sort((a, b) => b.updatedAt.localeCompare(a.updatedAt));
      return { userId, threads: exported, facts: await memory.list(userId) };
    },

    async deleteUser(userId) {
      const deleted = await database.transaction(async (session) => {
        const ids = await idsOf(userId, session);
        await deleteThreads(session, tables, ids, claimSeconds);
        await session.query(`DELETE FROM ${tables.facts} WHERE user_id = $1`, [userId]);
        return ids;
      });
      claims.loseDeleted(deleted);
    },

    async close() {
      await tidying;
      await claims.close();
      await database.close();
    },
  };
}
