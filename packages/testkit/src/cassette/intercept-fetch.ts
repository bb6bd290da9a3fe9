import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";
import { TestkitError } from "../errors.ts";

/** Sends a request over the network, past every interceptor. */
export type Forward = (request: Request) => Promise<Response>;

/** Who answers the requests that it matches while it is active. */
export interface Interceptor {
  readonly name: string;
  matches(url: URL, method: string): boolean;
  handle(request: Request, forward: Forward): Promise<Response>;
  /** Told of a matching request that reached the network without passing through `handle`. */
  escaped(url: URL, method: string): void;
}

// Which interceptor a request belongs to: that of its async context, else the only one there is (a request made
// by a server in this process has another context than the test that called the server).
const current = new AsyncLocalStorage<Interceptor>();
const forwarding = new AsyncLocalStorage<true>();
const active = new Set<Interceptor>();
let installed: typeof fetch | undefined;

/** Runs a function while its requests (made through `globalThis.fetch`) go to an interceptor. */
export async function runIntercepted<T>(interceptor: Interceptor, run: () => T | Promise<T>): Promise<T> {
  installFetch();
  active.add(interceptor);
  try {
    return await current.run(interceptor, async () => run());
  } finally {
    active.delete(interceptor);
  }
}

/**
 * Puts a dispatching fetch in the place of `globalThis.fetch`. It stays, and passes everything on while no
 * interceptor is active, so that a client which keeps the fetch it found when it was made is intercepted later too.
 */
export function installFetch(): void {
  if (installed !== undefined && globalThis.fetch === installed) return;
  if (installed === undefined) subscribe("undici:request:create", noticeEscape);
  const original = globalThis.fetch;
  installed = async (input, init) => {
    if (forwarding.getStore() === true || active.size === 0) return original(input, init);
    const url = urlOf(input);
    const method = (init?.method ?? (input instanceof Request ? input.method : "GET")).toUpperCase();
    const interceptor = url && select(url, method);
    if (interceptor === undefined) return original(input, init);
    const dispatcher = (init as { dispatcher?: unknown } | undefined)?.dispatcher;
    const forward: Forward = (request) =>
      forwarding.run(true, () => original(request, (dispatcher ? { dispatcher } : {}) as RequestInit));
    return interceptor.handle(new Request(input, init), forward);
  };
  globalThis.fetch = installed;
}

function select(url: URL, method: string): Interceptor | undefined {
  const own = current.getStore();
  if (own !== undefined) {
    if (!own.matches(url, method)) return undefined;
    if (active.has(own)) return own;
    throw new TestkitError(
      "closed",
      `${method} ${url.pathname} was requested after the cassette "${own.name}" had ended. Await everything that the test starts.`,
    );
  }
  const matching = [...active].filter((interceptor) => interceptor.matches(url, method));
  if (matching.length <= 1) return matching[0];
  const names = matching.map(({ name }) => `"${name}"`).join(", ");
  throw new TestkitError(
    "escaped-request",
    `${method} ${url.pathname} could belong to any of the cassettes that are open: ${names}. Run these tests one after the other, or make the request in the async context of withCassette.`,
  );
}

function noticeEscape(message: unknown): void {
  if (active.size === 0 || forwarding.getStore() === true) return;
  const { request } = message as { request: { origin?: unknown; path?: string; method?: string } };
  const url = urlOf(`${request.origin}${request.path}`);
  if (url === undefined) return;
  const method = request.method ?? "GET";
  const own = current.getStore();
  const concerned = own !== undefined && active.has(own) ? [own] : [...active];
  for (const interceptor of concerned) if (interceptor.matches(url, method)) interceptor.escaped(url, method);
}

function urlOf(input: unknown): URL | undefined {
  try {
    return new URL(input instanceof Request ? input.url : String(input));
  } catch {
    return undefined;
  }
}
