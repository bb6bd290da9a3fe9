import type { Citation } from "@zixue/rag";
import MarkdownIt from "markdown-it";

const markdown = new MarkdownIt({ html: false, linkify: false, breaks: false });
// Answers quote chapters; a picture in a quote would load from wherever its text says.
markdown.disable("image");
markdown.validateLink = (url) => /^(https?:\/\/|\/|#)/i.test(url.trim());

/**
 * An answer's Markdown as safe HTML: raw HTML is escaped, links go only to http(s) or this site, and each `[n]` becomes
 * a link to its paragraph. Formulas are set by KaTeX once {@link loadFormulas} has brought it.
 */
export function renderAnswer(text: string, citations: readonly Citation[]): string {
  const html = markdown.render(text);
  // Code is matched first and left as it is: `row[1]` in a program is no citation.
  return html.replace(/<(pre|code)\b[\s\S]*?<\/\1>|\[(\d{1,3})\]/g, (mark, _code, digits?: string) => {
    const citation = digits && citations.find(({ marker }) => marker === Number(digits));
    if (!citation) return mark;
    const state = citation.supported ? "supported" : "unsupported";
    const title = escapeAttribute(`${citation.headingPath.join(" › ")}\n${citation.quote}`);
    return `<a class="cite ${state}" data-marker="${digits}" href="${escapeAttribute(citation.url ?? "#")}" title="${title}">${digits}</a>`;
  });
}

let formulas: Promise<void> | undefined;

/** Brings KaTeX the first time an answer holds a formula; pages without one never load it. */
export function loadFormulas(): Promise<void> {
  formulas ??= import("@mdit/plugin-katex").then(({ katex }) => {
    markdown.use(katex, { throwOnError: false });
  });
  return formulas;
}

export function hasFormula(text: string): boolean {
  return /\$[^$\n]+\$|\$\$/.test(text);
}

function escapeAttribute(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
