export type { Block, BlockKind, Metadata, MetadataValue, ParsedDocument } from "./document/document.ts";
export { blockAnchor, blockUrl } from "./document/document.ts";
export { parseFrontMatter } from "./document/front-matter.ts";
export { parseMarkdown } from "./document/markdown.ts";
export type { SourceText } from "./document/source-text.ts";
