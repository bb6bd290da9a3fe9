import type { Citation, ParsedDocument } from "@zixue/rag";
import type { Words } from "./words.ts";

/** Where a citation stands, for a reader: file, headings, and page or line where the format has one. */
export function placeOf(
  citation: Citation,
  documents: ReadonlyMap<string, ParsedDocument>,
  words: Words,
): string {
  const document = documents.get(citation.documentId);
  const block = document?.blocks.find(({ id }) => id === citation.blockId);
  const page = citation.page ?? block?.page;
  const position =
    page !== undefined
      ? words.page(page)
      : document && block && isText(document.id)
        ? words.line(lineAt(document.content, block.start))
        : "";
  return [citation.documentId, ...citation.headingPath, position].filter((part) => part !== "").join(" › ");
}

/** Offsets of these formats are those of the file itself. */
function isText(fileName: string): boolean {
  return /\.(md|markdown|txt|html?)$/i.test(fileName);
}

function lineAt(content: string, offset: number): number {
  return content.slice(0, offset).split(/\r\n|\r|\n/).length;
}
