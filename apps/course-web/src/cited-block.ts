import type { Router } from "vitepress";

/** Marks and shows the paragraph that the address names (`#b-…`), on load, on navigation and when the hash changes. */
export function highlightCitedBlock(router: Router): void {
  const show = (): void => {
    for (const marked of document.querySelectorAll(".block.cited")) marked.classList.remove("cited");
    const id = decodeURIComponent(location.hash.slice(1));
    if (!id.startsWith("b-")) return;
    const block = document.getElementById(id);
    if (!block) return;
    block.classList.add("cited");
    block.setAttribute("tabindex", "-1");
    block.focus({ preventScroll: true });
    block.scrollIntoView({ block: "center" });
  };
  // The page's content is put in place after the route has changed.
  const later = (): void => void setTimeout(show, 100);
  const previous = router.onAfterRouteChange;
  router.onAfterRouteChange = async (to) => {
    await previous?.(to);
    later();
  };
  addEventListener("hashchange", later);
  addEventListener("load", later);
}
