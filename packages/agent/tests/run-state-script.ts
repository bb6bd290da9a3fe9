import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";

/** Starts `state-script.ts`; `said` is its first line, or what it died of. */
export function runStateScript(
  location: object,
  options: object,
  action: string,
  file = "",
): { readonly child: ChildProcess; readonly said: Promise<string>; readonly done: Promise<number | null> } {
  const script = path.join(import.meta.dirname, "state-script.ts");
  const args = ["--import", "tsx", script, JSON.stringify(location), JSON.stringify(options), action, file];
  const child = spawn(process.execPath, args, {
    cwd: import.meta.dirname,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let errors = "";
  child.stderr.on("data", (data: Buffer) => {
    errors += String(data);
  });
  const done = new Promise<number | null>((resolve) => child.once("close", resolve));
  const said = new Promise<string>((resolve) => {
    child.stdout.once("data", (data: Buffer) => resolve(String(data).trim()));
    void done.then(() => resolve(errors));
  });
  return { child, said, done };
}
