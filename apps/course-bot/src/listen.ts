import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { BotError } from "./errors.ts";

export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** How many ports above to try when the port is taken; default 0. */
  readonly alternatives?: number;
}

export interface Listening {
  readonly server: Server;
  readonly port: number;
  /** `http://127.0.0.1:4321`, as a browser on this machine opens it. */
  readonly url: string;
  /**
   * Stops: takes no new connection, lets running answers end, and after `graceMs` (default 10,000) calls `giveUp` and
   * closes what is left.
   */
  stop(options?: { readonly graceMs?: number; readonly giveUp?: () => void }): Promise<void>;
}

/**
 * Starts an HTTP server.
 *
 * @throws BotError `port-taken` when the port, and every alternative, is in use; `invalid-setting` for an address that
 *   this machine does not have or a port that it may not use.
 */
export async function listen(handler: RequestListener, options: ListenOptions): Promise<Listening> {
  const { host, port, alternatives = 0 } = options;
  for (let candidate = port; ; candidate++) {
    const server = createServer(handler);
    try {
      await opened(server, host, candidate);
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code;
      if (code === "EADDRINUSE" && candidate < port + alternatives && candidate < 65535) continue;
      throw listenError(code, host, port, cause);
    }
    const actual = (server.address() as AddressInfo).port;
    const shown = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
    return {
      server,
      port: actual,
      url: `http://${shown}:${actual}`,
      stop: (stopOptions) => stopServer(server, stopOptions),
    };
  }
}

function opened(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function listenError(code: string | undefined, host: string, port: number, cause: unknown): BotError {
  if (code === "EADDRINUSE") {
    return new BotError(
      "port-taken",
      `Port ${port} on ${host} is in use. Stop the program that uses it, or choose another: PORT=${port + 1} npm start`,
      { cause },
    );
  }
  const reason =
    code === "EACCES"
      ? `port ${port} needs more rights; use one above 1023`
      : `${host} is no address of this machine`;
  return new BotError(
    "invalid-setting",
    `Cannot listen on ${host}:${port} (${code}): ${reason}. Set HOST and PORT.`,
    { cause },
  );
}

function stopServer(server: Server, options: { graceMs?: number; giveUp?: () => void } = {}): Promise<void> {
  const { graceMs = 10_000, giveUp } = options;
  return new Promise((resolve) => {
    // Connections that are kept alive would hold the server open once their answer has ended.
    const idle = setInterval(() => server.closeIdleConnections(), 100);
    const late = setTimeout(() => {
      giveUp?.();
      setTimeout(() => server.closeAllConnections(), 500);
    }, graceMs);
    server.close(() => {
      clearInterval(idle);
      clearTimeout(late);
      resolve();
    });
    server.closeIdleConnections();
  });
}
