import { buildDocument, type FoundBlock, oneLine } from "./build-document.ts";
import type { ParsedDocument } from "./document.ts";
import { htmlBlocks } from "./html-blocks.ts";
import { attribute, childrenOf, findElement, type HtmlElement, isUnread } from "./html-nodes.ts";
import { htmlText } from "./html-text.ts";
import type { SourceText } from "./source-text.ts";
import { paragraphsOfText } from "./text.ts";
import { titleOfId } from "./title-of-id.ts";

/**
 * Parses an HTML page into the blocks of its readable part: `<main>`, else the only `<article>`, else the body without
 * page header, footer and asides. Scripts, styles, navigation, forms' controls and hidden elements are left out.
 * Offsets refer to the HTML source. The title is the argument's, else the only `<h1>`, else `<title>`, else the id.
 *
 * Takes any string. Loads the HTML parser when first called.
 *
 * @example
 * const document = await parseHtml({ id: "page.html", content: "<main><h1>涌现</h1><p>正文。</p></main>" });
 */
export async function parseHtml(source: SourceText): Promise<ParsedDocument> {
  const { parse } = await import("parse5");
  const { content } = source;
  let blocks: FoundBlock[];
  let pageTitle = "";
  try {
    const page = parse(content, { sourceCodeLocationInfo: true });
    const title = findElement(page, (element) => element.tagName === "title");
    pageTitle = title === undefined ? "" : htmlText(childrenOf(title));
    const root = readablePart(page);
    blocks = htmlBlocks(root ?? page, root !== undefined);
    // An empty <main> is filled by a script; what else the page says is better than nothing.
    if (blocks.length === 0) blocks = htmlBlocks(page, false);
    if (blocks.length === 0) blocks = htmlBlocks(page, true);
  } catch (error) {
    // Tags nested tens of thousands deep exhaust the stack: read the text between tags.
    if (!(error instanceof RangeError)) throw error;
    blocks = paragraphsOfText(content.replace(/<[^<>]*>/g, (tag) => " ".repeat(tag.length)));
  }
  const main = blocks.filter((block) => block.kind === "heading" && block.depth === 1);
  const heading = main.length === 1 ? main[0]!.text : "";
  const title = [source.title ?? "", heading, pageTitle, titleOfId(source.id)]
    .map(oneLine)
    .find((text) => text !== "");
  return buildDocument({ ...source, title: title ?? "", blocks });
}

function readablePart(page: Parameters<typeof findElement>[0]): HtmlElement | undefined {
  const main = findElement(
    page,
    (element) => (element.tagName === "main" || attribute(element, "role") === "main") && !isUnread(element),
  );
  if (main !== undefined) return main;
  const articles: HtmlElement[] = [];
  findElement(page, (element) => {
    if (element.tagName === "article" && !isUnread(element)) articles.push(element);
    return articles.length > 1;
  });
  return articles.length === 1 ? articles[0] : undefined;
}
