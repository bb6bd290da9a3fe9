import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";

/** A PGlite with pgvector, for all tests of a file: opening one takes seconds. Each test takes a schema of its own. */
export function openPGlite(): Promise<PGlite> {
  return PGlite.create({ extensions: { vector } });
}
