import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = import.meta.dirname;
const source = resolve(here, "../../src");
const lexiconFile = fileURLToPath(import.meta.resolve("@zixue/lexicon")).replace(
  /src[\\/]index\.ts$/,
  "data/lexicon.bin",
);
const naughtyStrings = resolve(here, "../../../../../shared/eval/blns/strings.jsonl");
const requireByVitest = createRequire(createRequire(import.meta.url).resolve("vitest/package.json"));

/** What of vite is used here: it comes with vitest. */
interface Bundler {
  build(
    options: object,
  ): Promise<{ output: { fileName: string; code?: string; source?: string | Uint8Array }[] }>;
}

/**
 * Bundles test files with `browser.ts` for a page and serves them on a free port of this machine. `index.ts` becomes
 * the browser entry with a `createRagPipeline` made of it; a test file that takes anything else does not build.
 */
export async function servePage(
  testFiles: readonly string[],
): Promise<{ url: string; close(): Promise<void> }> {
  const { build } = (await import(pathToFileURL(requireByVitest.resolve("vite")).href)) as Bundler;
  const { output } = await build({
    configFile: false,
    root: here,
    logLevel: "error",
    plugins: [pagePlugin(testFiles)],
    build: {
      write: false,
      minify: false,
      target: "esnext",
      assetsInlineLimit: 0,
      modulePreload: false,
      rolldownOptions: {
        // A test file exports nothing: all it does is a side effect.
        treeshake: false,
        input: resolve(here, "page.ts"),
        output: { entryFileNames: "page.js" },
      },
    },
  });
  const files = new Map(
    output.map(({ fileName, code, source: asset }) => [`/${fileName}`, code ?? asset ?? ""]),
  );
  const server = createServer((request, response) => {
    const path = (request.url ?? "/").split("?")[0]!;
    const body =
      path === "/"
        ? '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>'
        : path === "/lexicon.bin"
          ? readFileSync(lexiconFile)
          : files.get(path);
    if (body === undefined) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": contentType(path) }).end(body);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => new Promise((done) => server.close(() => done())),
  };
}

function contentType(path: string): string {
  if (path === "/") return "text/html; charset=utf-8";
  return path.endsWith(".js") ? "text/javascript; charset=utf-8" : "application/octet-stream";
}

function pagePlugin(testFiles: readonly string[]): object {
  const virtual: Readonly<Record<string, string>> = {
    "vitest/page-tests": `export const tests = { ${testFiles
      .map((name) => `${JSON.stringify(name)}: () => import(${JSON.stringify(resolve(here, "..", name))})`)
      .join(", ")} };`,
    "page:index": `export * from ${JSON.stringify(resolve(source, "browser.ts"))};
export { createRagPipeline } from ${JSON.stringify(resolve(here, "page-pipeline.ts"))};`,
    "page:fs": `const text = ${JSON.stringify(existsSync(naughtyStrings) ? readFileSync(naughtyStrings, "utf8") : null)};
const known = (file) => { if (!/strings[^/]*\\.jsonl$/.test(String(file))) throw new Error("no file in a page: " + file); return text; };
export const existsSync = (file) => known(file) !== null;
export const readFileSync = known;`,
  };
  return {
    name: "page",
    enforce: "pre",
    resolveId(name: string, importer?: string) {
      if (name === "vitest") return resolve(here, "page-vitest.ts");
      if (name === "vitest/page-runner" || name === "vitest/page-expect")
        return requireByVitest.resolve(name.replace("vitest/page-", "@vitest/"));
      if (name === "node:fs" && importer?.startsWith(resolve(here, ".."))) return "\0page:fs";
      if (name.endsWith("/src/index.ts") && name.startsWith(".")) return "\0page:index";
      return name in virtual ? `\0${name}` : undefined;
    },
    /** Parts that Node alone has stay outside: loading one in the page fails. */
    resolveDynamicImport(name: unknown, importer: string) {
      return importer.startsWith(source) ? { id: String(name), external: true } : undefined;
    },
    load: (id: string) => (id.startsWith("\0") ? virtual[id.slice(1)] : undefined),
  };
}
