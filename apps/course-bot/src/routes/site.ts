import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import express, { type Request, type RequestHandler, Router } from "express";
import { messagesFor, requestedLanguage } from "../http/language.ts";
import { pagePolicy } from "../http/security.ts";
import type { Messages } from "../messages.ts";

/**
 * The built site: pages at clean addresses (`/course/01-intro/03-what-is-large`), files, and the site's own page for
 * what there is not. Without a built site, `/` says that the bot runs.
 */
export function siteRoutes(folder: string | undefined): Router {
  const router = Router();
  if (folder === undefined || !existsSync(join(folder, "index.html"))) {
    router.get("/", (request, response) => {
      response.type("html").send(plainPage(request, messagesFor(request).noSite));
    });
    return router;
  }
  const root = resolve(folder);
  router.get("/{*path}", page(root));
  router.use(
    express.static(root, {
      index: false,
      redirect: false,
      setHeaders: (response, path) => {
        // Built files in assets/ carry a hash in their name and never change.
        const forever = path.startsWith(join(root, "assets") + sep);
        response.setHeader("Cache-Control", forever ? "public, max-age=31536000, immutable" : "no-cache");
      },
    }),
  );
  router.get("/{*path}", missingPage(root));
  return router;
}

function page(root: string): RequestHandler {
  return async (request, response, next) => {
    for (const file of candidates(root, request.path)) {
      const html = await readPage(file);
      if (html === undefined) continue;
      response
        .set({ "Content-Security-Policy": pagePolicy(html), "Cache-Control": "no-cache" })
        .type("html")
        .send(html);
      return;
    }
    next();
  };
}

/** Programs that want JSON get a problem; readers get a page. Both with status 404. */
function missingPage(root: string): RequestHandler {
  return async (request, response, next) => {
    if (request.accepts(["html", "json"]) !== "html") {
      next();
      return;
    }
    const html = (await readPage(join(root, "404.html"))) ?? plainPage(request, messagesFor(request).noPage);
    response
      .status(404)
      .set({ "Content-Security-Policy": pagePolicy(html), "Cache-Control": "no-cache" })
      .type("html")
      .send(html);
  };
}

/** The page files that an address can mean, none of them outside the folder. */
function candidates(root: string, address: string): string[] {
  let path: string;
  try {
    path = decodeURIComponent(address);
  } catch {
    return [];
  }
  if (path.includes("\0") || path.length > 1000) return [];
  const names = path.endsWith("/")
    ? [`${path}index.html`]
    : path.endsWith(".html")
      ? [path]
      : [`${path}.html`, `${path}/index.html`];
  return names.map((name) => resolve(root, `.${name}`)).filter((file) => file.startsWith(root + sep));
}

async function readPage(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch {
    return undefined;
  }
}

function plainPage(request: Request, text: Messages["noSite"] | Messages["noPage"]): string {
  const lang = requestedLanguage(request) === "en" ? "en" : "zh-CN";
  const body =
    "api" in text
      ? `<p>${text.text}</p><p>${text.api}: <code>POST /api/ask</code> <a href="/api/chapters">/api/chapters</a> <a href="/readyz">/readyz</a></p>`
      : `<p><a href="/">${text.text}</a></p>`;
  return `<!doctype html><html lang="${lang}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${text.title}</title><h1>${text.title}</h1>${body}</html>`;
}
