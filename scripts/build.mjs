#!/usr/bin/env node
// Builds every package to its `dist` with plain tsc, from nothing: no file of a deleted source is left to be packed.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { prepareLexicon } from "./kit/prepare.mjs";
import { run } from "./kit/run.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const packages = fs
  .readdirSync(path.join(root, "packages"))
  .map((name) => path.join("packages", name))
  .filter((folder) => fs.existsSync(path.join(root, folder, "tsconfig.json")));

await prepareLexicon(root);
for (const folder of packages) fs.rmSync(path.join(root, folder, "dist"), { recursive: true, force: true });
// `--force`, since what tsc remembers of the last build is not in `dist`.
const { code } = await run(
  process.execPath,
  ["node_modules/typescript/bin/tsc", "-b", "--force", ...packages],
  {
    cwd: root,
  },
);
process.exitCode = code;
