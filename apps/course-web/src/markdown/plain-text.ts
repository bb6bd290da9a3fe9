import type MarkdownIt from "markdown-it";

/**
 * Makes a page inert for Vue: VitePress compiles pages as templates, so a `{{ }}` in prose would run. Raw HTML is
 * already off; `v-pre` keeps the compiler away from the rest.
 */
export function plainText(md: MarkdownIt): void {
  const render = md.render.bind(md);
  md.render = (source, env) => `<div v-pre>\n${render(source, env)}</div>\n`;
}
