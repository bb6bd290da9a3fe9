import { readFileSync } from "node:fs";
import path from "node:path";

/** The first program of the package's own README, as a reader copies it. */
export function readmeProgram(packageFolder: string): string {
  const readme = readFileSync(path.join(packageFolder, "README.md"), "utf8");
  return /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
}

/** A LangChain program that knows nothing of this repository but one package: a retriever in a RunnableSequence. */
export function chainProgram(): string {
  return readFileSync(path.join(import.meta.dirname, "fixtures/chain.ts.txt"), "utf8");
}

/** As strict as a consumer can be: declarations of packages are checked as well. */
export function plainTsconfig(module: string, moduleResolution: string): unknown {
  return {
    compilerOptions: {
      target: "es2022",
      lib: ["es2023", "dom"],
      module,
      moduleResolution,
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      verbatimModuleSyntax: true,
      skipLibCheck: false,
      types: ["node"],
    },
    files: ["chain.ts", "readme.ts"],
  };
}
