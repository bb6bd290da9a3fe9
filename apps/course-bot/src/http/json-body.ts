import express, { type Request, type RequestHandler } from "express";
import { BotError } from "../errors.ts";
import { messagesFor } from "./language.ts";

/** Largest request body. */
export const BODY_LIMIT = "64kb";

/**
 * Reads a JSON body. Stricter than a parser that guesses: the type must be JSON, the bytes must be UTF-8, and what is
 * wrong is said. Bodies are not decompressed, so a small request cannot grow.
 */
export const jsonBody: RequestHandler[] = [
  (request, _response, next) => {
    const given = request.headers["content-type"];
    const isJson = given !== undefined && /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(given);
    const charset = /charset\s*=\s*"?([\w-]+)/i.exec(given ?? "")?.[1]?.toLowerCase();
    if (!isJson || (charset !== undefined && charset !== "utf-8" && charset !== "utf8")) {
      throw new BotError(
        "unsupported-media-type",
        messagesFor(request).unsupportedMediaType(given === undefined ? "" : ` ${given.slice(0, 80)}`),
        { status: 415 },
      );
    }
    next();
  },
  express.raw({ type: () => true, limit: BODY_LIMIT, inflate: false }),
  (request, _response, next) => {
    request.body = parseJson(request);
    next();
  },
];

function parseJson(request: Request): unknown {
  const text = messagesFor(request);
  const bytes: Uint8Array = Buffer.isBuffer(request.body) ? request.body : new Uint8Array();
  let content: string;
  try {
    content = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new BotError("invalid-encoding", text.invalidEncoding, { status: 400, cause });
  }
  try {
    return JSON.parse(content);
  } catch (cause) {
    const reason =
      content.trim() === "" ? "empty" : (cause as Error).message.replace(/,? ?".*$/s, "").slice(0, 120);
    throw new BotError("invalid-json", text.invalidJson(reason), { status: 400, cause });
  }
}
