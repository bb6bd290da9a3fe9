import { RagError } from "../errors.ts";
import { decodeText, htmlCharset } from "./decode-text.ts";
import type { ParsedDocument } from "./document.ts";
import { parseDocx } from "./docx.ts";
import { parseHtml } from "./html.ts";
import { parseMarkdown } from "./markdown.ts";
import { parsePdf } from "./pdf.ts";
import type { SourceBytes } from "./source-bytes.ts";
import type { SourceText } from "./source-text.ts";
import { parseText } from "./text.ts";

export type DocumentFormat = "markdown" | "text" | "html" | "pdf" | "docx";

const FORMATS: Readonly<Record<string, DocumentFormat>> = {
  md: "markdown",
  markdown: "markdown",
  txt: "text",
  html: "html",
  htm: "html",
  pdf: "pdf",
  docx: "docx",
};

/** The format that a file name says by its extension; `undefined` for one that cannot be read. */
export function formatOf(fileName: string): DocumentFormat | undefined {
  return FORMATS[/\.([a-z0-9]+)$/i.exec(fileName)?.[1]?.toLowerCase() ?? ""];
}

/**
 * Parses the bytes of a file by its format. Text is decoded by `decodeText`; an HTML page may name its own encoding.
 *
 * @param source.format Default: by the extension of `id`.
 * @param source.encoding For text formats whose encoding is known.
 * @throws RagError `unsupported-format`; `invalid-document` for a broken file, with its name and what to do; `aborted`.
 * @example
 * const document = await parseFile({ id: "手册/安装.pdf", bytes: await readFile("手册/安装.pdf") });
 */
export async function parseFile(
  source: SourceBytes & { readonly format?: DocumentFormat; readonly encoding?: string | undefined },
): Promise<ParsedDocument> {
  const { id, bytes, encoding } = source;
  const format = source.format ?? formatOf(id);
  switch (format) {
    case "pdf":
      return parsePdf(source);
    case "docx":
      return parseDocx(source);
    case "html": {
      const content = decodeText(bytes, { file: id, encoding: encoding ?? htmlCharset(bytes) });
      return parseHtml(textSource(source, content));
    }
    case "markdown":
      return parseMarkdown(textSource(source, decodeText(bytes, { file: id, encoding })));
    case "text":
      return parseText(textSource(source, decodeText(bytes, { file: id, encoding })));
    default:
      throw new RagError(
        "unsupported-format",
        `${id} is in a format that cannot be read. Readable are .md, .markdown, .txt, .html, .htm, .pdf and .docx; ` +
          "convert the file to one of them.",
        { details: { file: id } },
      );
  }
}

function textSource(source: SourceBytes, content: string): SourceText {
  const { id, title, url, metadata } = source;
  return { id, content, title, url, metadata };
}
