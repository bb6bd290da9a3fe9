/** Builds the static site into `dist/`. Run by the bootstrap, or alone: `tsx src/build.ts`. */
import path from "node:path";
import { build } from "vitepress";

await build(path.resolve(import.meta.dirname, ".."));
