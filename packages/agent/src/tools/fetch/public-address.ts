import { BlockList, isIP } from "node:net";

/**
 * Addresses that a page fetch may not reach. IPv4: everything that the IANA special-purpose registry keeps from the
 * public internet, and one public address that a cloud answers instance metadata on. IPv6 the other way round: only
 * global unicast, without the blocks in it that are reserved or that carry an IPv4 address inside (6to4, Teredo).
 */
const FORBIDDEN_V4: readonly (readonly [network: string, prefix: number, what: string])[] = [
  ["0.0.0.0", 8, "this network"],
  ["10.0.0.0", 8, "private"],
  ["100.64.0.0", 10, "carrier-grade NAT"],
  ["127.0.0.0", 8, "loopback"],
  ["169.254.0.0", 16, "link-local, cloud metadata"],
  ["172.16.0.0", 12, "private"],
  ["192.0.0.0", 24, "protocol assignments"],
  ["192.0.2.0", 24, "documentation"],
  ["192.88.99.0", 24, "6to4 relay"],
  ["192.168.0.0", 16, "private"],
  ["198.18.0.0", 15, "benchmarking"],
  ["198.51.100.0", 24, "documentation"],
  ["203.0.113.0", 24, "documentation"],
  ["224.0.0.0", 4, "multicast"],
  ["240.0.0.0", 4, "reserved or broadcast"],
  ["168.63.129.16", 32, "cloud metadata"],
];
const GLOBAL_V6 = ["2000::", 3] as const;
const FORBIDDEN_V6: readonly (readonly [network: string, prefix: number, what: string])[] = [
  ["2001::", 23, "protocol assignments, Teredo"],
  ["2001:db8::", 32, "documentation"],
  ["2002::", 16, "6to4"],
  ["3fff::", 20, "documentation"],
];

const forbidden = [...FORBIDDEN_V4, ...FORBIDDEN_V6].map(([network, prefix, what]) => ({
  what,
  list: listOf(network, prefix),
}));
const globalV6 = listOf(...GLOBAL_V6);

/**
 * Why an address is not public, or undefined when it is. `allowed` are exceptions.
 *
 * @example refusalOf("169.254.169.254") // "link-local, cloud metadata"
 */
export function refusalOf(address: string, allowed: BlockList): string | undefined {
  const family = isIP(address);
  if (family === 0) return "no IP address";
  const type = family === 4 ? "ipv4" : "ipv6";
  // A zone ("fe80::1%eth0") belongs to this machine's own networks.
  if (address.includes("%")) return "scoped to a local network";
  if (allowed.check(address, type)) return undefined;
  // A BlockList finds IPv4 inside a mapped IPv6 address by itself, so such addresses are named for what they reach.
  const found = forbidden.find(({ list }) => list.check(address, type));
  if (found) return found.what;
  if (family === 6 && !globalV6.check(address, "ipv6")) return "no global unicast";
  return undefined;
}

/**
 * A list of the addresses and networks (`192.168.1.0/24`) that are allowed although they are not public.
 *
 * @throws RangeError for what is neither
 */
export function addressList(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = "", prefix] = entry.split("/");
    const family = isIP(address);
    const bits = prefix === undefined ? (family === 4 ? 32 : 128) : Number(prefix);
    const isPrefix = Number.isInteger(bits) && bits >= 0 && bits <= (family === 4 ? 32 : 128);
    if (family === 0 || address.includes("%") || !isPrefix || prefix === "")
      throw new RangeError(`"${entry}" is no IP address and no network such as 192.168.1.0/24`);
    list.addSubnet(address, bits, family === 4 ? "ipv4" : "ipv6");
  }
  return list;
}

function listOf(network: string, prefix: number): BlockList {
  const list = new BlockList();
  list.addSubnet(network, prefix, isIP(network) === 4 ? "ipv4" : "ipv6");
  return list;
}
