import type { LookupAddress } from "node:dns";
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import type { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { AgentError } from "../../errors.ts";

export interface GetResult {
  readonly status: number;
  readonly contentType: string;
  readonly location: string | undefined;
  /** After decompression, at most as many as asked for. */
  readonly bytes: Uint8Array;
  /** True when there was more. */
  readonly wasCut: boolean;
}

/**
 * One GET request to addresses that have been checked already: the host's name is in the request and in the
 * certificate check, and is not resolved again. The body is bounded while it streams, after decompression. Neither
 * proxies from the environment nor cookies nor connections of other requests are used.
 *
 * @throws AgentError `fetch-failed`, or the signal's reason when it aborts
 */
export async function getBytes(
  url: URL,
  addresses: readonly LookupAddress[],
  options: {
    readonly bytes: number;
    readonly signal: AbortSignal;
    readonly accepts: (type: string) => boolean;
  },
): Promise<GetResult> {
  const response = await begin(url, addresses, options.signal);
  try {
    const status = response.statusCode ?? 0;
    const contentType = response.headers["content-type"] ?? "";
    // Headers arrive as Latin-1, but servers write addresses in UTF-8.
    const { location: raw } = response.headers;
    const location = raw === undefined ? undefined : Buffer.from(raw, "latin1").toString("utf8");
    const isWanted = status >= 200 && status < 300 && options.accepts(contentType);
    const body = isWanted ? await readBody(response, options.bytes) : EMPTY;
    return { status, contentType, location, ...body };
  } catch (cause) {
    throw failure(url, cause, options.signal);
  } finally {
    response.destroy();
  }
}

const EMPTY = { bytes: new Uint8Array(), wasCut: false };

function begin(url: URL, addresses: readonly LookupAddress[], signal: AbortSignal): Promise<IncomingMessage> {
  const isSecure = url.protocol === "https:";
  const request = isSecure ? requestHttps : requestHttp;
  // An agent of its own: the global one may be set to use a proxy.
  const agent = isSecure ? new HttpsAgent({ keepAlive: false }) : new HttpAgent({ keepAlive: false });
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      agent,
      signal,
      headers: {
        "user-agent": "Mozilla/5.0 (compatible; zixue-agent)",
        accept: "text/html, text/plain, application/json, text/*;q=0.8",
        "accept-encoding": "gzip, deflate, br",
      },
      maxHeaderSize: 32_768,
      lookup: (_hostname, { all }, callback) => {
        const [first] = addresses as [LookupAddress];
        if (all) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      },
    });
    outgoing.once("response", resolve);
    outgoing.on("error", (cause) => reject(failure(url, cause, signal)));
    outgoing.end();
  });
}

async function readBody(
  response: IncomingMessage,
  max: number,
): Promise<{ bytes: Uint8Array; wasCut: boolean }> {
  const body = decompress(response);
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const part of body as AsyncIterable<Uint8Array>) {
      parts.push(part.subarray(0, max - length));
      length += part.length;
      if (length > max) break;
    }
  } finally {
    body.destroy();
  }
  return { bytes: Buffer.concat(parts), wasCut: length > max };
}

function decompress(response: IncomingMessage): Readable {
  const encoding = (response.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  if (encoding === "identity" || encoding === "") return response;
  const make = {
    gzip: createGunzip,
    "x-gzip": createGunzip,
    deflate: createInflate,
    br: createBrotliDecompress,
  }[encoding];
  // Several encodings on top of each other serve nobody but bombs.
  if (!make) throw new Error(`the content encoding "${encoding.slice(0, 50)}" is not supported`);
  const stream = make();
  response.on("error", (error) => stream.destroy(error));
  response.on("aborted", () => stream.destroy(new Error("the connection was closed early")));
  return response.pipe(stream);
}

function failure(url: URL, cause: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (cause instanceof AgentError) return cause;
  const { code, message, errors } = cause as NodeJS.ErrnoException & { errors?: Error[] };
  const what = message || errors?.[0]?.message || code || "unknown reason";
  return new AgentError("fetch-failed", `${url.host} could not be read: ${what}.`, {
    cause,
    details: { host: url.host, ...(code !== undefined && { code }) },
  });
}
