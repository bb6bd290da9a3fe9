import { existsSync, readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import path from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "..");

/** Which of our packages each may import. Everything else of ours is forbidden. */
const ARROWS: Record<string, readonly string[]> = {
  "@zixue/models": [],
  "@zixue/lexicon": [],
  "@zixue/testkit": [],
  "create-zixue-app": [],
  "@zixue/prompts": ["@zixue/models"],
  "@zixue/rag": ["@zixue/lexicon", "@zixue/models", "@zixue/prompts"],
  "@zixue/agent": ["@zixue/models", "@zixue/prompts"],
  "@zixue/course": ["@zixue/rag"],
};
const TOP_LAYER = [
  "@zixue/course",
  "@zixue/agent",
  "@zixue/rag",
  "@zixue/prompts",
  "@zixue/models",
  "@zixue/lexicon",
  "@zixue/course-bot",
];

/** Entries whose whole import graph must run in a browser. */
const BROWSER_ENTRIES = [
  "packages/rag/src/browser.ts",
  "packages/models/src/tokens.ts",
  "packages/lexicon/src/browser.ts",
];

interface Manifest {
  name: string;
  exports?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

const packages = ["packages", "apps", "examples", "examples/labs", "."].flatMap((group) =>
  (group === "."
    ? ["benchmarks"]
    : existsSync(path.join(ROOT, group))
      ? readdirSync(path.join(ROOT, group))
      : []
  )
    .map((name) => path.join(ROOT, group, name))
    .filter((folder) => existsSync(path.join(folder, "package.json")))
    .map((folder) => ({
      folder,
      manifest: JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as Manifest,
    })),
);

describe.each(packages.map((entry) => [path.relative(ROOT, entry.folder), entry] as const))(
  "%s",
  (_name, entry) => {
    const { folder, manifest } = entry;
    const sources = sourceFiles(folder).map((file) => ({ file, imports: importsOf(file) }));

    it("imports only what the architecture allows", () => {
      const allowed = ARROWS[manifest.name] ?? TOP_LAYER;
      const wrong = sources.flatMap(({ file, imports }) =>
        imports
          .map(({ specifier }) => packageName(specifier))
          .filter((name) => name?.startsWith("@zixue/") && name !== manifest.name)
          .filter((name) => !allowed.includes(name!) && !(name === "@zixue/testkit" && mayUseTestkit(file)))
          .map((name) => `${path.relative(ROOT, file)} imports ${name}`),
      );
      expect(wrong).toEqual([]);
    });

    it("declares every dependency that it uses", () => {
      const runtime = {
        ...manifest.dependencies,
        ...manifest.peerDependencies,
        ...manifest.optionalDependencies,
      };
      const rootTools = Object.keys(
        (JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as Manifest).devDependencies ?? {},
      );
      const wrong = sources.flatMap(({ file, imports }) => {
        const declared = isTest(file)
          ? [...Object.keys({ ...runtime, ...manifest.devDependencies }), ...rootTools]
          : [
              ...Object.keys(runtime),
              ...(isBuildScript(file) ? Object.keys(manifest.devDependencies ?? {}) : []),
            ];
        return (
          imports
            // A package of types alone is declared under `@types/`.
            .filter(({ specifier, typeOnly }) => !(typeOnly && declared.includes(`@types/${specifier}`)))
            .map(({ specifier }) => packageName(specifier))
            .filter(
              (name): name is string =>
                name !== undefined && name !== manifest.name && !declared.includes(name),
            )
            .map((name) => `${path.relative(ROOT, file)} uses ${name}`)
        );
      });
      expect([...new Set(wrong)]).toEqual([]);
    });

    it("does not reach into another package's files", () => {
      const wrong = sources
        .filter(({ file }) => !isTest(file))
        .flatMap(({ file, imports }) =>
          imports
            .filter(({ specifier }) => specifier.startsWith("."))
            .filter(
              ({ specifier }) => !path.resolve(path.dirname(file), specifier).startsWith(folder + path.sep),
            )
            .map(({ specifier }) => `${path.relative(ROOT, file)} imports ${specifier}`),
        );
      expect(wrong).toEqual([]);
    });
  },
);

describe("code meant for the browser", () => {
  it.each(BROWSER_ENTRIES.filter((entry) => existsSync(path.join(ROOT, entry))))(
    "%s reaches no Node module",
    (entry) => {
      expect(nodeImportsFrom(path.join(ROOT, entry))).toEqual([]);
    },
  );

  it("has the entries that the other packages rely on", () => {
    expect(BROWSER_ENTRIES.slice(0, 2).filter((entry) => !existsSync(path.join(ROOT, entry)))).toEqual([]);
  });
});

/** Static imports reached from a file, through our own packages too. A dynamic `import()` is reached on demand only. */
function nodeImportsFrom(entry: string): string[] {
  const seen = new Set<string>();
  const wrong: string[] = [];
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const { specifier, typeOnly } of importsOf(file)) {
      if (typeOnly) continue;
      const name = packageName(specifier);
      if (specifier.startsWith("node:") || builtinModules.includes(specifier)) {
        wrong.push(`${path.relative(ROOT, file)} imports ${specifier}`);
      } else if (specifier.startsWith(".")) visit(path.resolve(path.dirname(file), specifier));
      else if (name?.startsWith("@zixue/")) {
        const target = packages.find(({ manifest }) => manifest.name === name);
        const exported = target?.manifest.exports?.[`.${specifier.slice(name.length)}`];
        if (target && exported) visit(path.join(target.folder, exported));
      }
    }
  };
  visit(entry);
  return wrong;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const item = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      const skipped = ["node_modules", "dist", "cache", "fixtures", "data", "templates"].includes(entry.name);
      const nested = existsSync(path.join(item, "package.json"));
      return skipped || nested ? [] : sourceFiles(item);
    }
    return /\.(ts|mts|mjs|vue)$/.test(entry.name) && !entry.name.endsWith(".d.ts") ? [item] : [];
  });
}

/** Import, export-from and dynamic import specifiers of a file, without those inside comments and strings of code. */
function importsOf(file: string): Import[] {
  const source = readFileSync(file, "utf8")
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/^\s*\/\/.*$/gm, "");
  const statics = [
    ...source.matchAll(/^\s*(?:import|export)\s+(type\s+)?(?:[^"'`;]*?\sfrom\s*)?["']([^"'\n]+)["']/gm),
  ];
  const dynamics = [...source.matchAll(/\bimport\(\s*["']([^"'\n]+)["']\s*\)/g)];
  return [
    ...statics.map((match) => ({ specifier: match[2]!, typeOnly: match[1] !== undefined })),
    // On-demand loading is how a browser-safe file reaches a Node-only part; the package must still be declared.
    ...dynamics.map((match) => ({ specifier: match[1]!, typeOnly: true })),
  ];
}

/** `@scope/name` or `name` of a bare specifier; undefined for relative paths and Node's own modules. */
function packageName(specifier: string): string | undefined {
  if (specifier.startsWith(".") || specifier.startsWith("node:") || builtinModules.includes(specifier))
    return undefined;
  if (specifier.startsWith("virtual:") || specifier.startsWith("/")) return undefined;
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

function isTest(file: string): boolean {
  return (
    /\.test\.ts$|[\\/]tests[\\/]|vitest\.config/.test(file) ||
    path.relative(ROOT, file).startsWith("benchmarks")
  );
}

/** Scripts that prepare generated files; they never ship. */
function isBuildScript(file: string): boolean {
  return /[\\/](scripts|build)[\\/]|[\\/]build\.ts$/.test(file);
}

function mayUseTestkit(file: string): boolean {
  return isTest(file) || /[\\/]demo[^\\/]*\.ts$|[\\/]examples[\\/]/.test(file);
}
