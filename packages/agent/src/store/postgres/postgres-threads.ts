import { AgentError } from "../../errors.ts";
import type { Thread, ThreadMessage, ThreadStore } from "../state-store.ts";
import { type Database, fromJson, type Row, type Session, toJson } from "./database.ts";
import { markDeleted, notDeleted, type PostgresClaims } from "./postgres-claims.ts";
import type { Tables } from "./tables.ts";

const COLUMNS = `id, user_id, title, ${iso("created_at")}, ${iso("updated_at")}`;

/** @param claims are told of threads that are deleted */
export function postgresThreads(database: Database, tables: Tables, claims: PostgresClaims): ThreadStore {
  const { threads, messages } = tables;
  return {
    async list(userId, { limit = 50, before } = {}) {
      const rows = await database.query(
        `SELECT ${COLUMNS} FROM ${threads} WHERE user_id = $1 AND ($2::timestamptz IS NULL OR threads.updated_at < $2)
         ORDER BY threads.updated_at DESC, id DESC LIMIT $3`,
        [userId, before ?? null, limit],
      );
      return rows.map(toThread);
    },

    async get(threadId, userId) {
      const rows = await database.query(
        `SELECT ${COLUMNS} FROM ${threads} WHERE id = $1 AND ($2::text IS NULL OR user_id = $2)`,
        [threadId, userId ?? null],
      );
      return rows[0] ? toThread(rows[0]) : null;
    },

    async save({ id, userId, title }) {
      checkId("thread", id);
      checkId("user", userId ?? "");
      const now = new Date().toISOString();
      const rows = await database.query(
        `INSERT INTO ${threads} (id, user_id, title, created_at, updated_at)
         VALUES ($1, coalesce($2, ''), coalesce($3, '""'), $4::timestamptz, $4::timestamptz)
         ON CONFLICT (id) DO UPDATE SET title = coalesce($3, threads.title), updated_at = EXCLUDED.updated_at
         WHERE $2::text IS NULL OR threads.user_id = $2
         RETURNING ${COLUMNS}`,
        [id, userId ?? null, title === undefined ? null : toJson(title), now],
      );
      if (rows[0]) return toThread(rows[0]);
      throw new AgentError("not-found", `There is no thread "${id}".`, { details: { threadId: id } });
    },

    async append(threadId, added) {
      if (added.length === 0) return;
      for (const { id } of added) checkId("message", id);
      // The lock on the thread's row keeps it from being deleted in between.
      await database.query(
        `WITH thread AS (SELECT id FROM ${threads} WHERE id = $1 FOR KEY SHARE)
         INSERT INTO ${messages} (thread_id, id, role, body, created_at)
         SELECT thread.id, new.id, new.role, new.body, $5::timestamptz
         FROM thread, unnest($2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS new (id, role, body, at)
         WHERE ${notDeleted(tables)} ORDER BY new.at
         ON CONFLICT (thread_id, id) DO NOTHING`,
        [
          threadId,
          added.map(({ id }) => id),
          added.map(({ role }) => role),
          added.map(({ content, data }) => toJson({ content, ...(data !== undefined && { data }) })),
          new Date().toISOString(),
        ],
      );
    },

    async messages(threadId, userId) {
      const rows = await database.query(
        `SELECT m.id, m.role, m.body, ${iso("created_at", "m")} FROM ${messages} m JOIN ${threads} t ON t.id = m.thread_id
         WHERE m.thread_id = $1 AND ($2::text IS NULL OR t.user_id = $2) ORDER BY m.number`,
        [threadId, userId ?? null],
      );
      return rows.map(toMessage);
    },

    async delete(threadId, userId) {
      let deleted = false;
      await database.transaction(async (session) => {
        if (userId !== undefined) {
          const others = await session.query(`SELECT 1 FROM ${threads} WHERE id = $1 AND user_id <> $2`, [
            threadId,
            userId,
          ]);
          if (others.length > 0) return;
        }
        await deleteThreads(session, tables, [threadId], claims.seconds);
        deleted = true;
      });
      if (deleted) claims.loseDeleted([threadId]);
    },
  };
}

/** Deletes all that belongs to threads. */
export async function deleteThreads(
  session: Session,
  tables: Tables,
  threadIds: readonly string[],
  claimSeconds: number,
): Promise<void> {
  await markDeleted(session, tables, threadIds, claimSeconds);
  // Messages go with their threads.
  await session.query(`DELETE FROM ${tables.threads} WHERE id = ANY($1::text[])`, [threadIds]);
  for (const table of [tables.checkpoints, tables.checkpoint_writes, tables.journal, tables.spans])
    await session.query(`DELETE FROM ${table} WHERE thread_id = ANY($1::text[])`, [threadIds]);
}

/** A moment as ISO 8601, the same from every driver. */
export function iso(column: string, alias?: string): string {
  const source = alias === undefined ? column : `${alias}.${column}`;
  return `to_char(${source} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS ${column}`;
}

/** @throws AgentError `invalid-input` for ids that the database would refuse, or could not tell apart */
export function checkId(what: string, id: string): void {
  if (id.length <= 1_000 && !id.includes("\0") && !/\p{Cs}/u.test(id)) return;
  throw new AgentError(
    "invalid-input",
    `A ${what} id must be well-formed text of at most 1,000 characters without NUL, not ${JSON.stringify(id.slice(0, 40))}.`,
  );
}

function toThread({ id, user_id, title, created_at, updated_at }: Row): Thread {
  return {
    id: String(id),
    userId: String(user_id),
    title: fromJson<string>(title),
    createdAt: String(created_at),
    updatedAt: String(updated_at),
  };
}

function toMessage({ id, role, body, created_at }: Row): ThreadMessage {
  return {
    id: String(id),
    role: role as ThreadMessage["role"],
    ...fromJson<Pick<ThreadMessage, "content" | "data">>(body),
    createdAt: String(created_at),
  };
}
