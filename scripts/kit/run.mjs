import { spawn } from "node:child_process";

/**
 * Runs a command to its end and gives its exit code. `quiet` keeps the output back and gives it in `output`, for the
 * caller to show when something went wrong; `onLine` sees each line as it comes.
 */
export function run(command, args, { cwd, env = process.env, quiet = false, onLine } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: quiet ? ["ignore", "pipe", "pipe"] : "inherit" });
    // A terminal sends Ctrl+C to the child as well; once is enough.
    const forward = (signal) => (signal === "SIGINT" && process.stdin.isTTY) || child.kill(signal);
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
    for (const signal of signals) process.on(signal, forward);
    let output = "";
    let rest = "";
    const take = (data) => {
      output = (output + data).slice(-200_000);
      const lines = (rest + data).split("\n");
      rest = lines.pop();
      if (onLine) for (const line of lines) onLine(line);
    };
    child.stdout?.setEncoding("utf8").on("data", take);
    child.stderr?.setEncoding("utf8").on("data", take);
    const end = (code, message = "") => {
      for (const signal of signals) process.off(signal, forward);
      resolve({ code, output: output + message });
    };
    child.on("error", (error) => end(127, `${error.message}\n`));
    child.on("close", (code, signal) => end(code ?? (signal === "SIGINT" ? 130 : 1)));
  });
}
