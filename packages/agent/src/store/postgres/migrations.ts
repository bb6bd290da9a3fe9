import { AgentError } from "../../errors.ts";
import type { Database, Session } from "./database.ts";
import type { Tables } from "./tables.ts";

/**
 * Changes of the schema in order; version n is the n-th. One that was released is never edited, only followed.
 *
 * Free text is kept as JSON text, since neither text nor jsonb can hold every string. Ids compare by bytes. A checkpoint
 * is one value with all its channels: since older ones are dropped, nothing would be shared between them.
 */
const MIGRATIONS: readonly ((tables: Tables) => readonly string[])[] = [
  ({ threads, messages, facts, journal, spans, claims, checkpoints, checkpoint_writes }) => [
    `CREATE TABLE ${threads} (
      id text COLLATE "C" PRIMARY KEY,
      user_id text COLLATE "C" NOT NULL,
      title text NOT NULL,
      created_at timestamptz(3) NOT NULL,
      updated_at timestamptz(3) NOT NULL
    )`,
    `CREATE INDEX ON ${threads} (user_id, updated_at DESC)`,
    `CREATE INDEX ON ${threads} (updated_at)`,
    `CREATE TABLE ${messages} (
      number bigint GENERATED ALWAYS AS IDENTITY,
      thread_id text COLLATE "C" NOT NULL REFERENCES ${threads} ON DELETE CASCADE,
      id text COLLATE "C" NOT NULL,
      role text NOT NULL,
      body text NOT NULL,
      created_at timestamptz(3) NOT NULL,
      PRIMARY KEY (thread_id, id)
    )`,
    `CREATE INDEX ON ${messages} (thread_id, number)`,
    `CREATE TABLE ${facts} (
      id text COLLATE "C" PRIMARY KEY,
      user_id text COLLATE "C" NOT NULL,
      hash text NOT NULL,
      body text NOT NULL,
      created_at timestamptz(3) NOT NULL,
      used_at timestamptz NOT NULL,
      UNIQUE (user_id, hash)
    )`,
    `CREATE TABLE ${journal} (
      thread_id text COLLATE "C" NOT NULL,
      call_id text COLLATE "C" NOT NULL,
      tool text NOT NULL,
      result text,
      begun_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (thread_id, call_id)
    )`,
    `CREATE TABLE ${spans} (
      trace_id text COLLATE "C" NOT NULL,
      span_id text COLLATE "C" NOT NULL,
      thread_id text COLLATE "C" NOT NULL,
      is_root boolean NOT NULL,
      started_at double precision NOT NULL,
      body text NOT NULL,
      PRIMARY KEY (trace_id, span_id)
    )`,
    `CREATE INDEX ON ${spans} (thread_id)`,
    `CREATE INDEX ON ${spans} (started_at) WHERE is_root`,
    `CREATE TABLE ${claims} (
      thread_id text COLLATE "C" PRIMARY KEY,
      owner text NOT NULL,
      expires_at timestamptz NOT NULL
    )`,
    `CREATE TABLE ${checkpoints} (
      thread_id text COLLATE "C" NOT NULL,
      namespace text COLLATE "C" NOT NULL,
      id text COLLATE "C" NOT NULL,
      parent_id text,
      type text NOT NULL,
      body bytea NOT NULL,
      PRIMARY KEY (thread_id, namespace, id)
    )`,
    `CREATE TABLE ${checkpoint_writes} (
      thread_id text COLLATE "C" NOT NULL,
      namespace text COLLATE "C" NOT NULL,
      checkpoint_id text COLLATE "C" NOT NULL,
      task_id text COLLATE "C" NOT NULL,
      number integer NOT NULL,
      task_path text COLLATE "C" NOT NULL,
      channel text NOT NULL,
      type text NOT NULL,
      body bytea NOT NULL,
      PRIMARY KEY (thread_id, namespace, checkpoint_id, task_id, number)
    )`,
  ],
];

/**
 * Brings the schema up to date, one process at a time: two that open an empty database at once both succeed.
 *
 * @throws AgentError `store-incompatible` when a newer version of this package made it
 */
export async function migrate(database: Database, tables: Tables): Promise<void> {
  if (isUpToDate(await versionOf(database, tables), database, tables)) return;
  await database.transaction(async (session) => {
    await session.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [
      `zixue agent ${tables.schemaName}`,
    ]);
    const version = await versionOf(session, tables);
    if (isUpToDate(version, database, tables)) return;
    const schema = await session.query("SELECT 1 FROM pg_namespace WHERE nspname = $1", [tables.schemaName]);
    // Asked first: IF NOT EXISTS needs the right to create, even where there is nothing to create.
    if (schema.length === 0) await session.query(`CREATE SCHEMA ${tables.schema}`);
    await session.query(
      `CREATE TABLE IF NOT EXISTS ${tables.migrations} (version integer PRIMARY KEY, applied timestamptz NOT NULL DEFAULT now())`,
    );
    for (const [done, statements] of MIGRATIONS.entries()) {
      if (done < version) continue;
      for (const statement of statements(tables)) await session.query(statement);
      await session.query(`INSERT INTO ${tables.migrations} (version) VALUES ($1)`, [done + 1]);
    }
  });
}

/** Version of the schema that is there; 0 for none. The catalogue is asked since a cached name may be out of date. */
async function versionOf(session: Session, { schemaName, migrations }: Tables): Promise<number> {
  const found = await session.query(
    "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = 'migrations'",
    [schemaName],
  );
  if (found.length === 0) return 0;
  const [row] = await session.query(`SELECT coalesce(max(version), 0) AS version FROM ${migrations}`);
  return Number(row?.version);
}

function isUpToDate(version: number, { place }: Database, { schemaName }: Tables): boolean {
  if (version <= MIGRATIONS.length) return version === MIGRATIONS.length;
  throw new AgentError(
    "store-incompatible",
    `The state store in schema ${schemaName} at ${place} has version ${version}; this package knows up to ${MIGRATIONS.length}. Update @zixue/agent.`,
    { details: { place, schema: schemaName, version, known: MIGRATIONS.length } },
  );
}
