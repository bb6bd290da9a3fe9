import { throwIfAborted } from "../abort.ts";
import { RagError } from "../errors.ts";
import { buildDocument, oneLine } from "./build-document.ts";
import type { ParsedDocument } from "./document.ts";
import { layOut } from "./extracted-text.ts";
import { htmlBlocks } from "./html-blocks.ts";
import type { SourceBytes } from "./source-bytes.ts";
import { titleOfId } from "./title-of-id.ts";

// Word stores "heading 1" whatever its language; other programs write the Chinese names.
const STYLES = [
  "p[style-name='Title'] => h1:fresh",
  "p[style-name='标题'] => h1:fresh",
  ...[1, 2, 3, 4, 5, 6].map((depth) => `p[style-name='标题 ${depth}'] => h${depth}:fresh`),
  "p[style-name='Quote'] => blockquote > p:fresh",
  "p[style-name='Intense Quote'] => blockquote > p:fresh",
];

/**
 * Parses a Word file (.docx) into blocks by its styles: headings, paragraphs, lists, tables; the alternative text of
 * images. `content` is the extracted text. The title is the argument's, else the first level-1 heading, else the file
 * name. Equations of Word's own editor are not read. Loads the Word reader when first called.
 *
 * @throws RagError `invalid-document` when the file is no readable .docx (broken, encrypted, an old .doc); `aborted`.
 * @example
 * const document = await parseDocx({ id: "notes.docx", bytes: await readFile("notes.docx") });
 */
export async function parseDocx(source: SourceBytes): Promise<ParsedDocument> {
  const { id, bytes, signal } = source;
  const aborted = `Reading ${id} was cancelled.`;
  throwIfAborted(signal, aborted);
  if (bytes.length === 0) throw invalid(id, "is empty. Put the document's content back or remove the file.");
  // The old container format: .doc, and .docx with a password.
  if (bytes[0] === 0xd0 && bytes[1] === 0xcf && bytes[2] === 0x11 && bytes[3] === 0xe0) {
    throw invalid(id, "is an old .doc or has a password. Save it as .docx without a password.");
  }
  const [{ default: mammoth }, { parse }] = await Promise.all([import("mammoth"), import("parse5")]);
  let html: string;
  try {
    const converted = await mammoth.convertToHtml(inputOf(bytes), {
      styleMap: STYLES,
      // Pictures are not text: only their alternative text is kept.
      convertImage: mammoth.images.imgElement(async () => ({ src: "" })),
    });
    html = converted.value;
  } catch (cause) {
    throw invalid(
      id,
      "cannot be read as a Word file (.docx). Open it in an editor and save it again.",
      cause,
    );
  }
  throwIfAborted(signal, aborted);
  const { content, blocks } = layOut(htmlBlocks(parse(html, { sourceCodeLocationInfo: true }), true));
  const heading = blocks.find((block) => block.kind === "heading" && block.depth === 1)?.text ?? "";
  const title = [source.title ?? "", heading, titleOfId(id)].map(oneLine).find((text) => text !== "");
  const { url, metadata } = source;
  return buildDocument({ id, title: title ?? "", content, blocks, url, metadata });
}

// The Node build reads `buffer` (any byte array will do), the browser build `arrayBuffer`.
function inputOf(bytes: Uint8Array): { buffer: Buffer; arrayBuffer: ArrayBuffer } {
  const copy = new Uint8Array(bytes);
  return { buffer: copy as Buffer, arrayBuffer: copy.buffer };
}

function invalid(id: string, reason: string, cause?: unknown): RagError {
  return new RagError("invalid-document", `${id} ${reason}`, { cause, details: { file: id } });
}
