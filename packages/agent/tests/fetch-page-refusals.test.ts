import type { LookupAddress } from "node:dns";
import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FetchPageOptions, fetchPage } from "../src/index.ts";

/** Listens where hostile addresses lead. Whatever reaches it has got through. */
const traps: TcpServer[] = [];
let reached = 0;
let trapPort = 0;
/** Plays a public site: the address is allowed by name, and its redirects lead elsewhere. */
let site: Server;
let sitePort = 0;
let requests: { url: string; host: string }[] = [];

beforeAll(async () => {
  const listen = (host: string, port: number) =>
    new Promise<number>((resolve, reject) => {
      const trap = createTcpServer((socket) => {
        reached++;
        socket.destroy();
      });
      trap.once("error", reject);
      trap.listen(port, host, () => resolve((trap.address() as AddressInfo).port));
      traps.push(trap);
    });
  trapPort = await listen("127.0.0.1", 0);
  await listen("::1", trapPort).catch(() => traps.pop());
  site = createServer((request, response) => {
    const url = new URL(request.url!, "http://x");
    requests.push({ url: request.url!, host: request.headers.host! });
    const to = url.searchParams.get("to");
    if (to !== null) response.writeHead(302, { location: Buffer.from(to).toString("latin1") }).end();
    else if (url.pathname.startsWith("/hop/")) {
      const left = Number(url.pathname.slice(5));
      if (left === 0) response.setHeader("content-type", "text/plain").end("arrived");
      else response.writeHead(301, { location: `/hop/${left - 1}` }).end();
    } else response.setHeader("content-type", "text/plain").end(`from ${request.headers.host}`);
  });
  // Another loopback address than that of the trap, so that one can be allowed and the other not.
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.2", resolve));
  sitePort = (site.address() as AddressInfo).port;
});
afterAll(async () => {
  for (const server of [...traps, site]) await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  reached = 0;
  requests = [];
});

const PUBLIC = "93.184.215.14";
const answer = (...addresses: string[]): LookupAddress[] =>
  addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));

/** A tool that may use the ports of trap and site, and reach the site's address. */
const tool = (options: FetchPageOptions = {}) =>
  fetchPage({
    ports: [80, 443, trapPort, sitePort],
    allow: ["127.0.0.2"],
    milliseconds: 3_000,
    lookup: async () => answer("127.0.0.2"),
    ...options,
  });

async function refusalOf(url: string, options: FetchPageOptions = {}): Promise<string> {
  const error = await tool(options)
    .invoke({ url })
    .then(
      (text: unknown) => expect.fail(`${url} was fetched: ${String(text)}`),
      (reason: Error & { code?: string }) => reason,
    );
  expect(error).toMatchObject({ name: "AgentError", code: "fetch-refused" });
  expect(reached).toBe(0);
  return error.message;
}

/** Hosts as written in a URL; each leads, in some notation, to an address that is not public. */
const HOSTS = [
  // loopback, in every notation that the URL standard knows
  "127.0.0.1",
  "127.0.0.1.",
  "127.1",
  "127.0.1",
  "127.255.255.254",
  "2130706433",
  "017700000001",
  "0x7f000001",
  "0x7F.1",
  "0177.0.0.1",
  "0177.0.0x0.1",
  "0x7f.0x0.0x0.0x1",
  "127.000.000.001",
  "１２７.０.０.１",
  "①②⑦.0.0.1",
  "127。0。0。1",
  "127．0．0．1",
  "%31%32%37.0.0.1",
  "127%2e0%2e0%2e1",
  "0",
  "0.0.0.0",
  "0.0.0.1",
  // private and shared networks
  "10.0.0.1",
  "10.255.255.255",
  "167772161",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.0.1",
  "192.168.1",
  "0xc0a80001",
  "100.64.0.1",
  "100.127.255.255",
  // cloud metadata
  "169.254.169.254",
  "2852039166",
  "0xA9FEA9FE",
  "0251.0376.0251.0376",
  "169.254.170.2",
  "100.100.100.200",
  "192.0.0.192",
  "168.63.129.16",
  // reserved, multicast, broadcast, documentation, benchmarking
  "192.0.0.8",
  "192.0.2.1",
  "192.88.99.1",
  "198.18.0.1",
  "198.19.255.255",
  "198.51.100.7",
  "203.0.113.9",
  "224.0.0.1",
  "239.255.255.250",
  "240.0.0.1",
  "255.255.255.255",
  // IPv6: loopback, unspecified, local, multicast
  "[::1]",
  "[0:0:0:0:0:0:0:1]",
  "[0000::0001]",
  "[::]",
  "[fc00::1]",
  "[fd12:3456:789a::1]",
  "[fe80::1]",
  "[febf::1]",
  "[fec0::1]",
  "[ff02::1]",
  "[ff0e::1]",
  "[fd00:ec2::254]",
  // IPv6 with an IPv4 address inside
  "[::ffff:127.0.0.1]",
  "[::ffff:7f00:1]",
  "[::ffff:a9fe:a9fe]",
  "[::ffff:10.0.0.1]",
  "[::ffff:93.184.215.14]",
  "[::127.0.0.1]",
  "[::7f00:1]",
  "[64:ff9b::127.0.0.1]",
  "[64:ff9b::7f00:1]",
  "[64:ff9b:1::a00:1]",
  "[2002:7f00:1::]",
  "[2002:c0a8:101::1]",
  "[2001:0:7f00:1::]",
  "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
  "[2001:20::1]",
  "[2001:db8::1]",
  "[3fff::1]",
  "[100::1]",
  "[5f00::1]",
  "[4000::1]",
  // names of the local network
  "localhost",
  "LOCALHOST.",
  "ｌｏｃａｌｈｏｓｔ",
  "loc%61lhost",
  "a.localhost",
  "metadata.google.internal",
  "router.local",
  "nas.home.arpa",
];

describe("fetch_page refuses", () => {
  it.each(HOSTS)("the host %s", async (host) => {
    const message = await refusalOf(`http://${host}:${trapPort}/`);
    expect(message).toMatch(/is not a public address|is a name of a local network/);
    await refusalOf(`https://${host}/`);
  });

  it.each(HOSTS)("a redirect to the host %s", async (host) => {
    const target = `http://${host}:${trapPort}/secret`;
    await refusalOf(`http://site.example:${sitePort}/?to=${encodeURIComponent(target)}`);
    expect(requests).toHaveLength(1);
  });

  it.each([
    "file:///etc/passwd",
    "ftp://example.com/",
    "gopher://127.0.0.1:70/_x",
    "data:text/html,<p>x",
    "javascript:alert(1)",
    "blob:https://example.com/x",
    "ws://example.com/",
    "unix:/var/run/docker.sock",
    "dict://127.0.0.1:11211/stat",
    "//example.com/",
    "example.com/page",
    "",
    "http://",
    "http://[::1",
    "http://256.256.256.256/",
    "http://1.2.3.4.5/",
    "http://127.0.0.1\u0000.example.com/",
  ])("%j, which is no http URL", async (url) => {
    await refusalOf(url);
  });

  it.each([
    "http://user:secret@example.com/",
    "http://user@example.com/",
    "http://:secret@example.com/",
    "http://example.com@127.0.0.1/",
    "http://example.com%40x@example.com/",
    "http://127.0.0.1%2f@example.com/",
  ])("%s, which holds credentials or hides its host", async (url) => {
    expect(await refusalOf(url)).toMatch(/user name or password|not a public address/);
  });

  it.each([22, 25, 3306, 6379, 8080, 11211])("port %d unless it is allowed", async (port) => {
    expect(await refusalOf(`http://example.com:${port}/`)).toMatch(`port ${port} is not allowed`);
    expect(await refusalOf(`http://site.example:${sitePort}/?to=http://example.com:${port}/`)).toMatch(
      "port",
    );
  });

  it.each<[string, string[]]>([
    ["one private address", ["10.0.0.7"]],
    ["loopback", ["127.0.0.1"]],
    ["IPv6 loopback", ["::1"]],
    ["a mapped address", ["::ffff:127.0.0.1"]],
    ["metadata", ["169.254.169.254"]],
    ["a public and a private address", [PUBLIC, "192.168.1.1"]],
    ["a private and a public address", ["127.0.0.1", PUBLIC]],
    ["a public IPv4 and a local IPv6 address", [PUBLIC, "fd00::1"]],
    ["an address with a zone", ["fe80::1%eth0"]],
    ["something that is no address", ["evil"]],
  ])("a name that resolves to %s", async (_what, addresses) => {
    const message = await refusalOf(`http://rebind.example:${trapPort}/`, {
      lookup: async () => answer(...addresses),
    });
    expect(message).toMatch(/rebind\.example, which is .* is not a public address/);
  });

  it("a name that the system's own resolver finds on this machine", async () => {
    const error = await fetchPage({ ports: [trapPort] })
      .invoke({ url: `http://ip6-localhost:${trapPort}/` })
      .catch((reason: Error) => reason);
    expect(error).toMatchObject({ name: "AgentError" });
    expect(reached).toBe(0);
  });

  it("hosts outside of the domains given, also behind a redirect", async () => {
    const options = { domains: ["site.example"] };
    for (const host of ["other.example", "site.example.evil.com", "evilsite.example"])
      expect(await refusalOf(`http://${host}:${sitePort}/`, options)).toMatch("only pages of site.example");
    await refusalOf(`http://site.example:${sitePort}/?to=http://other.example:${sitePort}/`, options);
    expect(await tool(options).invoke({ url: `http://docs.site.example:${sitePort}/` })).toMatch(
      "from docs.",
    );
  });

  it("every address outside of the public ones, however it is written", async () => {
    const octet = fc.integer({ min: 0, max: 255 });
    const hostile = fc.oneof(
      fc.tuple(fc.constantFrom(0, 10, 127), octet, octet, octet),
      fc.tuple(fc.constant(192), fc.constant(168), octet, octet),
      fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), octet, octet),
      fc.tuple(fc.constant(169), fc.constant(254), octet, octet),
      fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), octet, octet),
      fc.tuple(fc.integer({ min: 224, max: 255 }), octet, octet, octet),
    );
    const notation = fc.constantFrom<(parts: number[]) => string>(
      (parts) => parts.join("."),
      (parts) => String(parts.reduce((sum, part) => sum * 256 + part, 0)),
      (parts) => `0x${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`,
      (parts) => parts.map((part) => `0${part.toString(8)}`).join("."),
      (parts) => `[::ffff:${parts.join(".")}]`,
      (parts) => `[64:ff9b::${parts.join(".")}]`,
      (parts) => `[::${parts.join(".")}]`,
    );
    await fc.assert(
      fc.asyncProperty(hostile, notation, async (parts, write) => {
        const host = write(parts);
        fc.pre(host !== "127.0.0.2" && !(parts.join(".") === "127.0.0.2"));
        await refusalOf(`http://${host}:${trapPort}/`);
      }),
      { numRuns: 300 },
    );
  });
});

describe("fetch_page connects only to what was checked", () => {
  it("reading the host as the URL standard does, where others would read another", async () => {
    const asked: string[] = [];
    const spying = tool({
      lookup: async (host) => {
        asked.push(host);
        return [];
      },
    });
    for (const url of [
      "http://example.com\\@127.0.0.1/",
      "http://example.com#@127.0.0.1/",
      "http://ｅxample.com/",
    ])
      await expect(spying.invoke({ url })).rejects.toMatchObject({ code: "fetch-failed" });
    expect(asked).toEqual(["example.com", "example.com", "example.com"]);
    expect(reached).toBe(0);
  });

  it("although the name resolves to something else a moment later", async () => {
    let lookups = 0;
    const rebinding = tool({
      lookup: async () => answer(lookups++ === 0 ? "127.0.0.2" : "127.0.0.1"),
    });
    expect(await rebinding.invoke({ url: `http://rebind.example:${sitePort}/` })).toMatch(
      "from rebind.example",
    );
    expect(lookups).toBe(1);
    // The next request resolves again, and is refused.
    await expect(rebinding.invoke({ url: `http://rebind.example:${trapPort}/` })).rejects.toMatchObject({
      code: "fetch-refused",
    });
    expect(reached).toBe(0);
  });

  it("and checks again at each redirect to the same name", async () => {
    let lookups = 0;
    const rebinding = tool({
      lookup: async () => answer(lookups++ === 0 ? "127.0.0.2" : "127.0.0.1"),
    });
    const url = `http://rebind.example:${sitePort}/?to=http://rebind.example:${trapPort}/`;
    await expect(rebinding.invoke({ url })).rejects.toMatchObject({ code: "fetch-refused" });
    expect([lookups, reached]).toEqual([2, 0]);
  });

  it("speaking TLS for the name of the URL, whatever the address", async () => {
    const heard: Buffer[] = [];
    const listener = createTcpServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", (data: Buffer) => {
        heard.push(data);
        socket.destroy();
      });
    });
    const port = await new Promise<number>((resolve) =>
      listener.listen(0, "127.0.0.2", () => resolve((listener.address() as AddressInfo).port)),
    );
    try {
      const secure = tool({ ports: [port] }).invoke({ url: `https://site.example:${port}/secret` });
      await expect(secure).rejects.toMatchObject({ code: "fetch-failed" });
      const [hello] = heard;
      expect(hello![0]).toBe(0x16);
      expect(hello!.includes("site.example")).toBe(true);
      expect(hello!.includes("secret")).toBe(false);
    } finally {
      listener.close();
    }
  });

  it("and through no proxy of the environment", async () => {
    const proxy = `http://127.0.0.1:${trapPort}`;
    const names = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"];
    const old = Object.fromEntries(names.map((name) => [name, process.env[name]]));
    Object.assign(process.env, Object.fromEntries(names.map((name) => [name, proxy])), {
      NODE_USE_ENV_PROXY: "1",
    });
    try {
      expect(await tool().invoke({ url: `http://site.example:${sitePort}/` })).toMatch("from site.example");
      expect(reached).toBe(0);
    } finally {
      delete process.env.NODE_USE_ENV_PROXY;
      for (const name of names) {
        if (old[name] === undefined) delete process.env[name];
        else process.env[name] = old[name];
      }
    }
  });

  it("following at most five redirects", async () => {
    expect(await tool().invoke({ url: `http://site.example:${sitePort}/hop/5` })).toMatch("arrived");
    await expect(tool().invoke({ url: `http://site.example:${sitePort}/hop/6` })).rejects.toThrow(
      /redirects more than 5 times/,
    );
  });
});

it("refuses settings that make no sense when the tool is made", () => {
  for (const options of [
    { allow: ["10.0.0.0/40"] },
    { allow: ["example.com"] },
    { allow: ["10.0.0.1/"] },
    { ports: [] },
    { ports: [0] },
    { domains: ["https://example.com"] },
    { milliseconds: -1 },
    { bytes: 0.5 },
  ])
    expect(() => fetchPage(options)).toThrow(expect.objectContaining({ code: "invalid-definition" }));
});
