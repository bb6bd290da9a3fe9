import { isIP } from "node:net";
import { z } from "zod";
import { BotError } from "./errors.ts";

const DEFAULT_PORT = 4321;

/** How the bot is run, from environment variables. */
export interface Settings {
  readonly host: string;
  readonly port: number;
  /** `PORT` was given: no other port will do. */
  readonly portIsFixed: boolean;
  readonly accessToken: string | undefined;
  readonly requestsPerMinute: number | undefined;
  readonly trustedProxies: number;
  readonly logLevel: string;
}

const blankIsAbsent = (value: unknown) =>
  typeof value === "string" && value.trim() === "" ? undefined : value;
const optional = <T extends z.ZodType>(schema: T) => z.preprocess(blankIsAbsent, schema.optional());

const environmentSchema = z.object({
  HOST: optional(z.string().trim()),
  PORT: optional(
    z.coerce.number({ error: "must be a port from 0 to 65535, e.g. PORT=4321" }).int().min(0).max(65535),
  ),
  ACCESS_TOKEN: optional(
    z
      .string()
      .trim()
      .regex(/^\S{8,}$/, "must have 8 characters or more and no spaces"),
  ),
  RATE_LIMIT: optional(
    z.coerce
      .number({ error: "must be requests per minute, 0 for no limit, e.g. RATE_LIMIT=120" })
      .int()
      .min(0),
  ),
  TRUST_PROXY: optional(
    z.coerce
      .number({ error: "must be the number of proxies in front, e.g. TRUST_PROXY=1" })
      .int()
      .min(0)
      .max(10),
  ),
  LOG_LEVEL: optional(z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"])),
});

/**
 * Reads `HOST`, `PORT`, `ACCESS_TOKEN`, `RATE_LIMIT`, `TRUST_PROXY` and `LOG_LEVEL`.
 *
 * @throws BotError `invalid-setting`, naming the variable and what it accepts.
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const result = environmentSchema.safeParse(env);
  if (!result.success) {
    const faults = result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new BotError(
      "invalid-setting",
      `These environment variables cannot be used:\n  ${faults.join("\n  ")}`,
    );
  }
  const {
    HOST = "127.0.0.1",
    PORT,
    ACCESS_TOKEN,
    RATE_LIMIT,
    TRUST_PROXY = 0,
    LOG_LEVEL = "info",
  } = result.data;
  // On this machine alone the limit only stops a runaway script; open to a network it protects the others.
  const limit = RATE_LIMIT ?? (isLoopback(HOST) && TRUST_PROXY === 0 ? 6000 : 120);
  return {
    host: HOST,
    port: PORT ?? DEFAULT_PORT,
    portIsFixed: PORT !== undefined,
    accessToken: ACCESS_TOKEN,
    requestsPerMinute: limit === 0 ? undefined : limit,
    trustedProxies: TRUST_PROXY,
    logLevel: LOG_LEVEL,
  };
}

/** Whether an address can only be reached from this machine. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}
