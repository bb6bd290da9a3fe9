import { DynamicStructuredTool } from "@langchain/core/tools";
import { AgentError } from "../errors.ts";
import { positiveInteger } from "./bounds.ts";
import { type McpAddress, type McpCommand, McpConnection } from "./mcp/connection.ts";
import { describeTool, type ListedTool } from "./mcp/describe-tool.ts";
import { type McpArtifact, readMcpResult } from "./mcp/read-result.ts";

export type McpToolsOptions = (McpCommand | McpAddress) & {
  /** Put in front of each tool's name, to tell servers apart. @default none */
  readonly prefix?: string;
  /** Only these of the server's tools, by its own names. @default all */
  readonly only?: readonly string[];
  /**
   * Tools, by the server's own names, that only read. The others count as changing something; what a server says of
   * its tools is not relied on. @default none
   */
  readonly reading?: readonly string[];
  /** Time for connecting, and for a call; progress that the server reports renews it, up to ten times. @default 60000 */
  readonly milliseconds?: number;
  readonly signal?: AbortSignal;
};

export interface McpTools {
  /** For `defineAgent({ tools })` or any LangChain program. */
  readonly tools: readonly DynamicStructuredTool[];
  /** Tools of the server that cannot be offered, and why. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  /** Ends the connection, and a server that was started. */
  close(): Promise<void>;
}

/**
 * The tools of an MCP server, started as a command or reached at an address, as LangChain tools. Results are marked as
 * untrusted, so an agent fences them. A started server gets no environment variable of this process beyond `PATH`,
 * `HOME` and the like, unless `env` names it. Needs the package `@modelcontextprotocol/sdk`.
 *
 * @throws AgentError `invalid-definition`, `missing-dependency` or `mcp-failed`
 * @example
 * const files = await mcpTools({ command: "npx", args: ["-y", "@modelcontextprotocol/server-filesystem", "docs"] });
 * const agent = defineAgent({ name: "librarian", model, tools: files.tools });
 * …
 * await files.close();
 */
export async function mcpTools(options: McpToolsOptions): Promise<McpTools> {
  const milliseconds = positiveInteger("mcpTools", "milliseconds", options.milliseconds ?? 60_000);
  checkServer(options);
  const connection = new McpConnection(options, milliseconds);
  try {
    const listed = await listTools(connection, milliseconds, options.signal);
    checkNames("only", options.only, listed);
    checkNames("reading", options.reading, listed);
    const tools: DynamicStructuredTool[] = [];
    const skipped: { name: string; reason: string }[] = [];
    for (const one of listed) {
      if (options.only && !options.only.includes(one.name)) continue;
      try {
        const made = makeTool(one, connection, options, milliseconds);
        if (tools.some(({ name }) => name === made.name))
          throw new RangeError(`another tool is called ${made.name} already`);
        tools.push(made);
      } catch (error) {
        skipped.push({ name: one.name.slice(0, 200), reason: (error as Error).message });
      }
    }
    return { tools, skipped, close: () => connection.close() };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function listTools(
  connection: McpConnection,
  milliseconds: number,
  signal: AbortSignal | undefined,
): Promise<ListedTool[]> {
  const listed: ListedTool[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const result = await connection.use(
      "listing its tools",
      async (client) => {
        const { ListToolsResultSchema } = await import("@modelcontextprotocol/sdk/types.js");
        const params = cursor === undefined ? {} : { cursor };
        // Not client.listTools, which compiles validators from schemas that the server wrote.
        return client.request({ method: "tools/list", params }, ListToolsResultSchema, {
          timeout: milliseconds,
          ...(signal && { signal }),
        });
      },
      signal,
    );
    listed.push(...result.tools);
    cursor = result.nextCursor;
    if (cursor === undefined) break;
  }
  return listed;
}

/** A server that always names another page must not be followed for ever. */
const MAX_PAGES = 50;
const MAX_ERROR = 4_000;

function makeTool(
  listed: ListedTool,
  connection: McpConnection,
  { prefix = "", reading = [] }: McpToolsOptions,
  milliseconds: number,
): DynamicStructuredTool {
  const { name, description, schema } = describeTool(listed, prefix);
  return new DynamicStructuredTool({
    name,
    description,
    schema,
    metadata: { untrusted: true, effect: reading.includes(listed.name) ? "read" : "change" },
    responseFormat: "content_and_artifact",
    func: async (args: Record<string, unknown>, _manager, config): Promise<[string, McpArtifact]> => {
      const signal = config?.signal;
      const result = await connection.use(
        `running ${listed.name}`,
        async (client) => {
          const { CallToolResultSchema } = await import("@modelcontextprotocol/sdk/types.js");
          const request = { method: "tools/call" as const, params: { name: listed.name, arguments: args } };
          return client.request(request, CallToolResultSchema, {
            timeout: milliseconds,
            maxTotalTimeout: Math.min(10 * milliseconds, 2 ** 31 - 1),
            resetTimeoutOnProgress: true,
            onprogress: () => {},
            ...(signal && { signal }),
          });
        },
        signal,
      );
      const { text, isError, artifact } = readMcpResult(result);
      if (isError) throw new AgentError("mcp-failed", text.slice(0, MAX_ERROR));
      return [text, artifact];
    },
  });
}

function checkServer(options: McpToolsOptions): void {
  const isCommand = "command" in options && typeof options.command === "string" && options.command !== "";
  const isAddress = "url" in options && URL.canParse(options.url) && /^https?:/i.test(options.url);
  if (isCommand === isAddress) {
    throw new AgentError(
      "invalid-definition",
      'mcpTools takes either { command: "…", args, env } or { url: "https://…", headers }.',
    );
  }
  if (!/^[\w-]{0,32}$/.test(options.prefix ?? ""))
    throw new AgentError(
      "invalid-definition",
      `mcpTools: prefix may have up to 32 letters, digits, "_" and "-", got "${options.prefix}".`,
    );
}

function checkNames(
  setting: string,
  names: readonly string[] | undefined,
  listed: readonly ListedTool[],
): void {
  const unknown = names?.find((name) => !listed.some((one) => one.name === name));
  if (unknown === undefined) return;
  throw new AgentError(
    "invalid-definition",
    `mcpTools: ${setting} names "${unknown}", which the server does not have. Its tools: ${listed.map(({ name }) => name).join(", ") || "none"}.`,
  );
}
