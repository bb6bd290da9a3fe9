import { AgentError } from "../../errors.ts";

const NAMES = [
  "migrations",
  "threads",
  "messages",
  "facts",
  "journal",
  "spans",
  "claims",
  "checkpoints",
  "checkpoint_writes",
] as const;

/** The tables' names as they stand in SQL, and the schema's. */
export type Tables = Readonly<Record<(typeof NAMES)[number] | "schema", string>> & {
  readonly schemaName: string;
};

/** @throws AgentError `invalid-definition` for a schema that is no plain name */
export function tablesOf(schema: string): Tables {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) {
    throw new AgentError(
      "invalid-definition",
      `The schema of a state store must be a name of lower-case letters, digits and _, not ${JSON.stringify(schema)}.`,
    );
  }
  const entries = NAMES.map((name) => [name, `"${schema}".${name}`]);
  return { ...Object.fromEntries(entries), schema: `"${schema}"`, schemaName: schema } as Tables;
}
