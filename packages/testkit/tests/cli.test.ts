import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";

const CLI = path.join(import.meta.dirname, "../src/cli.ts");

/** Starts the command; gives its first line of output, its errors, and its exit code once it ends. */
function start(...args: string[]) {
  const child = spawn(process.execPath, ["--import", "tsx", CLI, ...args]);
  let errors = "";
  child.stderr.on("data", (part) => {
    errors += part;
  });
  const firstLine = new Promise<string>((resolve) =>
    child.stdout.once("data", (part) => resolve(String(part).trim())),
  );
  const exit = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { child, firstLine, exit, errors: () => errors };
}

it("scripted-server serves a JSON script until it is stopped, and explains what is wrong", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "script-"));
  const file = path.join(folder, "script.json");
  await writeFile(
    file,
    JSON.stringify(["一", { kind: "error", status: 429, message: "slow", type: "x", code: null }]),
  );
  const server = start("--script", file);
  try {
    const url = await server.firstLine;
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/);
    const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "x" }] });
    const post = () => fetch(`${url}/chat/completions`, { method: "POST", body });
    expect(await (await post()).json()).toMatchObject({ choices: [{ message: { content: "一" } }] });
    expect((await post()).status).toBe(429);
    server.child.kill("SIGTERM");
    await server.exit;
    const wrong = start("--port", "no");
    expect(await wrong.exit).toBe(1);
    expect(wrong.errors()).toMatch(/--port no is no port[\s\S]*scripted-server \[--script/);
  } finally {
    server.child.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  }
});
