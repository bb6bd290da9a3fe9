import { AgentError } from "../errors.ts";
import type { Database } from "./postgres/database.ts";
import { lazyDatabase } from "./postgres/lazy-database.ts";
import { migrate } from "./postgres/migrations.ts";
import { databaseOpener, type StateStoreLocation } from "./postgres/open-database.ts";
import { postgresStateStore } from "./postgres/postgres-state-store.ts";
import { tablesOf } from "./postgres/tables.ts";
import { checkRetention, type Retention } from "./retention.ts";
import { CLAIM_SECONDS, type StateStore } from "./state-store.ts";

export interface StateStoreOptions {
  readonly retention?: Retention;
  /** Schema of the tables; it is made when it is missing. @default "zixue_agent" */
  readonly schema?: string;
  /** Seconds after which the claim of a process that died is free again. @default 30 */
  readonly claimSeconds?: number;
}

/**
 * A state store in a PGlite folder or in PostgreSQL. It is opened by the first call that needs it, which also brings
 * the tables up to date; so whatever is wrong with the database comes from that call: `missing-dependency`, `store-busy`
 * (another process has the folder), `store-unreachable`, `store-incompatible`.
 *
 * @throws AgentError `invalid-definition` for options that cannot be right
 *
 * @example
 * const store = openStateStore({ folder: "data/state" });
 * const agent = defineAgent({ name: "tutor", model, store });
 * // … at the end of the process
 * await store.close();
 */
export function openStateStore(location: StateStoreLocation, options: StateStoreOptions = {}): StateStore {
  const opener = databaseOpener(location);
  const retention = checkRetention(options.retention);
  const tables = tablesOf(options.schema ?? "zixue_agent");
  const claimSeconds = options.claimSeconds ?? CLAIM_SECONDS;
  if (!(claimSeconds > 0 && claimSeconds <= 86_400))
    throw new AgentError(
      "invalid-definition",
      `claimSeconds must be seconds up to a day, not ${claimSeconds}.`,
    );
  const open = async (): Promise<Database> => {
    const database = await opener.open();
    try {
      await migrate(database, tables);
      // Nobody else can have the folder, so these are claims of a process that died.
      if (opener.exclusive) await database.query(`DELETE FROM ${tables.claims}`);
      return database;
    } catch (error) {
      await database.close().catch(() => {});
      throw error;
    }
  };
  return postgresStateStore(lazyDatabase(opener.place, open), tables, { retention, claimSeconds });
}

/**
 * The state store that the environment asks for: PostgreSQL at `DATABASE_URL` when it is set, else PGlite in a folder.
 *
 * @example
 * const store = stateStoreFromEnv(process.env, { folder: "data/state" });
 */
export function stateStoreFromEnv(
  env: Readonly<Record<string, string | undefined>>,
  options: StateStoreOptions & { readonly folder: string },
): StateStore {
  const { folder, ...others } = options;
  const url = env.DATABASE_URL?.trim();
  return openStateStore(url ? { url } : { folder }, others);
}
