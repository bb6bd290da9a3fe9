import { Tokenizer, type TokenizerCallbacks } from "htmlparser2";
import { TextLayout } from "./text-layout.ts";

export interface PageText {
  readonly title: string;
  readonly text: string;
  /** True when the text was longer than `MAX_TEXT`. */
  readonly wasCut: boolean;
}

/**
 * The readable text of an HTML page: headings, paragraphs, lists, tables, preformatted text, and links with their
 * absolute address. Scripts, styles, navigation and hidden elements are left out.
 *
 * It works on the tokens, in one pass: building a tree takes quadratic time on pages that are made for it.
 */
export function htmlToText(html: string, url: URL): PageText {
  const layout = new TextLayout();
  let title = "";
  let inTitle = false;
  let tag = "";
  let attributes = new Map<string, string>();
  let attributeName = "";
  let attributeValue = "";
  let skipped: { readonly name: string; depth: number } | undefined;
  let link: { readonly href: string; readonly at: number } | undefined;
  let links = 0;

  const text = (value: string): void => {
    if (inTitle) title += value;
    else if (!skipped) layout.write(value);
  };
  const open = (): void => {
    if (skipped) {
      if (skipped.name === "nav" && CONTENT.has(tag)) skipped = undefined;
      else if (tag !== skipped.name) return;
      else if (ENDED_BY_NEXT.has(tag)) skipped = undefined;
      else return void skipped.depth++;
    }
    if (tag === "title") {
      inTitle = title === "";
      if (!inTitle) skipped = { name: tag, depth: 1 };
    } else if (SKIPPED.has(tag) || (!VOID.has(tag) && isHidden(attributes)))
      skipped = { name: tag, depth: 1 };
    else if (tag === "a") {
      const href = links < MAX_LINKS ? absolute(attributes.get("href"), url) : undefined;
      link = href === undefined ? undefined : { href, at: layout.length };
    } else if (tag === "img") {
      const alt = attributes.get("alt")?.trim();
      if (alt) layout.write(` [image: ${alt}] `);
    } else layout.open(tag);
  };
  const close = (name: string): void => {
    if (name === "title") inTitle = false;
    if (skipped) {
      if (skipped.name === name && --skipped.depth === 0) skipped = undefined;
    } else if (name === "a") {
      if (link && layout.length > link.at) {
        layout.write(` (${link.href})`);
        links++;
      }
      link = undefined;
    } else layout.close(name);
  };

  const slice = (start: number, end: number): string => html.slice(start, end);
  const callbacks: TokenizerCallbacks = {
    ontext: (start, end) => {
      text(slice(start, end));
      if (layout.length > MAX_TEXT) tokenizer.pause();
    },
    ontextentity: (codepoint) => text(String.fromCodePoint(codepoint)),
    onopentagname: (start, end) => {
      tag = slice(start, end).toLowerCase();
      attributes = new Map();
    },
    onopentagend: open,
    onselfclosingtag: open,
    onclosetag: (start, end) => close(slice(start, end).toLowerCase()),
    onattribname: (start, end) => {
      attributeName = slice(start, end).toLowerCase();
      attributeValue = "";
    },
    onattribdata: (start, end) => {
      attributeValue += slice(start, end);
    },
    onattribentity: (codepoint) => {
      attributeValue += String.fromCodePoint(codepoint);
    },
    onattribend: () => {
      if (READ_ATTRIBUTES.has(attributeName)) attributes.set(attributeName, attributeValue);
    },
    oncdata: () => {},
    oncomment: () => {},
    ondeclaration: () => {},
    onprocessinginstruction: () => {},
    onend: () => {},
  };
  const tokenizer = new Tokenizer({ decodeEntities: true }, callbacks);
  tokenizer.write(html);
  tokenizer.end();
  return {
    title: title.replace(/\s+/g, " ").trim(),
    text: layout.finish(),
    wasCut: layout.length > MAX_TEXT,
  };
}

/** Relative links become longer than they were, so a small page could make a large text. */
const MAX_TEXT = 1_000_000;
const MAX_LINKS = 5_000;
const MAX_HREF = 2_000;
const READ_ATTRIBUTES = new Set(["href", "alt", "hidden", "style", "aria-hidden"]);
const SKIPPED = new Set([
  "script",
  "style",
  "noscript",
  "template",
  "svg",
  "nav",
  "iframe",
  "object",
  "canvas",
  "audio",
  "video",
  "select",
  "datalist",
]);
const VOID = new Set([
  "area",
  "base",
  "br",
  "col",
  "embed",
  "hr",
  "img",
  "input",
  "link",
  "meta",
  "source",
  "wbr",
]);
/** A navigation that was never closed must not swallow the page. */
const CONTENT = new Set(["main", "article", "h1"]);
/** Elements whose end tag is mostly left out: the next one ends them. */
const ENDED_BY_NEXT = new Set(["p", "li", "dt", "dd", "tr", "td", "th"]);

function isHidden(attributes: ReadonlyMap<string, string>): boolean {
  if (attributes.size === 0) return false;
  const style = attributes.get("style") ?? "";
  return (
    attributes.has("hidden") ||
    attributes.get("aria-hidden") === "true" ||
    /display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])/i.test(style)
  );
}

function absolute(href: string | undefined, base: URL): string | undefined {
  const trimmed = href?.trim();
  if (!trimmed || trimmed.startsWith("#") || trimmed.length > MAX_HREF) return undefined;
  if (!URL.canParse(trimmed, base.href)) return undefined;
  const url = new URL(trimmed, base);
  return url.protocol === "http:" || url.protocol === "https:" ? url.href : undefined;
}
