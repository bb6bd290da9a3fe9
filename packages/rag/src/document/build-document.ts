import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Block, BlockKind, Metadata, ParsedDocument } from "./document.ts";

/** A block as a parser found it: no id and no heading path yet. Blocks come in document order. */
export interface FoundBlock {
  readonly kind: BlockKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly page?: number;
  readonly language?: string;
  /** 1–6; required for a heading. */
  readonly depth?: number;
}

/** What every parser hands over to `buildDocument`. */
export interface DocumentParts {
  readonly id: string;
  readonly title: string;
  readonly content: string;
  readonly blocks: readonly FoundBlock[];
  readonly metadata?: Metadata | undefined;
  readonly url?: string | undefined;
}

/**
 * Gives blocks their ids and heading paths, and the document its hash. Blocks without text are left out: nothing can
 * be cited from them.
 *
 * The first level-1 heading that says the title is left out of heading paths, since the title is kept beside them.
 */
export function buildDocument(parts: DocumentParts): ParsedDocument {
  const { id, title, content, metadata = {}, url } = parts;
  const repeats = new Map<string, number>();
  const above: { depth: number; text: string }[] = [];
  let titleSeen = false;
  const blocks: Block[] = [];

  for (const given of parts.blocks) {
    if (given.text.trim() === "") continue;
    const found = { ...given, ...withoutOuterSpace(content, given.start, given.end) };
    if (found.kind === "heading") {
      const depth = found.depth ?? 1;
      while (above.length > 0 && above[above.length - 1]!.depth >= depth) above.pop();
      blocks.push(withId(found, headingPath(above)));
      if (depth === 1 && !titleSeen && saysTitle(found.text, title)) titleSeen = true;
      else above.push({ depth, text: found.text });
    } else {
      blocks.push(withId(found, headingPath(above)));
    }
  }

  const base = { id, title, content, blocks, metadata, ...(url === undefined ? {} : { url }) };
  return { ...base, hash: contentHash(JSON.stringify({ ...base, metadata: sorted(metadata) })) };

  function withId(found: FoundBlock, path: readonly string[]): Block {
    const hash = contentHash(normalizeForId(found.text)).slice(0, 8);
    const ordinal = (repeats.get(hash) ?? 0) + 1;
    repeats.set(hash, ordinal);
    return { ...found, id: `${id}#${hash}${ordinal === 1 ? "" : `-${ordinal}`}`, headingPath: path };
  }
}

/** SHA-256 of a string's UTF-8 bytes in hex. Synchronous, so that it serves a browser as it serves Node. */
export function contentHash(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}

/** `[start, end)` without the whitespace at its ends. */
export function withoutOuterSpace(
  content: string,
  start: number,
  end: number,
): { readonly start: number; readonly end: number } {
  const isSpace = (at: number) => /\s/.test(content[at]!);
  while (start < end && isSpace(start)) start++;
  while (end > start && isSpace(end - 1)) end--;
  return { start, end };
}

/** A heading or title on one line: whitespace folded, ends trimmed. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

// NFKC and folded whitespace: a re-wrapped paragraph or a full-width digit keeps its id.
function normalizeForId(text: string): string {
  return oneLine(text.normalize("NFKC"));
}

function headingPath(above: readonly { text: string }[]): string[] {
  return above.map((heading) => heading.text);
}

// "1.3 大语言模型，大在哪？" says the title "大语言模型,大在哪?".
function saysTitle(heading: string, title: string): boolean {
  const a = normalizeForId(heading).toLowerCase();
  const b = normalizeForId(title).toLowerCase();
  return b !== "" && (a.includes(b) || b.includes(a));
}

function sorted(metadata: Metadata): Metadata {
  return Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
