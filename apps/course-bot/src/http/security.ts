import { createHash } from "node:crypto";
import type { RequestHandler } from "express";
import helmet from "helmet";

/**
 * Security headers. Nothing is loaded from elsewhere, scripts stand in files; the inline scripts of a built page are
 * allowed one by one, by their hash (see `pagePolicy`).
 */
export function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: { useDefaults: false, directives: directives([]) },
    // The bot speaks plain HTTP on this machine; whoever puts TLS in front sets this there.
    strictTransportSecurity: false,
    crossOriginEmbedderPolicy: false,
    referrerPolicy: { policy: "same-origin" },
  });
}

/** The policy for a page that we built ourselves: as above, and its inline scripts by hash. */
export function pagePolicy(html: string): string {
  const hashes = [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/gi)].map(
    ([, script = ""]) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`,
  );
  return Object.entries(directives([...new Set(hashes)]))
    .map(([name, values]) => `${name} ${values.join(" ")}`)
    .join("; ");
}

function directives(scriptHashes: readonly string[]): Record<string, string[]> {
  return {
    "default-src": ["'self'"],
    "script-src": ["'self'", ...scriptHashes],
    "script-src-attr": ["'none'"],
    // KaTeX and highlighted code set styles on elements.
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:"],
    "font-src": ["'self'", "data:"],
    "connect-src": ["'self'"],
    "object-src": ["'none'"],
    "base-uri": ["'self'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
  };
}
