import { createHash, randomUUID } from "node:crypto";
import { rankFacts } from "../rank-facts.ts";
import type { Fact, MemoryStore } from "../state-store.ts";
import { type Database, fromJson, type Row, toJson } from "./database.ts";
import { checkId, iso } from "./postgres-threads.ts";
import type { Tables } from "./tables.ts";

const COLUMNS = `id, body, ${iso("created_at")}`;

/** @param kept facts of each user */
export function postgresMemory(database: Database, { facts }: Tables, kept: number): MemoryStore {
  const list = async (userId: string) => {
    const rows = await database.query(
      `SELECT ${COLUMNS} FROM ${facts} WHERE user_id = $1 ORDER BY ${facts}.created_at, id`,
      [userId],
    );
    return rows.map(toFact);
  };
  return {
    async remember(userId, { text, source }) {
      checkId("user", userId);
      const rows = await database.query(
        `WITH surplus AS (
           SELECT id FROM ${facts} WHERE user_id = $2 AND hash <> $3 ORDER BY used_at DESC, id OFFSET $6
         ), dropped AS (DELETE FROM ${facts} WHERE id IN (SELECT id FROM surplus))
         INSERT INTO ${facts} (id, user_id, hash, body, created_at, used_at)
         VALUES ($1, $2, $3, $4, $5::timestamptz, clock_timestamp())
         ON CONFLICT (user_id, hash) DO UPDATE
           SET body = EXCLUDED.body, created_at = EXCLUDED.created_at, used_at = EXCLUDED.used_at
         RETURNING ${COLUMNS}`,
        [randomUUID(), userId, hashOf(text), toJson({ text, source }), new Date().toISOString(), kept - 1],
      );
      return toFact(rows[0]!);
    },

    async search(userId, query, limit = 5) {
      const found = rankFacts(await list(userId), query, limit);
      if (found.length > 0) {
        await database.query(`UPDATE ${facts} SET used_at = clock_timestamp() WHERE id = ANY($1::text[])`, [
          found.map(({ id }) => id),
        ]);
      }
      return found;
    },

    list,

    async forget(userId, factId) {
      const gone = await database.query(`DELETE FROM ${facts} WHERE user_id = $1 AND id = $2 RETURNING 1`, [
        userId,
        factId,
      ]);
      return gone.length > 0;
    },
  };
}

function hashOf(text: string): string {
  return createHash("sha256").update(toJson(text)).digest("hex");
}

function toFact({ id, body, created_at }: Row): Fact {
  return { id: String(id), ...fromJson<Pick<Fact, "text" | "source">>(body), createdAt: String(created_at) };
}
