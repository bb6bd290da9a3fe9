import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { withCloneLock } from "./clone-lock.ts";
import { CreateError } from "./errors.ts";
import { type Repository, readManifest } from "./repository.ts";

/** Our packages that `names` need, themselves included, found through dependencies and peers. */
export function packagesNeeded(repository: Repository, names: Iterable<string>): string[] {
  const needed = new Set<string>();
  const visit = (name: string): void => {
    const folder = repository.packages.get(name);
    if (!folder || needed.has(name)) return;
    needed.add(name);
    const { dependencies, peerDependencies } = readManifest(folder);
    for (const dependency of Object.keys({ ...dependencies, ...peerDependencies })) visit(dependency);
  };
  for (const name of names) visit(name);
  return [...needed].sort();
}

/**
 * Builds and packs our packages as they would be published.
 *
 * @returns Package name → file name of its tarball in `destination`.
 * @throws CreateError `pack-failed` with the build's own output.
 */
export function packPackages(
  repository: Repository,
  names: readonly string[],
  destination: string,
): Map<string, string> {
  if (!existsSync(path.join(repository.root, "node_modules/typescript"))) {
    throw new CreateError(
      "pack-failed",
      `The clone at ${repository.root} is not set up. Run there: npm run setup`,
    );
  }
  mkdirSync(destination, { recursive: true });
  return withCloneLock(repository.root, () => {
    run(repository, ["run", "build"]);
    return new Map(names.map((name) => [name, pack(repository, name, destination)]));
  });
}

/** @returns file name of the tarball */
function pack(repository: Repository, name: string, destination: string): string {
  const { version } = readManifest(repository.packages.get(name)!);
  const file = `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
  rmSync(path.join(destination, file), { force: true });
  run(repository, ["--filter", name, "pack", "--pack-destination", destination]);
  if (existsSync(path.join(destination, file))) return file;
  throw new CreateError(
    "pack-failed",
    `pnpm packed ${name}, but ${file} is not in ${destination}; there: ${readdirSync(destination).join(", ")}.`,
  );
}

function run(repository: Repository, args: readonly string[]): void {
  const [command, ...prefix] = pnpmOf(repository);
  const result = spawnSync(command!, [...prefix, ...args], { cwd: repository.root, encoding: "utf8" });
  if (result.status === 0) return;
  throw new CreateError(
    "pack-failed",
    `pnpm ${args.join(" ")} failed in ${repository.root}:\n${result.stdout ?? ""}${result.stderr ?? ""}\nMend it and run the same command again.`,
    { cause: result.error },
  );
}

/** The pnpm that the repository's bootstrap fetched, else the one on the PATH. */
function pnpmOf({ root }: Repository): string[] {
  const { packageManager } = readManifest(root) as { packageManager?: string };
  const entry = path.join(
    root,
    ".kit",
    packageManager?.replace("@", "-") ?? "",
    "node_modules/pnpm/bin/pnpm.mjs",
  );
  return existsSync(entry) ? [process.execPath, entry] : ["pnpm"];
}
