import path from "node:path";
import type { UserConfig } from "vitepress";

type Plugin = Extract<NonNullable<NonNullable<UserConfig["vite"]>["plugins"]>[number], { name: string }>;

/** Lets pages that stand outside this package import what it depends on (`vue`), as if they stood inside. */
export function resolveFromSite(pages: string, site: string): Plugin {
  return {
    name: "resolve-from-site",
    enforce: "pre",
    resolveId(source, importer) {
      const fromPage = importer?.startsWith(pages + path.sep) === true;
      return fromPage && /^vue($|\/)/.test(source)
        ? this.resolve(source, path.join(site, "package.json"))
        : null;
    },
  };
}
