/**
 * The whole way of a user, with npm and the registry: create outside the repository, install, run. Skipped with a
 * notice where the registry does not answer.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createApp, openRepository } from "../src/index.ts";
import { chainProgram, plainTsconfig, readmeProgram } from "./plain-program.ts";
import { registryAnswers, shell } from "./shell.ts";

const MINUTES = 60_000;
const online = registryAnswers();
if (!online)
  console.warn("Skipped: no registry answers, so nothing can be installed outside the repository.");
const temporary = mkdtempSync(path.join(tmpdir(), "stand-alone-"));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

describe.skipIf(!online)("outside the repository", () => {
  const asked = path.join(temporary, "我的 Ask App!");

  it(
    "an example installs, checks itself, passes its tests and type-checks",
    async () => {
      const created = createApp({ directory: asked, example: "ask-your-docs" });
      expect(created.name).toBe("ask-app");
      expect(created.next.slice(1)).toEqual(["npm install", "npm start", "npm test"]);
      const files = readdirSync(asked);
      expect(files).toEqual(
        expect.arrayContaining([".env.example", ".gitignore", "README.md", "docs", "src"]),
      );
      const manifest = JSON.parse(readFileSync(path.join(asked, "package.json"), "utf8"));
      const ranges = Object.values({ ...manifest.dependencies, ...manifest.devDependencies });
      expect(ranges.filter((range) => !/^(\d+\.\d+\.\d+|file:vendor\/.*\.tgz)$/.test(String(range)))).toEqual(
        [],
      );
      await install(asked);
      await ok(asked, "run", "check");
      await ok(asked, "test");
      await ok(asked, "run", "typecheck");
      expect(copiesOf("@langchain/core", asked)).toBe(1);
      expect(copiesOf("zod", asked)).toBe(1);
      expect(existsSync(path.join(asked, "node_modules/hnswlib-node"))).toBe(false);
    },
    4 * MINUTES,
  );

  it(
    "the other example does too",
    async () => {
      const directory = path.join(temporary, "agent");
      createApp({ directory, example: "agent-with-tools" });
      await install(directory);
      await ok(directory, "run", "check");
      await ok(directory, "test");
      await ok(directory, "run", "typecheck");
      expect(copiesOf("@langchain/core", directory)).toBe(1);
      expect(copiesOf("zod", directory)).toBe(1);
    },
    4 * MINUTES,
  );

  it(
    "one package works in a plain LangChain program, compiled strictly and run by node alone",
    async () => {
      const folder = path.join(temporary, "plain");
      mkdirSync(folder);
      const vendor = path.join(asked, "vendor");
      const ours = readdirSync(vendor).filter((file) => /zixue-(rag|lexicon|models|prompts)-/.test(file));
      const dependencies = Object.fromEntries(
        ours.map((file) => [`@zixue/${file.split("-")[1]}`, `file:${path.join(vendor, file)}`]),
      );
      writeJson(path.join(folder, "package.json"), {
        name: "plain",
        private: true,
        type: "module",
        dependencies: { "@langchain/core": "^1.4.0", zod: "^4.6.0", ...dependencies },
        devDependencies: { "@types/node": "^20.0.0", typescript: "7.0.2" },
      });
      writeFileSync(path.join(folder, "chain.ts"), chainProgram());
      const rag = openRepository().packages.get("@zixue/rag")!;
      writeFileSync(path.join(folder, "readme.ts"), readmeProgram(rag));
      for (const [name, module, resolution] of [
        ["node16", "node16", "node16"],
        ["nodenext", "nodenext", "nodenext"],
        ["bundler", "esnext", "bundler"],
      ] as const)
        writeJson(path.join(folder, `tsconfig.${name}.json`), plainTsconfig(module, resolution));
      await install(folder);

      for (const name of ["node16", "nodenext", "bundler"]) {
        const { output } = await shell(folder, "npx", ["tsc", "-p", `tsconfig.${name}.json`]);
        // Declarations of others are checked too, and are theirs to mend.
        const oursOnly = output
          .split("\n")
          .filter((line) => /^(chain\.ts|readme\.ts|node_modules.@zixue)/.test(line));
        expect(oursOnly, name).toEqual([]);
      }
      const run = await shell(folder, process.execPath, ["chain.js"]);
      expect(run.output).toMatch(/^ANSWERED FROM: .*64 个注意力头/s);
      expect(run.code).toBe(0);
      const readme = await shell(folder, process.execPath, ["readme.js"]);
      expect(readme.output).toMatch(/14 天内可以申请全额退款。\[1\][\s\S]*refund\.md \[\]/);
      expect(readme.code).toBe(0);
      expect(copiesOf("@langchain/core", folder)).toBe(1);
      expect(copiesOf("zod", folder)).toBe(1);
    },
    4 * MINUTES,
  );
});

async function install(folder: string): Promise<void> {
  await ok(folder, "install", "--prefer-offline", "--no-audit", "--no-fund");
}

async function ok(folder: string, ...args: string[]): Promise<void> {
  const { code, output } = await shell(folder, "npm", args);
  expect(code, `npm ${args.join(" ")}\n${output}`).toBe(0);
}

/** How many times a package is installed, at any depth. */
function copiesOf(name: string, folder: string): number {
  const modules = path.join(folder, "node_modules");
  if (!existsSync(modules)) return 0;
  const packages = readdirSync(modules)
    .filter((entry) => !entry.startsWith("."))
    .flatMap((entry) =>
      entry.startsWith("@")
        ? readdirSync(path.join(modules, entry)).map((inner) => `${entry}/${inner}`)
        : entry,
    );
  const nested = packages.map((inner) => copiesOf(name, path.join(modules, inner)));
  return nested.reduce((sum, count) => sum + count, packages.includes(name) ? 1 : 0);
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, JSON.stringify(value, null, 2));
}
