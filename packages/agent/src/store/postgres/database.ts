/** A row as the drivers give it: values by column name. */
export type Row = Readonly<Record<string, unknown>>;

/** Where SQL with `$1` parameters is run. */
export interface Session {
  query(sql: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** A PostgreSQL as the store uses it, whichever driver stands behind it. Its errors are `AgentError`s. */
export interface Database extends Session {
  /** For messages; never with a password: `user@host:5432/database`. */
  readonly place: string;
  /** Commits what `work` did, or rolls it back when it throws. */
  transaction<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** Gives back the room of what was deleted, where no server does that by itself. */
  reclaim(tables: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Any string as text that PostgreSQL can hold: NUL and lone surrogates, which it cannot, become JSON escapes.
 */
export function toJson(value: unknown): string {
  return JSON.stringify(value);
}

export function fromJson<T>(text: unknown): T {
  return JSON.parse(String(text)) as T;
}
