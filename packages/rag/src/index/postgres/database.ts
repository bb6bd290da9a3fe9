/** A row as the drivers give it: values by column name. */
export type Row = Readonly<Record<string, unknown>>;

/** Where SQL with `$1` parameters is run. */
export interface Session {
  query(sql: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** `read` sees one state of the database from beginning to end; `write` sees what others commit while it waits. */
export type TransactionMode = "read" | "write";

/** A PostgreSQL as this package uses it, whichever driver stands behind it. Its errors are `RagError`s. */
export interface Database extends Session {
  /** For messages; never with a password: `user@host:5432/database`. */
  readonly place: string;
  /** Commits what `work` did, or rolls it back when it throws. */
  transaction<T>(mode: TransactionMode, work: (session: Session) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * What begins a transaction. Compiling a query (jit) takes longer than running one of ours.
 */
export const beginStatements: Readonly<Record<TransactionMode, readonly string[]>> = {
  read: ["BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "SET LOCAL jit = off"],
  write: ["BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", "SET LOCAL jit = off"],
};
