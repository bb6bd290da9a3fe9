import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { AgentError } from "../../errors.ts";

/** A server that this process starts and talks to over its standard input and output. */
export interface McpCommand {
  readonly command: string;
  readonly args?: readonly string[];
  /** Beside `HOME`, `PATH` and the like, which are all that a server gets of this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A server at an address, over streamable HTTP. */
export interface McpAddress {
  readonly url: string;
  /** Sent with every request, such as `{ authorization: "Bearer …" }`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A connection to an MCP server that is opened when it is needed. A server that died is started again with the next
 * use; a call is never sent twice, since it may have had its effect.
 */
export class McpConnection {
  readonly #server: McpCommand | McpAddress;
  readonly #milliseconds: number;
  #client: Promise<Client> | undefined;
  #closed = false;
  /** The last of what a started server wrote to its standard error. */
  #complaints = "";

  constructor(server: McpCommand | McpAddress, milliseconds: number) {
    this.#server = server;
    this.#milliseconds = milliseconds;
  }

  /** How messages name the server. */
  get name(): string {
    return "command" in this.#server ? this.#server.command : new URL(this.#server.url).host;
  }

  /**
   * Uses the connection, opening it first where needed.
   *
   * @throws AgentError `mcp-failed`, or the signal's reason when it aborts
   */
  async use<T>(what: string, work: (client: Client) => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#closed)
      throw new AgentError("mcp-failed", `The connection to MCP server ${this.name} has been closed.`);
    signal?.throwIfAborted();
    this.#client ??= this.#connect();
    const client = this.#client;
    try {
      return await work(await client);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (error instanceof AgentError) throw error;
      if (isLost(error) && this.#client === client) this.#forget();
      throw this.#describe(what, error);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const client = await this.#client?.catch(() => undefined);
    this.#client = undefined;
    const transport = client?.transport as { terminateSession?: () => Promise<void> } | undefined;
    // A server need not know sessions, or be there any more.
    await Promise.race([transport?.terminateSession?.().catch(() => {}), pause(1_000)]);
    await client?.close().catch(() => {});
  }

  async #connect(): Promise<Client> {
    const { Client } = await loadSdk(() => import("@modelcontextprotocol/sdk/client/index.js"));
    const client = new Client({ name: "zixue-agent", version: "0.1.0" });
    const transport = await this.#openTransport();
    try {
      await client.connect(transport, { timeout: this.#milliseconds });
    } catch (error) {
      await client.close().catch(() => {});
      this.#forget();
      throw this.#describe("connecting", error);
    }
    client.onclose = () => this.#forget();
    return client;
  }

  async #openTransport(): Promise<Transport> {
    const server = this.#server;
    if ("url" in server) {
      const { StreamableHTTPClientTransport } = await loadSdk(
        () => import("@modelcontextprotocol/sdk/client/streamableHttp.js"),
      );
      const options = { requestInit: { headers: { ...server.headers } } };
      return new StreamableHTTPClientTransport(new URL(server.url), options) as Transport;
    }
    const { StdioClientTransport } = await loadSdk(() => import("@modelcontextprotocol/sdk/client/stdio.js"));
    const transport = new StdioClientTransport({
      command: server.command,
      args: [...(server.args ?? [])],
      stderr: "pipe",
      ...(server.env && { env: { ...server.env } }),
      ...(server.cwd !== undefined && { cwd: server.cwd }),
    });
    this.#complaints = "";
    transport.stderr?.on("data", (part: Uint8Array) => {
      this.#complaints = (this.#complaints + Buffer.from(part).toString("utf8")).slice(-COMPLAINTS_KEPT);
    });
    return transport;
  }

  #forget(): void {
    this.#client = undefined;
  }

  #describe(what: string, error: unknown): AgentError {
    const { code, message } = error as { code?: number | string; message?: string };
    const where = `MCP server ${this.name}`;
    const complaints = this.#complaints.trim();
    const said = complaints === "" ? "" : ` Its last words: ${complaints}`;
    const text =
      code === TIMED_OUT
        ? `${where} did not answer in ${this.#milliseconds} ms (${what}). Try again, or do without it.`
        : code === CONNECTION_CLOSED
          ? `${where} ended while ${what}. It is started again with the next call; whether this one had an effect is unknown.${said}`
          : code === "ENOENT"
            ? `${where} could not be started: there is no such command. Check the name, or install it.`
            : `${where} failed while ${what}: ${(message ?? String(error)).slice(0, 1_000)}${said}`;
    return new AgentError("mcp-failed", text, { cause: error, details: { server: this.name } });
  }
}

const TIMED_OUT = -32_001;
const CONNECTION_CLOSED = -32_000;
const COMPLAINTS_KEPT = 500;

/** Is the session gone, rather than the call refused? Protocol errors are numbers from -32768 on; HTTP's are statuses. */
function isLost(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code !== "number" || code === CONNECTION_CLOSED || code >= 400;
}

/** @throws AgentError `missing-dependency` */
async function loadSdk<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    throw new AgentError(
      "missing-dependency",
      "MCP tools need the package @modelcontextprotocol/sdk. Install it beside @zixue/agent.",
      { cause },
    );
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}
