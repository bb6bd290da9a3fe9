import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Dialect, type DialectName, resolveDialect } from "./dialect.ts";
import { TestkitError } from "./errors.ts";
import { playScript, type Script } from "./script.ts";
import { answerChat } from "./server/chat-endpoint.ts";
import { answerEmbeddings } from "./server/embeddings-endpoint.ts";
import { ENDPOINTS } from "./server/endpoints.ts";
import { type Exchange, RequestProblem, sendError, sendJson } from "./server/exchange.ts";
import { type OpenRequest, type RecordedRequest, recordRequest } from "./server/recorded-request.ts";
import { answerRerank } from "./server/rerank-endpoint.ts";

/** A script for each endpoint. Without one, embeddings and rerank answer deterministically from the texts. */
export interface EndpointScripts {
  readonly chat?: Script<RecordedRequest>;
  readonly embeddings?: Script<RecordedRequest>;
  readonly rerank?: Script<RecordedRequest>;
}

export interface ScriptedServerOptions {
  /** How the answers differ from OpenAI's. Default: "openai". */
  readonly dialect?: DialectName | Partial<Dialect>;
  /** When given, every request needs `Authorization: Bearer <apiKey>`; any other is answered 401. */
  readonly apiKey?: string;
  /** What `GET /v1/models` lists. When given, any other model is answered 404 (in dialects that check). */
  readonly models?: readonly string[];
  /** Length of default vectors. Default: 64. */
  readonly dimensions?: number;
  /** Most texts in one embeddings request. Default: 2048, as OpenAI. */
  readonly embeddingBatchLimit?: number;
  /** Default: any free port. */
  readonly port?: number;
  /** Refuse a larger body with 413. Default: 32 MiB. */
  readonly maxBodyBytes?: number;
}

export interface ScriptedServer {
  /** Base URL for clients, ending in `/v1`. */
  readonly url: string;
  /** The same without `/v1`, for the paths of other APIs such as `/v2/rerank`. */
  readonly origin: string;
  /** Every request so far, in order of arrival, wrong ones included. */
  readonly requests: readonly RecordedRequest[];
  /**
   * Resolves with the first request that matches (a number counts from 0), now or later.
   * Rejects with a TestkitError after `timeoutMs` (default 5000).
   */
  waitForRequest(
    which?: number | ((request: RecordedRequest) => boolean),
    options?: { readonly timeoutMs?: number },
  ): Promise<RecordedRequest>;
  /**
   * Throws a TestkitError when the script was not played as written: a request came that it has no reply for
   * (the client may have hidden the 500), or replies of a list are left. Call it at the end of a test.
   */
  assertDone(): void;
  /** Stops listening and drops open connections. May be called twice. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a real HTTP server on 127.0.0.1, at a free port, that speaks the OpenAI API and answers from a script:
 * `POST /v1/chat/completions` (plain and streamed), `/v1/embeddings`, `/v1/rerank`, `GET /v1/models`.
 * A list or function alone is the script of the chat endpoint. A chat request beyond the script is answered 500.
 * Rerank is also answered in the forms of Cohere (`/v2/rerank`), DashScope and text-embeddings-inference (`/rerank`).
 *
 * @example
 * const server = await startScriptedServer([reply.fault.rateLimit(), reply.text("你好!")]);
 * const client = new OpenAI({ baseURL: server.url, apiKey: "test" });
 * // … run the code under test, then look at server.requests
 * await server.close();
 */
export async function startScriptedServer(
  script: Script<RecordedRequest> | EndpointScripts = [],
  options: ScriptedServerOptions = {},
): Promise<ScriptedServer> {
  const dialect = resolveDialect(options.dialect);
  const scripts = asEndpointScripts(script);
  const players = {
    chat: playScript(scripts.chat ?? [], describeRequest),
    embeddings: scripts.embeddings && playScript(scripts.embeddings, describeRequest),
    rerank: scripts.rerank && playScript(scripts.rerank, describeRequest),
  };
  const requests: OpenRequest[] = [];
  const unexpected: string[] = [];
  const waiting = new Set<() => void>();

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = recordRequest(incoming, response, requests.length);
    const exchange: Exchange = { request, response, dialect };
    const body = await readBody(incoming, options.maxBodyBytes ?? 32 * 1024 * 1024);
    request.rawBody = body ?? "";
    request.body = parseOrUndefined(request.rawBody);
    requests.push(request);
    for (const check of waiting) check();
    try {
      if (body === undefined) throw new RequestProblem(413, "The request body is too large.");
      await answer(exchange);
    } catch (error) {
      if (isUnexpected(error)) unexpected.push(describeRequest(request));
      failExchange(exchange, error);
    }
  }

  async function answer(exchange: Exchange): Promise<void> {
    const { request } = exchange;
    const path = request.path.split("?")[0];
    const endpoint = ENDPOINTS[path ?? ""];
    if (endpoint === undefined) {
      const known = Object.entries(ENDPOINTS).map(([known, { method }]) => `${method} ${known}`);
      throw new RequestProblem(
        404,
        `Unknown request URL: ${describeRequest(request)}. Known: ${known.join(", ")}.`,
        {
          code: "unknown_url",
        },
      );
    }
    if (request.method !== endpoint.method) {
      throw new RequestProblem(405, `${request.method} is not allowed for ${path}; use ${endpoint.method}.`);
    }
    if (options.apiKey !== undefined && request.headers.authorization !== `Bearer ${options.apiKey}`) {
      throw new RequestProblem(401, "Incorrect API key provided.", { code: "invalid_api_key" });
    }
    if (endpoint.name === "models") {
      const models = options.models ?? ["scripted"];
      sendJson(exchange, 200, {
        object: "list",
        data: models.map((id) => ({ id, object: "model", created: 0, owned_by: "testkit" })),
      });
      return;
    }
    if (request.body === undefined) {
      throw new RequestProblem(
        dialect.badRequestJsonStatus,
        "We could not parse the JSON body of your request.",
      );
    }
    const model: unknown = (request.body as { model?: unknown } | null)?.model;
    if (
      options.models &&
      dialect.checksModel &&
      typeof model === "string" &&
      !options.models.includes(model)
    ) {
      throw new RequestProblem(
        404,
        `The model \`${model}\` does not exist or you do not have access to it.`,
        {
          code: "model_not_found",
          param: "model",
        },
      );
    }
    const player = players[endpoint.name];
    const next = player && (() => player.next(request));
    if (endpoint.name === "chat") await answerChat(exchange, next!);
    else if (endpoint.name === "rerank") await answerRerank(exchange, next);
    else {
      const settings = {
        dimensions: options.dimensions ?? 64,
        batchLimit: options.embeddingBatchLimit ?? 2048,
      };
      await answerEmbeddings(exchange, settings, next);
    }
  }

  const server = createServer((incoming, response) => {
    handle(incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const close = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${origin}/v1`,
    origin,
    requests,
    waitForRequest: (which = 0, { timeoutMs = 5000 } = {}) => {
      const find = () => (typeof which === "number" ? requests[which] : requests.find(which));
      return waitFor(find, waiting, timeoutMs, () => requests.map(describeRequest));
    },
    assertDone: () => {
      const left = Object.entries(players).flatMap(([name, player]) =>
        player !== undefined && player.left() > 0 ? [`${player.left()} of ${name}`] : [],
      );
      if (unexpected.length === 0 && left.length === 0) return;
      const parts = [
        ...(unexpected.length === 0 ? [] : [`requests without a reply: ${unexpected.join("; ")}`]),
        ...(left.length === 0 ? [] : [`replies that nobody asked for: ${left.join(", ")}`]),
      ];
      const details = { unexpected: [...unexpected], left };
      throw new TestkitError(
        "script-mismatch",
        `The script was not played as written; ${parts.join("; ")}.`,
        {
          details,
        },
      );
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function asEndpointScripts(script: Script<RecordedRequest> | EndpointScripts): EndpointScripts {
  return Array.isArray(script) || typeof script === "function"
    ? { chat: script as Script<RecordedRequest> }
    : (script as EndpointScripts);
}

function describeRequest(request: RecordedRequest): string {
  const last = request.body?.messages?.at?.(-1)?.content ?? request.body?.query ?? request.body?.input;
  const text = last === undefined ? "" : ` with ${JSON.stringify(last).slice(0, 120)}`;
  return `${request.method} ${request.path}${text}`;
}

/** Neither scripted nor a mistake that real providers answer in the same way. */
function isUnexpected(error: unknown): boolean {
  if (error instanceof RequestProblem) return error.reply.code === "unknown_url";
  return !(error instanceof TestkitError) || error.code !== "scripted-fault";
}

function failExchange(exchange: Exchange, error: unknown): void {
  if (exchange.response.headersSent) {
    exchange.response.destroy();
    return;
  }
  if (error instanceof RequestProblem) {
    sendError(exchange, error.reply, error.param);
    return;
  }
  const code = error instanceof TestkitError ? error.code : "script_failed";
  const message = error instanceof Error ? error.message : String(error);
  sendError(exchange, { kind: "error", status: 500, message, type: "scripted_server_error", code });
}

/** Undefined when the body is larger than allowed. */
async function readBody(incoming: IncomingMessage, maxBytes: number): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of incoming) {
    size += (part as Buffer).length;
    if (size <= maxBytes) parts.push(part as Buffer);
  }
  return size > maxBytes ? undefined : Buffer.concat(parts).toString("utf8");
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function waitFor(
  find: () => RecordedRequest | undefined,
  waiting: Set<() => void>,
  timeoutMs: number,
  seen: () => string[],
): Promise<RecordedRequest> {
  return new Promise((resolve, reject) => {
    const check = () => {
      const found = find();
      if (found === undefined) return;
      clearTimeout(timer);
      waiting.delete(check);
      resolve(found);
    };
    const timer = setTimeout(() => {
      waiting.delete(check);
      const list = seen();
      const message = `No such request within ${timeoutMs} ms. Seen: ${list.length === 0 ? "none" : list.join("; ")}.`;
      reject(new TestkitError("wait-timeout", message));
    }, timeoutMs);
    waiting.add(check);
    check();
  });
}
