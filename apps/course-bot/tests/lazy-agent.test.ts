import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, it } from "vitest";

const SOURCES = join(import.meta.dirname, "../src");

/** Packages that a file brings with it when it is loaded: by its imports of values, and theirs. */
function packagesOf(file: string, seen = new Set<string>()): Set<string> {
  const found = new Set<string>();
  if (seen.has(file)) return found;
  seen.add(file);
  const imports = readFileSync(file, "utf8").matchAll(
    /^(?:import|export)\s+(?!type\b)[^"';]*?from\s+"([^"]+)"/gm,
  );
  for (const [, specifier = ""] of imports) {
    if (!specifier.startsWith(".")) found.add(specifier);
    else for (const name of packagesOf(resolve(dirname(file), specifier), seen)) found.add(name);
  }
  return found;
}

it("starts and answers without loading the agent or its database", () => {
  const loaded = packagesOf(join(SOURCES, "main.ts"));
  expect(loaded).toContain("@zixue/rag");
  for (const heavy of ["@zixue/agent", "@zixue/prompts", "@electric-sql/pglite", "pg", "langchain"])
    expect(loaded).not.toContain(heavy);
  // The same walk does find it where it is.
  expect(existsSync(join(SOURCES, "agent/define-tutor.ts"))).toBe(true);
  expect(packagesOf(join(SOURCES, "agent/define-tutor.ts"))).toContain("@zixue/agent");
});
