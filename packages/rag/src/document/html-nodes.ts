import type { DefaultTreeAdapterTypes } from "parse5";

export type HtmlNode = DefaultTreeAdapterTypes.Node;
export type HtmlElement = DefaultTreeAdapterTypes.Element;

export function isElement(node: HtmlNode): node is HtmlElement {
  return "tagName" in node;
}

export function childrenOf(node: HtmlNode): HtmlNode[] {
  return "childNodes" in node ? node.childNodes : [];
}

export function attribute(element: HtmlElement, name: string): string | undefined {
  return element.attrs.find((attr) => attr.name === name)?.value;
}

/** Never text of the page. Form controls count: their labels are no prose. */
const UNREAD = new Set(
  "script style template noscript iframe object embed canvas svg audio video head nav dialog menu button select input textarea datalist map".split(
    " ",
  ),
);

/** True for what a reader does not see or does not read: scripts, navigation, hidden parts. */
export function isUnread(element: HtmlElement): boolean {
  if (UNREAD.has(element.tagName)) return true;
  const role = attribute(element, "role") ?? "";
  return (
    role === "navigation" ||
    attribute(element, "hidden") !== undefined ||
    attribute(element, "aria-hidden") === "true" ||
    /(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)/i.test(attribute(element, "style") ?? "")
  );
}

/** The first element in document order that passes the test. */
export function findElement(
  root: HtmlNode,
  test: (element: HtmlElement) => boolean,
): HtmlElement | undefined {
  // A stack of our own: hostile pages nest deeper than the call stack.
  const stack: HtmlNode[] = [root];
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (isElement(node)) {
      if (test(node)) return node;
    }
    stack.push(...childrenOf(node).slice().reverse());
  }
  return undefined;
}
