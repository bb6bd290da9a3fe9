import { eastAsianWidth } from "get-east-asian-width";

/** Columns that a text takes on a terminal: two for a Chinese character. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) {
    if (!/\p{M}/u.test(character)) width += eastAsianWidth(character.codePointAt(0) ?? 0);
  }
  return width;
}

/** The text in exactly so many columns, cut with an ellipsis or filled with spaces. */
export function fit(text: string, width: number, ellipsis: string, align: "left" | "right" = "left"): string {
  const cut = widthOf(text) > width ? cutTo(text, width, ellipsis) : text;
  const padding = " ".repeat(Math.max(0, width - widthOf(cut)));
  return align === "left" ? cut + padding : padding + cut;
}

function cutTo(text: string, width: number, ellipsis: string): string {
  const room = width - widthOf(ellipsis);
  if (room <= 0) return ellipsis.slice(0, Math.max(0, width));
  let kept = "";
  let used = 0;
  for (const character of text) {
    used += widthOf(character);
    if (used > room) break;
    kept += character;
  }
  return kept + ellipsis;
}
