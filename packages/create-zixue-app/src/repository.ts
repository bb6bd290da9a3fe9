import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { CreateError } from "./errors.ts";

export interface Manifest {
  name: string;
  version?: string;
  description?: string;
  private?: boolean;
  type?: string;
  license?: string;
  engines?: Record<string, string>;
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  publishConfig?: unknown;
  overrides?: Record<string, string>;
}

export interface Example {
  readonly name: string;
  /** One line of what it shows. */
  readonly description: string;
  readonly folder: string;
}

/** A clone of the kit: where examples are copied from and packages are packed from. */
export interface Repository {
  readonly root: string;
  readonly examples: readonly Example[];
  /** Package name → its folder. */
  readonly packages: ReadonlyMap<string, string>;
  /** Third-party package → the one version that the repository uses. */
  readonly catalog: ReadonlyMap<string, string>;
}

/**
 * Finds the clone that this program runs in.
 *
 * @throws CreateError `not-in-a-clone` when there is none above `from`.
 */
export function openRepository(from: string = import.meta.dirname): Repository {
  let root = from;
  while (!existsSync(path.join(root, "pnpm-workspace.yaml")) || !existsSync(path.join(root, "examples"))) {
    const parent = path.dirname(root);
    if (parent === root) {
      throw new CreateError(
        "not-in-a-clone",
        "The packages are not published yet, so this runs from a clone of zixue-llm: clone the repository, run `npm run setup` there, and run this again from it.",
      );
    }
    root = parent;
  }
  const packages = foldersOf(path.join(root, "packages")).map(
    (folder) => [readManifest(folder).name, folder] as const,
  );
  return {
    root,
    examples: foldersOf(path.join(root, "examples")).map((folder) => ({
      name: path.basename(folder),
      description: readManifest(folder).description ?? "",
      folder,
    })),
    packages: new Map(packages),
    catalog: readCatalog(path.join(root, "pnpm-workspace.yaml")),
  };
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as Manifest;
}

/** Sub-folders that are packages. */
function foldersOf(parent: string): string[] {
  return readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(path.join(parent, entry.name, "package.json")))
    .map((entry) => path.join(parent, entry.name))
    .sort();
}

/** The `catalog:` block is flat `name: version` lines, so it is read without a YAML parser. */
function readCatalog(file: string): Map<string, string> {
  const lines = readFileSync(file, "utf8").split(/\r?\n/);
  const start = lines.indexOf("catalog:") + 1;
  const end = lines.findIndex((line, index) => index >= start && line !== "" && !line.startsWith("  "));
  const entries = lines
    .slice(start, end === -1 ? undefined : end)
    .map((line) => /^ {2}"?([^":]+)"?: *"?([^"#\s]+)"?/.exec(line))
    .filter((match) => match !== null);
  return new Map(entries.map((match) => [match[1]!, match[2]!]));
}
