import path from "node:path";
import type MarkdownIt from "markdown-it";

/**
 * A link to a section that is in the outline but not written yet becomes plain text with a note, where it would
 * otherwise lead nowhere.
 *
 * @param planned files of such sections, relative to the pages' root: `course/12-agent/01-agent-basics.md`
 */
export function plannedLinks(md: MarkdownIt, planned: ReadonlySet<string>, note: string): void {
  md.core.ruler.push("planned-links", (state) => {
    const page = (state.env as { relativePath?: string }).relativePath ?? "";
    for (const { children } of state.tokens) {
      let inside = false;
      for (const token of children ?? []) {
        if (token.type === "link_open" && planned.has(targetOf(token.attrGet("href") ?? "", page))) {
          inside = true;
          token.type = "planned_link_open";
          token.tag = "span";
          token.attrs = [
            ["class", "planned"],
            ["title", note],
          ];
        } else if (token.type === "link_close" && inside) {
          inside = false;
          token.type = "planned_link_close";
          token.tag = "span";
        }
      }
    }
  });
}

/** File that a relative link means, without query and hash. */
function targetOf(href: string, page: string): string {
  const [file = ""] = href.split(/[?#]/);
  if (file === "" || /^[a-z][a-z+.-]*:/i.test(file)) return "";
  const target = file.startsWith("/") ? file.slice(1) : path.posix.join(path.posix.dirname(page), file);
  return decodeURI(target.replace(/(?:\.html|\.md)?$/, ".md"));
}
