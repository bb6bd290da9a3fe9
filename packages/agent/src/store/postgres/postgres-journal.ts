import type { ToolJournal } from "../state-store.ts";
import { type Database, fromJson, toJson } from "./database.ts";
import { notDeleted } from "./postgres-claims.ts";
import type { Tables } from "./tables.ts";

export function postgresJournal(database: Database, tables: Tables): ToolJournal {
  const { journal } = tables;
  return {
    async begin(threadId, callId, tool) {
      const begun = await database.query(
        `INSERT INTO ${journal} (thread_id, call_id, tool) SELECT $1::text, $2::text, $3::text WHERE ${notDeleted(tables)}
         ON CONFLICT (thread_id, call_id) DO NOTHING RETURNING 1`,
        [threadId, callId, toJson(tool)],
      );
      if (begun.length > 0) return "new";
      const [row] = await database.query(
        `SELECT result FROM ${journal} WHERE thread_id = $1 AND call_id = $2`,
        [threadId, callId],
      );
      // No row: the thread was deleted just now, and the call must not run.
      return row?.result == null ? "unfinished" : { result: fromJson<string>(row.result) };
    },

    async finish(threadId, callId, result) {
      await database.query(`UPDATE ${journal} SET result = $3 WHERE thread_id = $1 AND call_id = $2`, [
        threadId,
        callId,
        toJson(result),
      ]);
    },
  };
}

export async function journalOf(
  database: Database,
  { journal }: Tables,
  threadId: string,
): Promise<{ callId: string; result: string | null }[]> {
  const rows = await database.query(
    `SELECT call_id, result FROM ${journal} WHERE thread_id = $1 ORDER BY begun_at, call_id`,
    [threadId],
  );
  return rows.map(({ call_id, result }) => ({
    callId: String(call_id),
    result: result === null ? null : fromJson<string>(result),
  }));
}
