import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { CreateError } from "./errors.ts";
import { packagesNeeded, packPackages } from "./pack.ts";
import { type Manifest, openRepository, type Repository, readManifest } from "./repository.ts";

export type PackageManager = "npm" | "pnpm";

export interface CreateAppOptions {
  /** Folder to make; it may exist when it is empty. */
  readonly directory: string;
  readonly example: string;
  /** Default `npm`. */
  readonly packageManager?: PackageManager;
  readonly repository?: Repository;
}

export interface CreatedApp {
  readonly directory: string;
  readonly name: string;
  /** Commands to type next, in order. */
  readonly next: readonly string[];
}

/** Tools that the repository has at its root and a project of its own needs beside it. */
const PROJECT_TOOLS = ["@types/node", "tsx", "typescript", "vitest"];
const NOT_COPIED = new Set(["node_modules", "dist", ".zixue", ".env", "package.json", "tsconfig.json"]);

/**
 * Copies an example into a project that stands alone: versions pinned, our packages packed into `vendor/`.
 *
 * @throws CreateError `unknown-example` (lists the examples there are), `folder-not-empty`, `pack-failed`.
 * @example
 * createApp({ directory: "my-app", example: "ask-your-docs" });
 */
export function createApp(options: CreateAppOptions): CreatedApp {
  const { packageManager = "npm", repository = openRepository() } = options;
  const directory = path.resolve(options.directory);
  const example = repository.examples.find(({ name }) => name === options.example);
  if (!example) {
    throw new CreateError(
      "unknown-example",
      `There is no example "${options.example}". There are: ${repository.examples.map(({ name }) => name).join(", ")}.`,
    );
  }
  requireEmpty(directory);

  const existed = existsSync(directory);
  try {
    mkdirSync(directory, { recursive: true });
    const source = readManifest(example.folder);
    const ours = packagesNeeded(
      repository,
      Object.keys({ ...source.dependencies, ...source.devDependencies }),
    );
    const tarballs = packPackages(repository, ours, path.join(directory, "vendor"));
    for (const entry of readdirSync(example.folder)) {
      if (!NOT_COPIED.has(entry))
        cpSync(path.join(example.folder, entry), path.join(directory, entry), { recursive: true });
    }
    const manifest = standAloneManifest(source, repository, tarballs, path.basename(directory));
    writeJson(path.join(directory, "package.json"), manifest);
    writeJson(path.join(directory, "tsconfig.json"), standAloneTsconfig(repository));
    writeFileSync(path.join(directory, ".gitignore"), "node_modules/\ndist/\n.zixue/\n.env\n*.log\n");
    if (packageManager === "pnpm")
      writeFileSync(path.join(directory, "pnpm-workspace.yaml"), pnpmSettings(tarballs));
    const start = manifest.scripts?.start ? [`${packageManager} start`] : [];
    return {
      directory,
      name: manifest.name,
      next: [
        `cd ${shortestPath(directory)}`,
        `${packageManager} install`,
        ...start,
        `${packageManager} test`,
      ],
    };
  } catch (error) {
    // Half a project is worse than none; a folder that was there stays, empty as it was.
    for (const entry of existsSync(directory) ? readdirSync(directory) : []) {
      rmSync(path.join(directory, entry), { recursive: true, force: true });
    }
    if (!existed) rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}

function requireEmpty(directory: string): void {
  const found = statSync(directory, { throwIfNoEntry: false });
  if (found === undefined || (found.isDirectory() && readdirSync(directory).length === 0)) return;
  throw new CreateError(
    "folder-not-empty",
    found.isDirectory()
      ? `${directory} is not empty; nothing was written. Choose another folder or empty this one.`
      : `${directory} is a file; nothing was written. Choose another name for the folder.`,
  );
}

/** As it would be typed: relative, unless that only climbs far up. */
function shortestPath(directory: string): string {
  const relative = path.relative(process.cwd(), directory) || ".";
  const shortest = relative.length <= directory.length ? relative : directory;
  return /\s/.test(shortest) ? `"${shortest}"` : shortest;
}

function standAloneManifest(
  source: Manifest,
  repository: Repository,
  tarballs: ReadonlyMap<string, string>,
  folderName: string,
): Manifest {
  const pin = (dependencies: Record<string, string> = {}): Record<string, string> =>
    Object.fromEntries(
      Object.entries(dependencies).map(([name, range]) => {
        const tarball = tarballs.get(name);
        if (tarball) return [name, `file:vendor/${tarball}`];
        return [name, range.startsWith("catalog:") ? versionOf(repository, name) : range];
      }),
    );
  // Listed directly too: what a packed package needs of ours is in no registry yet.
  const indirect = Object.fromEntries([...tarballs.keys()].map((name) => [name, "workspace:^"]));
  const declared = { ...indirect, ...source.dependencies };
  for (const name of Object.keys(source.devDependencies ?? {}))
    if (!source.dependencies?.[name]) delete declared[name];
  const tools = Object.fromEntries(PROJECT_TOOLS.map((name) => [name, "catalog:"]));
  return {
    name: packageNameFrom(folderName),
    version: "0.1.0",
    private: true,
    ...(source.description === undefined ? {} : { description: source.description }),
    type: "module",
    engines: { node: ">=20.19" },
    scripts: { ...source.scripts, test: "vitest run", typecheck: "tsc --noEmit" },
    dependencies: sorted(pin(declared)),
    devDependencies: sorted(pin({ ...tools, ...source.devDependencies })),
  };
}

function standAloneTsconfig(repository: Repository): unknown {
  const base = JSON.parse(readFileSync(path.join(repository.root, "tsconfig.base.json"), "utf8")) as {
    compilerOptions: Record<string, unknown>;
  };
  return {
    compilerOptions: { ...base.compilerOptions, noEmit: true },
    include: ["**/*.ts"],
    exclude: ["node_modules"],
  };
}

/** pnpm resolves what a tarball needs by its own entry, so it is told where ours are. */
function pnpmSettings(tarballs: ReadonlyMap<string, string>): string {
  const overrides = [...tarballs].map(([name, file]) => `  "${name}": file:vendor/${file}`);
  return `overrides:\n${overrides.join("\n")}\nallowBuilds:\n  esbuild: true\n  hnswlib-node: true\n`;
}

function versionOf(repository: Repository, name: string): string {
  const version = repository.catalog.get(name);
  if (version) return version;
  throw new CreateError("pack-failed", `${name} is not in the catalog of pnpm-workspace.yaml. Add it there.`);
}

function packageNameFrom(folderName: string): string {
  return (
    folderName
      .toLowerCase()
      .replace(/[^a-z0-9._-]+/g, "-")
      .replace(/^[._-]+|-+$/g, "")
      .slice(0, 100) || "zixue-app"
  );
}

function sorted(record: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}
