import { spawn, spawnSync } from "node:child_process";

/** Runs a command to its end, as a person's shell would: without what a test run leaves in the environment. */
export function shell(
  folder: string,
  command: string,
  args: readonly string[],
): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, [...args], {
      cwd: folder,
      env: plainEnvironment(),
      shell: process.platform === "win32",
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (data: string) => {
        output += data;
      });
    }
    child.on("error", (error) => resolve({ code: 127, output: error.message }));
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Whether npm can fetch a package that the projects need. */
export function registryAnswers(): boolean {
  const args = ["view", "@langchain/core@1.4.0", "version", "--fetch-retries=0", "--fetch-timeout=10000"];
  return (
    spawnSync("npm", args, { env: plainEnvironment(), shell: process.platform === "win32" }).status === 0
  );
}

function plainEnvironment(): NodeJS.ProcessEnv {
  const noise =
    /^(npm_(lifecycle|package|command|execpath)|INIT_CWD|VITEST|NODE_ENV|NODE_OPTIONS|NODE_PATH|ZIXUE_|ASK_)/;
  const kept = Object.entries(process.env).filter(
    ([name]) => !noise.test(name) && !name.endsWith("_API_KEY"),
  );
  return Object.fromEntries(kept);
}
