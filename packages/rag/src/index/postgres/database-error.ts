import { RagError, type RagErrorCode } from "../../errors.ts";

/**
 * What a driver threw as a `RagError` that says what happened, where, and what to do. The driver's error is its cause;
 * neither carries a password.
 */
export function databaseError(error: unknown, place: string): RagError {
  if (error instanceof RagError) return error;
  const { sqlState, message } = describe(error);
  const [code, problem, remedy] = explain(sqlState, message);
  return new RagError(code, `PostgreSQL at ${place} ${problem} (${message}). ${remedy}`, {
    cause: error,
    details: { place, ...(sqlState === "" ? {} : { sqlState }) },
  });
}

type Explanation = readonly [code: RagErrorCode, problem: string, remedy: string];

const unreachable = "index-unreachable";
const nothingChanged = "What was not committed has been rolled back";

const explanations: Readonly<Record<string, Explanation>> = {
  ECONNREFUSED: [
    unreachable,
    "does not accept connections",
    "Check that the server runs and that host and port are right.",
  ],
  ENOENT: [
    unreachable,
    "has no socket there",
    "Check that the server runs and that the socket path is right.",
  ],
  ENOTFOUND: [unreachable, "cannot be found", "Check the host name."],
  EAI_AGAIN: [unreachable, "cannot be found", "Check the host name and the network."],
  ETIMEDOUT: [unreachable, "does not answer", "Check host, port, network and firewall."],
  "28P01": [
    unreachable,
    "refused the password",
    "Check user and password in the URL; encode special characters in it with %.",
  ],
  "28000": [unreachable, "refused the user", "Check the user, and what pg_hba.conf allows it."],
  "3D000": [unreachable, "has no such database", "Check the database name, or create it: CREATE DATABASE …"],
  "53300": [
    unreachable,
    "has no connection left",
    "Close other clients, raise max_connections, or share one pool.",
  ],
  "57P03": [unreachable, "is starting or stopping", "Try again in a moment."],
  "42501": [
    "index-write-failed",
    "refused for lack of permission",
    "Grant the user CREATE and USAGE on the schema and its own tables, or let their owner open the index once.",
  ],
  "25006": [
    "index-write-failed",
    "is read-only here",
    "Connect to the primary server, or open the index with readOnly: true.",
  ],
  "53100": ["index-write-failed", "has a full disk", `${nothingChanged}. Make room and try again.`],
  "57014": [
    "index-write-failed",
    "cancelled a statement",
    `${nothingChanged}. Raise statement_timeout, or ingest in smaller changes.`,
  ],
  "55P03": ["index-write-failed", "did not get a lock in time", "Another process writes; try again."],
  "42P01": [
    "index-missing",
    "no longer has the tables of this index",
    "Open the index again to create them, then ingest the documents.",
  ],
};

function explain(sqlState: string, message: string): Explanation {
  const known = explanations[sqlState];
  if (known !== undefined) return known;
  // 08: connection exceptions; 57P01 and 57P02: the server was shut down or crashed.
  const lost =
    /^(08|57P0[12]|ECONNRESET|EPIPE)/.test(sqlState) ||
    /connection (terminated|ended|closed)|is closed|not queryable/i.test(message);
  if (lost) {
    return [
      unreachable,
      "closed the connection",
      `${nothingChanged}; open the index again and repeat the call.`,
    ];
  }
  if (/SASL|password/i.test(message)) return explanations["28P01"]!;
  return ["index-write-failed", "failed", `${nothingChanged}.`];
}

function describe(error: unknown): { sqlState: string; message: string } {
  if (!(error instanceof Error)) return { sqlState: "", message: String(error) };
  const { code } = error as { code?: unknown };
  const sqlState = typeof code === "string" ? code : "";
  // Node joins the attempts at each address of a host in one error without a message.
  const first = error instanceof AggregateError ? (error.errors[0] as Error | undefined) : undefined;
  const message = (error.message || first?.message || sqlState || error.name).replace(/\.$/, "");
  return { sqlState, message };
}
