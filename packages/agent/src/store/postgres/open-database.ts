import path from "node:path";
import { AgentError } from "../../errors.ts";
import type { Database } from "./database.ts";
import { databaseError } from "./database-error.ts";
import { lockFolder } from "./folder-lock.ts";
import { type PgPool, pgDatabase } from "./pg-database.ts";
import { type PGliteLike, pgliteDatabase } from "./pglite-database.ts";

/** Where a state store is. */
export type StateStoreLocation =
  /** A folder of PGlite files (needs `@electric-sql/pglite`), for one process at a time. */
  | { readonly folder: string }
  /** `postgresql://user:password@host:5432/database` (needs `pg`), for any number of processes. */
  | { readonly url: string }
  /** A `pg.Pool` or a PGlite instance of yours, which stays open when the store is closed. */
  | { readonly client: PgPool | PGliteLike };

/** A location that was checked and that nothing was done with yet. */
export interface DatabaseOpener {
  readonly place: string;
  /** True when no other process can have the database open: whatever a process held there is free again. */
  readonly exclusive: boolean;
  open(): Promise<Database>;
}

/** @throws AgentError `invalid-definition` */
export function databaseOpener(location: StateStoreLocation): DatabaseOpener {
  const given = ["folder", "url", "client"].filter(
    (key) => (location as Record<string, unknown> | undefined)?.[key] !== undefined,
  );
  if (given.length === 1) {
    if ("client" in location) return clientOpener(location.client);
    if ("url" in location && typeof location.url === "string") return serverOpener(location.url);
    if ("folder" in location && typeof location.folder === "string" && location.folder !== "")
      return folderOpener(location.folder);
  }
  throw new AgentError(
    "invalid-definition",
    'openStateStore takes one of { folder: "data/state" }, { url: "postgresql://user:password@host:5432/database" } and { client }.',
  );
}

function clientOpener(client: PgPool | PGliteLike): DatabaseOpener {
  const offers = (name: string) => typeof (client as unknown as Record<string, unknown>)[name] === "function";
  if (offers("query") && offers("transaction")) {
    const place = "the given PGlite";
    return { place, exclusive: false, open: async () => pgliteDatabase(client as PGliteLike, { place }) };
  }
  if (offers("query") && offers("connect") && !offers("escapeIdentifier")) {
    const place = "the given pool";
    return {
      place,
      exclusive: false,
      open: async () => pgDatabase(client as PgPool, { place, owned: false }),
    };
  }
  throw new AgentError(
    "invalid-definition",
    "The client of a state store must be a pg.Pool or a PGlite instance; a pg.Client cannot serve several calls at once.",
  );
}

function serverOpener(url: string): DatabaseOpener {
  const place = placeOf(url);
  return {
    place,
    exclusive: false,
    async open() {
      const { default: pg } = await load("pg", () => import("pg"));
      const pool = new pg.Pool({ connectionString: url, max: 8, connectionTimeoutMillis: 15_000 });
      return pgDatabase(pool as PgPool, { place, owned: true });
    },
  };
}

function folderOpener(folder: string): DatabaseOpener {
  return {
    place: folder,
    exclusive: true,
    async open() {
      const { PGlite } = await load("@electric-sql/pglite", () => import("@electric-sql/pglite"));
      const lock = await lockFolder(folder).catch((error: unknown) => {
        throw databaseError(error, folder);
      });
      try {
        const pglite = await PGlite.create({ dataDir: path.join(folder, "pglite") });
        return pgliteDatabase(pglite as PGliteLike, {
          place: folder,
          onClose: () => pglite.close().finally(() => lock.release()),
        });
      } catch (error) {
        await lock.release();
        throw databaseError(error, folder);
      }
    },
  };
}

/** Host, port, database and user of a URL. The error for a broken one shows nothing of it: it may hold the password. */
function placeOf(url: string): string {
  try {
    const parsed = new URL(url);
    if (!/^postgres(ql)?:$/.test(parsed.protocol)) throw new TypeError("another protocol");
    const user = parsed.username === "" ? "" : `${decodeURIComponent(parsed.username)}@`;
    const host =
      parsed.searchParams.get("host") ?? `${parsed.hostname || "localhost"}:${parsed.port || "5432"}`;
    return `${user}${host}${decodeURIComponent(parsed.pathname)}`;
  } catch {
    throw new AgentError(
      "invalid-definition",
      "The url of a state store (DATABASE_URL) must look like postgresql://user:password@host:5432/database; in a password special characters are written with %.",
    );
  }
}

async function load<T>(name: string, loadModule: () => Promise<T>): Promise<T> {
  try {
    return await loadModule();
  } catch (cause) {
    throw new AgentError(
      "missing-dependency",
      `A state store of this kind needs the package ${name}: npm install ${name}.`,
      { cause, details: { package: name } },
    );
  }
}
