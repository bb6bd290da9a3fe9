import { createHash, timingSafeEqual } from "node:crypto";
import type { RequestHandler } from "express";
import { BotError } from "../errors.ts";
import { messagesFor } from "./language.ts";

/** Lets a request pass only with `Authorization: Bearer <token>`. */
export function accessToken(token: string): RequestHandler {
  const expected = digest(token);
  return (request, _response, next) => {
    const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
    // Digests have one length, so that the comparison takes the same time for every wrong token.
    if (given !== undefined && timingSafeEqual(digest(given), expected)) {
      next();
      return;
    }
    throw new BotError("unauthorized", messagesFor(request).unauthorized, {
      status: 401,
      headers: { "WWW-Authenticate": 'Bearer realm="course"' },
    });
  };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
