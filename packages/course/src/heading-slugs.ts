import type { Heading } from "mdast";
import { textOfNode } from "./markdown-tree.ts";

/**
 * The addresses of headings on the site, as VitePress makes them: accents and control characters dropped, marks and
 * spaces as `-`, lower case, a leading digit after `_`, a repeat with `-1`, `-2`, … A heading that ends in `{#id}` has
 * that id.
 */
export function headingSlugs(headings: readonly Heading[]): string[] {
  const used = new Map<string, number>();
  return headings.map((heading) => {
    const text = textOfNode(heading).trim();
    const own = /\{#([^\s{}]+)\}$/.exec(text)?.[1];
    const slug = own ?? slugOf(text);
    const count = used.get(slug) ?? 0;
    used.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}

function slugOf(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/[\u0300-\u036F]/g, "")
    .replace(/[\u0000-\u001f]/g, "")
    .replace(/[\s~`!@#$%^&*()\-_+=[\]{}|\\;:"'“”‘’<>,.?/]+/g, "-")
    .replace(/-{2,}/g, "-")
    .replace(/^-+|-+$/g, "")
    .replace(/^(\d)/, "_$1")
    .toLowerCase();
}
