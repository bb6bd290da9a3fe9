import type { TraceSpan, TraceStore } from "../state-store.ts";
import { type Database, fromJson, toJson } from "./database.ts";
import { notDeleted } from "./postgres-claims.ts";
import type { Tables } from "./tables.ts";

export function postgresTraces(database: Database, tables: Tables): TraceStore {
  const { spans, threads } = tables;
  return {
    async add(threadId, added) {
      if (added.length === 0) return;
      await database.query(
        `INSERT INTO ${spans} (thread_id, trace_id, span_id, is_root, started_at, body)
         SELECT $1::text, new.* FROM unnest($2::text[], $3::text[], $4::boolean[], $5::float8[], $6::text[]) AS new
         WHERE ${notDeleted(tables)}
         ON CONFLICT (trace_id, span_id) DO UPDATE SET body = EXCLUDED.body`,
        [
          threadId,
          added.map(({ traceId }) => traceId),
          added.map(({ spanId }) => spanId),
          added.map(({ parentId }) => parentId === null),
          added.map(({ startedAt }) => startedAt),
          added.map((span) => toJson(span)),
        ],
      );
    },

    async get(traceId) {
      const rows = await database.query(
        `SELECT body FROM ${spans} WHERE trace_id = $1 ORDER BY started_at, span_id`,
        [traceId],
      );
      return rows.map(({ body }) => fromJson<TraceSpan>(body));
    },

    async list({ threadId, userId, limit = 20 } = {}) {
      const rows = await database.query(
        `SELECT s.thread_id, s.body FROM ${spans} s
         WHERE s.is_root AND ($1::text IS NULL OR s.thread_id = $1)
           AND ($2::text IS NULL OR EXISTS (SELECT 1 FROM ${threads} t WHERE t.id = s.thread_id AND t.user_id = $2))
         ORDER BY s.started_at DESC LIMIT $3`,
        [threadId ?? null, userId ?? null, limit],
      );
      return rows.map(({ thread_id, body }) => {
        const { traceId, name, startedAt } = fromJson<TraceSpan>(body);
        return { traceId, threadId: String(thread_id), name, startedAt };
      });
    },
  };
}

/** Spans of a thread in order of start. */
export async function spansOf(database: Database, { spans }: Tables, threadId: string): Promise<TraceSpan[]> {
  const rows = await database.query(
    `SELECT body FROM ${spans} WHERE thread_id = $1 ORDER BY started_at, span_id`,
    [threadId],
  );
  return rows.map(({ body }) => fromJson<TraceSpan>(body));
}
