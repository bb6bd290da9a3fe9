import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import type { DoctorMessages } from "../messages.ts";
import type { CheckResult } from "./check.ts";

export function checkNode(text: DoctorMessages, version = process.versions.node): CheckResult {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const fits = major > 20 || (major === 20 && minor >= 19);
  const base = { name: text.node.name, detail: `v${version}` };
  return fits ? { ...base, status: "ok" } : { ...base, status: "problem", remedy: text.node.old };
}

export async function checkPnpm(text: DoctorMessages, root: string): Promise<CheckResult> {
  const { name, missing, remedy } = text.pnpm;
  try {
    // A shell finds pnpm.cmd on Windows; nothing of the command comes from outside.
    const options = { cwd: root, timeout: 10_000, shell: process.platform === "win32" };
    const { stdout } = await promisify(execFile)("pnpm", ["--version"], options);
    return { name, status: "ok", detail: stdout.trim().split("\n").at(-1) ?? "" };
  } catch {
    return { name, status: "missing", detail: missing, remedy };
  }
}

/** In a process of its own: a broken native addon can end the process that loads it. */
export async function checkHnsw(text: DoctorMessages, root: string): Promise<CheckResult> {
  const { name, ok, missing, remedy } = text.hnsw;
  try {
    const path = createRequire(join(root, "package.json")).resolve("hnswlib-node");
    const program = `const { HierarchicalNSW } = require(${JSON.stringify(path)}); const index = new HierarchicalNSW("l2", 2); index.initIndex(2); index.addPoint([1, 2], 0);`;
    await promisify(execFile)(process.execPath, ["-e", program], { timeout: 20_000 });
    return { name, status: "ok", detail: ok };
  } catch {
    return { name, status: "missing", detail: missing, remedy };
  }
}

export function checkSite(text: DoctorMessages, folder: string): CheckResult {
  const { name, built, none, remedy } = text.site;
  if (existsSync(join(folder, "index.html"))) return { name, status: "ok", detail: built };
  return { name, status: "missing", detail: none, remedy };
}
