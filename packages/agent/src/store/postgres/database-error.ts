import { AgentError, type AgentErrorCode } from "../../errors.ts";

/**
 * What a driver threw as an `AgentError` that says what happened, where, and what to do. The driver's error is its
 * cause; neither carries a password.
 */
export function databaseError(error: unknown, place: string): AgentError {
  if (error instanceof AgentError) return error;
  const { sqlState, message } = describe(error);
  const [code, problem, remedy] = explain(sqlState, message);
  return new AgentError(code, `The state store at ${place} ${problem} (${message}). ${remedy}`, {
    cause: error,
    details: { place, ...(sqlState !== "" && { sqlState }) },
  });
}

type Explanation = readonly [code: AgentErrorCode, problem: string, remedy: string];

const UNREACHABLE = "store-unreachable";
const FAILED = "store-failed";

const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  ECONNREFUSED: [UNREACHABLE, "takes no connections", "Start the server, or correct host and port."],
  ENOENT: [UNREACHABLE, "has no socket or folder there", "Start the server, or correct the path."],
  ENOTFOUND: [UNREACHABLE, "cannot be found", "Correct the host name."],
  EAI_AGAIN: [UNREACHABLE, "cannot be found", "Check the host name and the network."],
  ETIMEDOUT: [UNREACHABLE, "does not answer", "Check host, port, network and firewall."],
  "28P01": [
    UNREACHABLE,
    "refused the password",
    "Correct user and password in DATABASE_URL; special characters in it are written with %.",
  ],
  "28000": [UNREACHABLE, "refused the user", "Check the user and what pg_hba.conf allows it."],
  "3D000": [UNREACHABLE, "has no such database", "Correct the database name, or CREATE DATABASE."],
  "53300": [UNREACHABLE, "has no connection left", "Close other clients, or raise max_connections."],
  "57P03": [UNREACHABLE, "is starting or stopping", "Try again in a moment."],
  "42501": [FAILED, "refused for lack of permission", "Grant the user CREATE on the database or the schema."],
  "25006": [FAILED, "is read-only", "Connect to the primary server."],
  "53100": [FAILED, "has a full disk", "Make room and try again."],
  "42P01": [FAILED, "has lost its tables", "Restart the program to create them again."],
};

function explain(sqlState: string, message: string): Explanation {
  const known = EXPLANATIONS[sqlState];
  if (known) return known;
  // 08: connection exceptions; 57P01 and 57P02: the server was shut down or crashed.
  const lost =
    /^(08|57P0[12]|ECONNRESET|EPIPE)/.test(sqlState) ||
    /connection (terminated|ended|closed|timeout)|is clos(ed|ing)|not queryable/i.test(message);
  if (lost) return [UNREACHABLE, "closed the connection", "What was not committed is undone; try again."];
  if (/SASL|password/i.test(message)) return EXPLANATIONS["28P01"]!;
  return [FAILED, "failed", "What was not committed is undone."];
}

function describe(error: unknown): { sqlState: string; message: string } {
  if (!(error instanceof Error)) return { sqlState: "", message: String(error) };
  const { code } = error as { code?: unknown };
  const sqlState = typeof code === "string" ? code : "";
  // Node joins the attempts at each address of a host in one error without a message.
  const first = error instanceof AggregateError ? (error.errors[0] as Error | undefined) : undefined;
  return {
    sqlState,
    message: (error.message || first?.message || sqlState || error.name).replace(/\.$/, ""),
  };
}
