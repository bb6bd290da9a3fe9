import { blockAnchor, parseMarkdown } from "@zixue/rag";
import type MarkdownIt from "markdown-it";

interface Rendered {
  /** Markdown without its front matter, as the renderer hands it on. */
  content?: string;
  relativePath?: string;
}

/**
 * Wraps every block of a page in `<div id="b-<hash>">`, the ids that citations carry, so that `page#b-<hash>` opens the
 * exact paragraph. Blocks are found by the parser that the index is built with, and matched by their first line.
 */
export function blockAnchors(md: MarkdownIt): void {
  md.core.ruler.push("block-anchors", (state) => {
    const env = state.env as Rendered;
    const anchors = anchorsByLine(state.src, env.relativePath ?? "page");
    const tokens: typeof state.tokens = [];
    let open = "";
    for (const token of state.tokens) {
      const anchor =
        token.level === 0 && token.nesting >= 0 && token.map ? anchors.get(token.map[0]) : undefined;
      if (anchor !== undefined && open === "") {
        tokens.push(html(state, `<div class="block" id="${anchor}">\n`));
        open = token.nesting === 1 ? token.type.replace(/_open$/, "_close") : token.type;
      }
      tokens.push(token);
      if (open !== "" && token.level === 0 && token.type === open && token.nesting <= 0) {
        tokens.push(html(state, "</div>\n"));
        open = "";
      }
    }
    state.tokens = tokens;
  });
}

type State = Parameters<Parameters<MarkdownIt["core"]["ruler"]["push"]>[1]>[0];

function html(state: State, content: string): State["tokens"][number] {
  const token = new state.Token("html_block", "", 0);
  token.content = content;
  return token;
}

/** Line on which each block begins (from 0) → its anchor. */
function anchorsByLine(content: string, id: string): Map<number, string> {
  const lineStarts = [0, ...[...content.matchAll(/\n/g)].map((match) => match.index + 1)];
  const anchors = new Map<number, string>();
  let line = 0;
  for (const block of parseMarkdown({ id, content }).blocks) {
    while (line + 1 < lineStarts.length && lineStarts[line + 1]! <= block.start) line++;
    anchors.set(line, blockAnchor(block.id));
  }
  return anchors;
}
