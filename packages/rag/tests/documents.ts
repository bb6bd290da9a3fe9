import { createHash } from "node:crypto";
import type { Chunk, ParsedDocument } from "../src/index.ts";
import { testChunk } from "./chunk-index.contract.ts";

/** A parsed document of some paragraphs, for tests that are not about parsing. */
export function parsedDocument(id: string, paragraphs: readonly string[]): ParsedDocument {
  const content = paragraphs.join("\n\n");
  const hash = createHash("sha256").update(content).digest("hex");
  return { id, title: `文档 ${id}`, content, blocks: [], metadata: {}, hash };
}

/** One chunk a paragraph. */
export function splitParagraphs(document: ParsedDocument): Chunk[] {
  return document.content
    .split("\n\n")
    .filter((text) => text !== "")
    .map((text, ordinal) => testChunk(`${document.id}@${ordinal}`, text, { ordinal, title: document.title }));
}
