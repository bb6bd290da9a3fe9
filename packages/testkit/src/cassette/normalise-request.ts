import { createHash } from "node:crypto";
import { isSecretName, redactText, redactValue } from "./redact.ts";

/** What identifies a request: no host, no headers, no secrets. */
export interface CassetteRequest {
  readonly method: string;
  /** Path and query, for example `/v1/chat/completions`. */
  readonly path: string;
  /** The parsed JSON body, the text of any other body, or null. */
  readonly body: unknown;
}

export interface NormaliseOptions {
  /**
   * Fields of the body that differ between runs, as paths with `*` for any key or index:
   * `["temperature", "messages.*.name"]`. `user`, `metadata`, `safety_identifier` and `prompt_cache_key` always are.
   */
  readonly ignore?: readonly string[];
  /** Changes a request before it is compared and written, for example to replace today's date in a prompt. */
  readonly normalise?: (request: CassetteRequest) => CassetteRequest;
}

const ALWAYS_IGNORED = ["user", "metadata", "safety_identifier", "prompt_cache_key", "messages.*.id"];

/** Removes secrets and what differs from run to run; keys are sorted and call ids numbered in order of appearance. */
export function normaliseRequest(
  method: string,
  url: URL,
  bodyText: string,
  secrets: readonly string[],
  options: NormaliseOptions,
): CassetteRequest {
  const raw: CassetteRequest = {
    method: method.toUpperCase(),
    path: redactText(pathOf(url), secrets),
    body: redactValue(parseBody(bodyText), secrets),
  };
  const request = options.normalise?.(structuredClone(raw)) ?? raw;
  let body = request.body;
  for (const path of [...ALWAYS_IGNORED, ...(options.ignore ?? [])]) body = without(body, path.split("."));
  return { method: request.method, path: request.path, body: canonical(body, new Map()) };
}

/** Sixteen hexadecimal digits that stand for a normalised request. */
export function hashRequest(request: CassetteRequest): string {
  const text = JSON.stringify([request.method, request.path, request.body]);
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

function pathOf(url: URL): string {
  const query = new URLSearchParams([...url.searchParams].filter(([name]) => !isSecretName(name)));
  query.sort();
  const text = query.toString();
  return text === "" ? url.pathname : `${url.pathname}?${text}`;
}

function parseBody(text: string): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function without(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    if (rest.length === 0) return value.filter((_, i) => key !== "*" && key !== String(i));
    return value.map((item, i) => (key === "*" || key === String(i) ? without(item, rest) : item));
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) => {
      if (key !== "*" && key !== name) return [[name, item]];
      return rest.length === 0 ? [] : [[name, without(item, rest)]];
    }),
  );
}

/** Call ids are the provider's or the client's invention; only which result belongs to which call matters. */
function canonical(value: unknown, ids: Map<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => canonical(item, ids));
  if (typeof value !== "object" || value === null) return value;
  const record = value as Record<string, unknown>;
  const isCall = record.type === "tool_use" || (record.type === "function" && typeof record.id === "string");
  return Object.fromEntries(
    Object.keys(record)
      .sort()
      .map((key) => {
        const item = record[key];
        const isId =
          typeof item === "string" &&
          (key === "tool_call_id" || key === "tool_use_id" || (key === "id" && isCall));
        if (!isId) return [key, canonical(item, ids)];
        if (!ids.has(item)) ids.set(item, `call-${ids.size + 1}`);
        return [key, ids.get(item)];
      }),
  );
}
