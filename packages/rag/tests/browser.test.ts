import { existsSync, readFileSync } from "node:fs";
import { builtinModules, createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import * as browser from "../src/browser.ts";
import * as node from "../src/index.ts";

const entry = fileURLToPath(new URL("../src/browser.ts", import.meta.url));

/**
 * Every source file of ours that a file loads when it is imported, and the names of other modules that they load. An
 * `import()` within a function is not followed: a browser that never calls it loads nothing.
 */
function importGraph(start: string): { files: Set<string>; modules: Map<string, string> } {
  const files = new Set<string>();
  const modules = new Map<string, string>();
  const pending = [start];
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    for (const name of runtimeImports(readFileSync(file, "utf8"))) {
      if (name.startsWith(".")) pending.push(resolve(dirname(file), name));
      else if (name.startsWith("@zixue/")) pending.push(ownPackage(name, file));
      else modules.set(name, file);
    }
  }
  return { files, modules };
}

function runtimeImports(source: string): string[] {
  const statements = /^(?:import|export)\s+(?!type\b)[^;"]*?from\s+"([^"]+)"|^import\s+"([^"]+)"/gm;
  return [...source.matchAll(statements)].map(([, from, bare]) => (from ?? bare)!);
}

/** `exports` of a workspace package point at its sources. */
function ownPackage(name: string, importer: string): string {
  const [scope, packageName, ...rest] = name.split("/");
  const paths = createRequire(importer).resolve.paths(name) ?? [];
  const folder = paths.map((path) => join(path, `${scope}/${packageName}`)).find(existsSync);
  if (folder === undefined) throw new Error(`${name}, imported by ${importer}, is not installed`);
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return join(folder, manifest.exports[rest.length === 0 ? "." : `./${rest.join("/")}`]);
}

it("loads no Node module from the browser entry, at any depth", () => {
  const { files, modules } = importGraph(entry);
  expect(files.size).toBeGreaterThan(20);
  expect([...files].some((file) => file.endsWith("stem.ts"))).toBe(true);
  const ofNode = [...modules].filter(([name]) => name.startsWith("node:") || builtinModules.includes(name));
  expect(ofNode).toEqual([]);
});

it("uses no Node global in the browser's files", () => {
  const offenders = [...importGraph(entry).files].filter((file) => {
    const code = readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
    return /\b(?:Buffer|process|__dirname|__filename|setImmediate|require)\b\s*[.(]/.test(code);
  });
  expect(offenders).toEqual([]);
});

it("would notice a Node module", () => {
  expect(
    runtimeImports('import type { A } from "node:fs";\nimport { b } from "node:path";\nimport "node:os";'),
  ).toEqual(["node:path", "node:os"]);
});

it("exports nothing that the Node entry lacks", () => {
  expect(Object.keys(browser).filter((name) => !(name in node))).toEqual([]);
});
