import { RagError } from "../../errors.ts";

export interface TableOptions {
  /** Schema that holds the tables; created when it is missing. Default `public`. */
  readonly schema?: string;
  /** What the names of the tables begin with. Default `zixue_`. */
  readonly prefix?: string;
}

/** Names of an index's tables, quoted, ready to stand in SQL. */
export interface Tables {
  readonly schema: string;
  readonly prefix: string;
  /** For messages: `public.zixue_*`. */
  readonly label: string;
  readonly quotedSchema: string;
  readonly migrations: string;
  readonly state: string;
  readonly documents: string;
  readonly chunks: string;
  readonly terms: string;
  readonly postings: string;
  readonly vectors: string;
  /** Of the vector graph; an index has no schema in front where it is created. */
  readonly graph: string;
}

/** Leaves room for the longest of our table names within PostgreSQL's 63 bytes. */
const identifier = /^[A-Za-z_][A-Za-z0-9_]{0,47}$/;

/** @throws {RagError} `invalid-input` for a name that is no plain identifier */
export function tablesOf({ schema = "public", prefix = "zixue_" }: TableOptions): Tables {
  for (const [option, name] of Object.entries({ schema, prefix })) {
    if (typeof name === "string" && identifier.test(name)) continue;
    throw new RagError(
      "invalid-input",
      `The ${option} of a PostgresIndex must be a letter or _ and up to 47 more letters, digits or _, not ${JSON.stringify(name)}.`,
      { details: { [option]: name } },
    );
  }
  const table = (name: string): string => `"${schema}"."${prefix}${name}"`;
  return {
    schema,
    prefix,
    label: `${schema}.${prefix}*`,
    quotedSchema: `"${schema}"`,
    migrations: table("migrations"),
    state: table("state"),
    documents: table("documents"),
    chunks: table("chunks"),
    terms: table("terms"),
    postings: table("postings"),
    vectors: table("vectors"),
    graph: `"${prefix}vector_graph"`,
  };
}
