import { RagError } from "../../errors.ts";
import type { Database, Session } from "./database.ts";
import type { Tables } from "./tables.ts";

/**
 * Changes of the schema in order; version n is the n-th. One that was released is never edited, only followed.
 *
 * `postings` repeats a chunk's language and field length, which fills its padding and saves a join for each posting;
 * its key covers the query, so that a term's postings are read from the index in one run. `chunk` is JSON as text:
 * jsonb cannot hold every string. Document frequencies are kept in `terms`, the other statistics in the row of `state`,
 * which every writer locks first.
 */
const migrations: readonly ((tables: Tables) => readonly string[])[] = [
  ({ state, documents, chunks, terms, postings }) => [
    `CREATE TABLE ${state} (
      single boolean PRIMARY KEY DEFAULT TRUE CHECK (single),
      revision bigint NOT NULL DEFAULT 0,
      fingerprint text NOT NULL DEFAULT '{}',
      thresholds text,
      documents integer NOT NULL DEFAULT 0,
      dimensions integer NOT NULL DEFAULT 0,
      chinese bigint[] NOT NULL DEFAULT '{0,0,0,0}',
      english bigint[] NOT NULL DEFAULT '{0,0,0,0}',
      analyzed_chunks bigint NOT NULL DEFAULT 0,
      graph_dimensions integer NOT NULL DEFAULT 0,
      graph_ef integer NOT NULL DEFAULT 0,
      graph_rows bigint NOT NULL DEFAULT 0
    )`,
    `INSERT INTO ${state} (single) VALUES (TRUE)`,
    `CREATE TABLE ${documents} (
      number bigint GENERATED ALWAYS AS IDENTITY,
      id text COLLATE "C" PRIMARY KEY,
      hash text NOT NULL
    )`,
    `CREATE TABLE ${chunks} (
      number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      id text COLLATE "C" NOT NULL UNIQUE,
      document text COLLATE "C" NOT NULL,
      english boolean NOT NULL,
      lengths integer[] NOT NULL,
      terms integer[] NOT NULL,
      metadata jsonb NOT NULL,
      chunk text NOT NULL
    )`,
    `CREATE INDEX ON ${chunks} (document, number)`,
    `CREATE TABLE ${terms} (
      id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      field smallint NOT NULL,
      term text COLLATE "C" NOT NULL,
      chinese integer NOT NULL,
      english integer NOT NULL,
      UNIQUE (field, term)
    ) WITH (fillfactor = 70)`,
    `CREATE TABLE ${postings} (
      term integer NOT NULL,
      chunk integer NOT NULL,
      frequency integer NOT NULL,
      length integer NOT NULL,
      english boolean NOT NULL,
      PRIMARY KEY (term, chunk) INCLUDE (frequency, length, english)
    )`,
  ],
];

/**
 * Brings the schema up to date, one process at a time; two that open an empty database at once both succeed.
 *
 * @throws {RagError} `index-missing` (read-only and not there), `index-incompatible` (a newer version made it)
 */
export async function migrate(database: Database, tables: Tables, readOnly: boolean): Promise<void> {
  if (upToDate(await versionOf(database, tables), database, tables)) return;
  if (readOnly) {
    throw new RagError(
      "index-missing",
      `There is no index of this version in ${tables.label} at ${database.place}; open it once without readOnly, or ingest first.`,
      { details: { place: database.place, tables: tables.label } },
    );
  }
  await database.transaction("write", async (session) => {
    await lockSchema(session, tables);
    const version = await versionOf(session, tables);
    if (upToDate(version, database, tables)) return;
    const schema = await session.query("SELECT 1 FROM pg_namespace WHERE nspname = $1", [tables.schema]);
    if (schema.length === 0) await session.query(`CREATE SCHEMA ${tables.quotedSchema}`);
    await session.query(
      `CREATE TABLE IF NOT EXISTS ${tables.migrations} (version integer PRIMARY KEY, applied timestamptz NOT NULL DEFAULT now())`,
    );
    for (const [done, statements] of migrations.entries()) {
      if (done < version) continue;
      for (const statement of statements(tables)) await session.query(statement);
      await session.query(`INSERT INTO ${tables.migrations} (version) VALUES ($1)`, [done + 1]);
    }
  });
}

/** Held to the end of the transaction by whoever changes the schema. */
export async function lockSchema(session: Session, { schema, prefix }: Tables): Promise<void> {
  await session.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [`zixue ${schema}.${prefix}`]);
}

/**
 * Version of the schema that is there; 0 for none. Asks the catalogue's table: `to_regclass` may answer from a cache
 * that waiting for the lock has not renewed.
 */
async function versionOf(session: Session, tables: Tables): Promise<number> {
  const found = await session.query(
    "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2",
    [tables.schema, `${tables.prefix}migrations`],
  );
  if (found.length === 0) return 0;
  const [row] = await session.query(`SELECT coalesce(max(version), 0) AS version FROM ${tables.migrations}`);
  return Number(row?.version);
}

function upToDate(version: number, { place }: Database, { label }: Tables): boolean {
  if (version <= migrations.length) return version === migrations.length;
  throw new RagError(
    "index-incompatible",
    `The index in ${label} at ${place} has schema version ${version}; this package knows up to ${migrations.length}. Update @zixue/rag.`,
    { details: { place, tables: label, version, known: migrations.length } },
  );
}
