import type { HelperDelegate, HelperOptions } from "handlebars";
import { untrusted } from "../untrusted.ts";

/** Roles that a template may open. Tool results come in through the history, which carries their call ids. */
export const ROLES = ["system", "user", "model"] as const;
export type Role = (typeof ROLES)[number];

/** Every helper that a template may call: those of the dotprompt format, Handlebars' own, and `untrusted`. */
export const HELPER_NAMES: ReadonlySet<string> = new Set([
  "if",
  "unless",
  "each",
  "with",
  "lookup",
  "role",
  "history",
  "section",
  "media",
  "json",
  "ifEquals",
  "unlessEquals",
  "untrusted",
]);

/** What one rendering shares with its helpers. */
export interface RenderState {
  /** Random for each rendering, so that no input can forge a role, a medium or the place of the history. */
  readonly nonce: string;
  /** Set when something was fenced: the messages then need the note that explains the fences. */
  fenced: boolean;
}

/** What stands in the rendered text where a message, a medium or the history begins. */
export type Marker =
  | { readonly kind: "role"; readonly role: Role }
  | { readonly kind: "history" }
  | { readonly kind: "section"; readonly name: string }
  | { readonly kind: "media"; readonly url: string; readonly contentType?: string };

/** Splits rendered text at its markers. */
export function splitAtMarkers(rendered: string, nonce: string): (string | Marker)[] {
  return rendered
    .split(new RegExp(`\\[${nonce} ([^\\]]*)\\]`))
    .map((piece, index) => (index % 2 === 0 ? piece : (JSON.parse(decodeURIComponent(piece)) as Marker)));
}

export const HELPERS: Readonly<Record<string, HelperDelegate>> = {
  role: (role: string, options: HelperOptions) => mark(options, { kind: "role", role: role as Role }),
  history: (options: HelperOptions) => mark(options, { kind: "history" }),
  section: (name: string, options: HelperOptions) => mark(options, { kind: "section", name: String(name) }),
  media: (options: HelperOptions) => {
    const { url, contentType } = options.hash as { url?: unknown; contentType?: unknown };
    const type = contentType === undefined ? {} : { contentType: String(contentType) };
    return mark(options, { kind: "media", url: String(url ?? ""), ...type });
  },
  json: (value: unknown, options: HelperOptions) =>
    JSON.stringify(value ?? null, null, (options.hash.indent as number | undefined) ?? 0),
  ifEquals(this: unknown, left: unknown, right: unknown, options: HelperOptions) {
    return left === right ? options.fn(this) : options.inverse(this);
  },
  unlessEquals(this: unknown, left: unknown, right: unknown, options: HelperOptions) {
    return left === right ? options.inverse(this) : options.fn(this);
  },
  untrusted(this: unknown, ...args: unknown[]) {
    const options = args.at(-1) as HelperOptions & { fn?: (context: unknown) => string };
    const value = args.length > 1 ? args[0] : options.fn?.(this).replace(/^\n|\n$/g, "");
    stateOf(options).fenced = true;
    const source: unknown = options.hash.source;
    return untrusted(value, typeof source === "string" ? { source } : {});
  },
};

function mark(options: HelperOptions, marker: Marker): string {
  // Percent-encoding keeps "]", which ends the marker, out of the payload.
  return `[${stateOf(options).nonce} ${encodeURIComponent(JSON.stringify(marker))}]`;
}

function stateOf(options: HelperOptions): RenderState {
  return (options.data as { zixue: RenderState }).zixue;
}
