import { packNumbers, unpackNumbers } from "./number-list.ts";

/** A server-sent event with JSON data, or any other text. */
export type StoredPart = string | { readonly data: unknown };

/** One chunk of a body: text, the events that came in it, or bytes that are no text on their own. */
export type StoredChunk = StoredPart | readonly StoredPart[] | { readonly base64: string };

/** A response body as a cassette holds it: whole JSON, or chunks as they came. */
export type StoredBody = { readonly json: unknown } | { readonly chunks: readonly StoredChunk[] };

/**
 * Stores a body so that a person can read it and replay gives the same bytes in the same chunks. JSON is stored as
 * JSON only where writing it again gives these very bytes; long lists of numbers are packed.
 */
export function storeBody(chunks: readonly Uint8Array[]): StoredBody {
  const text = textOf(chunks[0]);
  if (chunks.length === 1 && text !== undefined) {
    const value = parse(text);
    if (value !== undefined && isContainer(value.json)) {
      const json = packNumbers(value.json);
      if (JSON.stringify(unpackNumbers(json)) === text) return { json };
    }
  }
  return { chunks: chunks.map(storeChunk) };
}

/** The bytes of a stored body, chunk by chunk. */
export function loadBody(body: StoredBody): Buffer[] {
  if ("json" in body) return [Buffer.from(JSON.stringify(unpackNumbers(body.json)))];
  return body.chunks.map((chunk) => {
    if (typeof chunk === "object" && "base64" in chunk) return Buffer.from(chunk.base64, "base64");
    const parts = Array.isArray(chunk) ? (chunk as readonly StoredPart[]) : [chunk as StoredPart];
    return Buffer.from(parts.map((part) => (typeof part === "string" ? part : eventOf(part.data))).join(""));
  });
}

function storeChunk(chunk: Uint8Array): StoredChunk {
  const text = textOf(chunk);
  if (text === undefined) return { base64: Buffer.from(chunk).toString("base64") };
  const parts = text.split(/(?<=\n\n)/).map(storePart);
  return parts.length === 1 ? parts[0]! : parts;
}

function storePart(text: string): StoredPart {
  if (!text.startsWith("data: ")) return text;
  const value = parse(text.slice(6));
  return value !== undefined && isContainer(value.json) && eventOf(value.json) === text
    ? { data: value.json }
    : text;
}

function eventOf(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

/** Undefined when the bytes are no UTF-8, as where a chunk ends inside a character. */
function textOf(chunk: Uint8Array | undefined): string | undefined {
  if (chunk === undefined) return undefined;
  const text = Buffer.from(chunk).toString("utf8");
  return Buffer.from(text).equals(chunk) ? text : undefined;
}

function parse(text: string): { readonly json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function isContainer(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
