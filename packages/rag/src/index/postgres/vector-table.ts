import type { Database, Session } from "./database.ts";
import { lockSchema } from "./migrations.ts";
import type { Tables } from "./tables.ts";

/** How vectors are stored: by pgvector, whose types live in `schema`, or as arrays of float32. */
export type VectorStorage =
  | { readonly type: "pgvector"; readonly schema: string }
  | { readonly type: "array" };

/** What `stats` says where pgvector is missing. */
export const arrayNote =
  "pgvector is not installed on this server, so vectors are compared one by one in plain SQL, which is slow above some " +
  "thousand; install it (Debian: postgresql-<version>-pgvector), run CREATE EXTENSION vector, and open the index again.";

/**
 * Creates the table of vectors, with pgvector where it is or can be installed; a table from before it was there is
 * taken over.
 */
export async function prepareVectorTable(database: Database, tables: Tables): Promise<void> {
  const before = await storageOf(database, tables);
  if (before?.type === "pgvector") return;
  let extension = await extensionSchema(database);
  if (extension === undefined && (await isAvailable(database))) {
    // Fails where the user may not, or where another process does just that: what counts is whether it is there then.
    await database.query("CREATE EXTENSION IF NOT EXISTS vector").catch(() => undefined);
    extension = await extensionSchema(database);
  }
  if (before !== undefined && extension === undefined) return;
  await database.transaction("write", async (session) => {
    await lockSchema(session, tables);
    const type = extension === undefined ? "real[]" : `"${extension}".vector`;
    const now = await storageOf(session, tables);
    if (now === undefined) {
      await session.query(
        `CREATE TABLE ${tables.vectors} (chunk integer PRIMARY KEY, embedding ${type} NOT NULL)`,
      );
    } else if (now.type === "array" && extension !== undefined) {
      await session.query(
        `ALTER TABLE ${tables.vectors} ALTER COLUMN embedding TYPE ${type} USING embedding::${type}`,
      );
    }
  });
}

/** `undefined` before the table is made. */
export async function storageOf(session: Session, tables: Tables): Promise<VectorStorage | undefined> {
  const [row] = await session.query(
    `SELECT t.typname AS type, types.nspname AS schema FROM pg_class c
     JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
     JOIN pg_type t ON t.oid = a.atttypid JOIN pg_namespace types ON types.oid = t.typnamespace
     WHERE n.nspname = $1 AND c.relname = $2 AND a.attname = 'embedding'`,
    [tables.schema, `${tables.prefix}vectors`],
  );
  if (row === undefined) return undefined;
  return row.type === "vector"
    ? { type: "pgvector", schema: String(row.schema).replaceAll('"', '""') }
    : { type: "array" };
}

async function extensionSchema(session: Session): Promise<string | undefined> {
  const [row] = await session.query(
    "SELECT n.nspname AS schema FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'vector'",
  );
  return row === undefined ? undefined : String(row.schema).replaceAll('"', '""');
}

async function isAvailable(session: Session): Promise<boolean> {
  return (await session.query("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'")).length > 0;
}
