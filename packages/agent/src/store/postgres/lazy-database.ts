import { AgentError } from "../../errors.ts";
import type { Database } from "./database.ts";

/**
 * A database that is opened by the first query: opening one takes seconds, and many a process never needs it. When
 * opening fails, the next query tries again.
 *
 * @param open opens it, ready for use
 */
export function lazyDatabase(place: string, open: () => Promise<Database>): Database {
  let opening: Promise<Database> | undefined;
  let closed = false;
  const get = (): Promise<Database> => {
    if (closed)
      throw new AgentError("store-closed", `The state store at ${place} was closed. Open another one.`);
    opening ??= open().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  return {
    place,
    query: async (sql, values) => (await get()).query(sql, values),
    transaction: async (work) => (await get()).transaction(work),
    reclaim: async (tables) => (await get()).reclaim(tables),
    async close() {
      if (closed) return;
      closed = true;
      const database = await opening?.catch(() => undefined);
      await database?.close();
    },
  };
}
