import { throwIfAborted } from "../abort.ts";
import { RagError } from "../errors.ts";
import { buildDocument, type FoundBlock, oneLine } from "./build-document.ts";
import type { ParsedDocument } from "./document.ts";
import { layOut } from "./extracted-text.ts";
import { pdfBlocks } from "./pdf-blocks.ts";
import { type PdfLine, type PdfTextItem, pdfLines } from "./pdf-lines.ts";
import type { SourceBytes } from "./source-bytes.ts";
import { titleOfId } from "./title-of-id.ts";

/**
 * Parses a PDF into headings and paragraphs, each with its page. Lines are joined to paragraphs (Chinese without, others
 * with a space; words broken by a hyphen are mended), running headers, footers and page numbers dropped. `content` is
 * the extracted text. The title is the argument's, else the file's own, else the largest heading of page 1, else the
 * file name. Loads the PDF reader when first called.
 *
 * @throws RagError `invalid-document` when the file is broken, has a password, or holds no text (a scan); `aborted`.
 * @example
 * const document = await parsePdf({ id: "paper.pdf", bytes: await readFile("paper.pdf") });
 * document.blocks[0]?.page; // 1
 */
export async function parsePdf(source: SourceBytes): Promise<ParsedDocument> {
  const { id, signal, url, metadata } = source;
  const { pages, ownTitle } = await readPages(source);
  throwIfAborted(signal, `Reading ${id} was cancelled.`);
  const found = pdfBlocks(pages);
  if (found.length === 0) {
    throw invalid(
      id,
      "holds no text: its pages are probably scanned pictures. Run text recognition (OCR) on it first.",
    );
  }
  const { content, blocks } = layOut(found);
  const largest = blocks
    .filter((block) => block.kind === "heading" && block.page === 1)
    .reduce<FoundBlock | undefined>(
      (best, block) => (block.depth! < (best?.depth ?? 7) ? block : best),
      undefined,
    );
  const title = [source.title ?? "", ownTitle, largest?.text ?? "", titleOfId(id)]
    .map(oneLine)
    .find((text) => text !== "");
  return buildDocument({ id, title: title ?? "", content, blocks, url, metadata });
}

async function readPages(source: SourceBytes): Promise<{ pages: PdfLine[][]; ownTitle: string }> {
  const { id, bytes, signal } = source;
  const aborted = `Reading ${id} was cancelled.`;
  throwIfAborted(signal, aborted);
  if (bytes.length === 0) throw invalid(id, "is empty. Put the document's content back or remove the file.");
  const { getDocumentProxy } = await import("unpdf");
  try {
    // The reader takes the bytes over, so it gets a copy.
    const pdf = await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0 });
    try {
      const pages: PdfLine[][] = [];
      for (let number = 1; number <= pdf.numPages; number++) {
        throwIfAborted(signal, aborted);
        const page = await pdf.getPage(number);
        const { items } = (await page.getTextContent()) as {
          items: readonly (PdfTextItem | { type: string })[];
        };
        pages.push(
          pdfLines(
            items.filter((item) => "str" in item),
            number,
          ),
        );
        page.cleanup();
      }
      const { info } = (await pdf.getMetadata()) as { info?: { Title?: unknown } };
      return { pages, ownTitle: usableTitle(info?.Title) };
    } finally {
      await pdf.loadingTask.destroy();
    }
  } catch (cause) {
    if (cause instanceof RagError) throw cause;
    if ((cause as { name?: string }).name === "PasswordException") {
      throw invalid(id, "has a password. Save a copy without one.", cause);
    }
    throw invalid(
      id,
      "cannot be read as a PDF: the file is broken or cut off. Export or download it again.",
      cause,
    );
  }
}

// Producers fill in file names and placeholders.
function usableTitle(title: unknown): string {
  if (typeof title !== "string") return "";
  const poor =
    /^(?:untitled|about:blank|无标题|microsoft word\b|slide 1$)|\.(?:docx?|pptx?|tex|dvi|indd|pdf|html?|xlsx?)$/i;
  return title.trim().length < 2 || poor.test(title.trim()) ? "" : title.trim();
}

function invalid(id: string, reason: string, cause?: unknown): RagError {
  return new RagError("invalid-document", `${id} ${reason}`, { cause, details: { file: id } });
}
