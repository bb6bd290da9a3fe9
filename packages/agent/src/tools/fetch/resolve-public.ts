import { promises as dns, type LookupAddress } from "node:dns";
import { type BlockList, isIP } from "node:net";
import { AgentError } from "../../errors.ts";
import { refusalOf } from "./public-address.ts";

/** Finds every address of a host name, as `dns.promises.lookup` does with `all: true`. */
export type Lookup = (hostname: string) => Promise<readonly LookupAddress[]>;

/** What a page fetch may reach. */
export interface Reach {
  readonly allowed: BlockList;
  readonly ports: readonly number[];
  /** Only these hosts and what lies under them; all when undefined. */
  readonly domains: readonly string[] | undefined;
  readonly lookup: Lookup;
}

export const systemLookup: Lookup = (hostname) => dns.lookup(hostname, { all: true, order: "verbatim" });

/**
 * Checks a URL and finds the addresses to connect to. The name is resolved once and every address must be public;
 * connecting to what is returned, and not to the name, leaves no time for the answer to change.
 *
 * @throws AgentError `fetch-refused` or `fetch-failed`
 */
export async function resolvePublic(url: URL, reach: Reach): Promise<readonly LookupAddress[]> {
  checkUrl(url, reach);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const addresses =
    isIP(host) === 0 ? await resolve(host, reach.lookup) : [{ address: host, family: isIP(host) }];
  for (const { address } of addresses) {
    const refusal = refusalOf(address, reach.allowed);
    if (refusal !== undefined) {
      const which = address === host ? host : `${host}, which is ${address}`;
      throw refuse(
        url,
        `${which} is not a public address (${refusal}). Only public web pages can be fetched`,
      );
    }
  }
  return addresses;
}

function checkUrl(url: URL, { ports, domains }: Reach): void {
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw refuse(url, `only http and https are fetched, not ${url.protocol.slice(0, -1)}`);
  if (url.username !== "" || url.password !== "")
    throw refuse(url, "a URL with a user name or password is not fetched; leave that part out");
  const port = url.port === "" ? (url.protocol === "http:" ? 80 : 443) : Number(url.port);
  if (!ports.includes(port)) throw refuse(url, `port ${port} is not allowed, only ${ports.join(", ")}`);
  const host = nameOf(url);
  const isUnder = (domain: string) => host === domain || host.endsWith(`.${domain}`);
  if (LOCAL_NAMES.some(isUnder)) throw refuse(url, `${host} is a name of a local network`);
  if (domains !== undefined && !domains.some(isUnder))
    throw refuse(url, `only pages of ${domains.join(", ")} can be fetched`);
}

/** Reserved for local use (RFC 6761, 6762, 8375, ICANN 2024); a cloud's metadata host is under `internal`. */
const LOCAL_NAMES = ["localhost", "local", "internal", "home.arpa", "localdomain", "lan", "intranet"];

function nameOf(url: URL): string {
  return url.hostname.toLowerCase().replace(/\.+$/, "");
}

async function resolve(host: string, lookup: Lookup): Promise<readonly LookupAddress[]> {
  let addresses: readonly LookupAddress[];
  try {
    addresses = await lookup(host);
  } catch (cause) {
    const { code } = cause as { code?: string };
    throw new AgentError(
      "fetch-failed",
      `The host ${host} was not found (${code ?? "lookup failed"}). Check the address.`,
      { cause, details: { host } },
    );
  }
  if (addresses.length > 0) return addresses;
  throw new AgentError("fetch-failed", `The host ${host} has no address. Check the URL.`, {
    details: { host },
  });
}

function refuse(url: URL, why: string): AgentError {
  return new AgentError("fetch-refused", `Not fetched: ${why}.`, { details: { host: url.hostname } });
}
