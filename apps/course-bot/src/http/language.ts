import type { Request } from "express";
import { type Language, type Messages, messages } from "../messages.ts";

/** The language that the request asks for by `Accept-Language`; `undefined` when it names neither zh nor en. */
export function requestedLanguage(request: Request): Language | undefined {
  for (const tag of request.acceptsLanguages()) {
    const primary = tag.split("-")[0]?.toLowerCase();
    if (primary === "zh" || primary === "en") return primary;
  }
  return undefined;
}

/** The bot's sentences for a request; Chinese unless it asks for English. */
export function messagesFor(request: Request): Messages {
  return messages[requestedLanguage(request) ?? "zh"];
}
