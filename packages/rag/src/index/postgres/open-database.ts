import { RagError } from "../../errors.ts";
import type { Database } from "./database.ts";
import { databaseError } from "./database-error.ts";
import { type PgPool, pgDatabase } from "./pg-database.ts";
import { type PGliteLike, pgliteDatabase } from "./pglite-database.ts";

export interface ConnectionOptions {
  /**
   * `postgresql://user:password@host:5432/database` (needs the package `pg`), `pglite:folder` or `pglite:` for one in
   * memory (needs `@electric-sql/pglite`; with `@electric-sql/pglite-pgvector` beside it vectors are searched by pgvector).
   */
  readonly url?: string;
  /** Instead of `url`: a `pg.Pool` or a PGlite instance of yours, which stays open when the index is closed. */
  readonly connection?: PgPool | PGliteLike;
}

/** @throws {RagError} `invalid-input`, `missing-dependency`, `index-unreachable` */
export async function openDatabase({ url, connection }: ConnectionOptions): Promise<Database> {
  if (connection !== undefined) return databaseOf(connection);
  if (typeof url !== "string" || url === "") {
    throw new RagError(
      "invalid-input",
      'PostgresIndex.open needs a url or a connection, e.g. { url: process.env.DATABASE_URL } or { url: "pglite:data/pg" }.',
    );
  }
  if (url.startsWith("pglite:")) return openPGlite(url.slice("pglite:".length));
  return openServer(url);
}

function databaseOf(connection: PgPool | PGliteLike): Database {
  if (typeof (connection as PGliteLike).transaction === "function") {
    return pgliteDatabase(connection as PGliteLike, { place: "the given PGlite", owned: false });
  }
  if (typeof (connection as PgPool).connect === "function") {
    return pgDatabase(connection as PgPool, { place: "the given pool", owned: false });
  }
  throw new RagError(
    "invalid-input",
    "The connection of a PostgresIndex must be a pg.Pool or a PGlite instance; a pg.Client cannot serve several calls at once.",
  );
}

async function openServer(url: string): Promise<Database> {
  const place = placeOf(url);
  const { default: pg } = await load("pg", () => import("pg"));
  const pool = new pg.Pool({ connectionString: url, max: 4, connectionTimeoutMillis: 15_000 });
  return pgDatabase(pool as PgPool, { place, owned: true });
}

async function openPGlite(folder: string): Promise<Database> {
  const { PGlite } = await load("@electric-sql/pglite", () => import("@electric-sql/pglite"));
  const vector = await import("@electric-sql/pglite-pgvector").then(
    (module) => module.vector,
    () => undefined,
  );
  const place = folder === "" ? "PGlite in memory" : `PGlite in ${folder}`;
  try {
    const extensions = vector === undefined ? {} : { vector };
    const pglite = await PGlite.create({ ...(folder === "" ? {} : { dataDir: folder }), extensions });
    return pgliteDatabase(pglite as PGliteLike, { place, owned: true });
  } catch (error) {
    throw databaseError(error, place);
  }
}

/** Host, port, database and user of a URL. The error for a broken one shows nothing of it: it may hold the password. */
function placeOf(url: string): string {
  let parsed: URL;
  try {
    parsed = new URL(url);
    if (!/^postgres(ql)?:$/.test(parsed.protocol)) throw new TypeError("another protocol");
  } catch {
    throw new RagError(
      "invalid-input",
      "The url of a PostgresIndex must look like postgresql://user:password@host:5432/database or pglite:folder; in a password encode special characters with %.",
    );
  }
  const user = parsed.username === "" ? "" : `${decodeURIComponent(parsed.username)}@`;
  const socket = parsed.searchParams.get("host");
  const host = socket ?? `${parsed.hostname || "localhost"}:${parsed.port || "5432"}`;
  return `${user}${host}${decodeURIComponent(parsed.pathname)}`;
}

async function load<T>(name: string, loadModule: () => Promise<T>): Promise<T> {
  try {
    return await loadModule();
  } catch (cause) {
    throw new RagError(
      "missing-dependency",
      `A PostgresIndex with this url needs the package ${name}; install it (npm install ${name}), or pass a connection of your own.`,
      { cause, details: { package: name } },
    );
  }
}
