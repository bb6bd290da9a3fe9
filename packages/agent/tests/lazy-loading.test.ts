import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

it("importing the package, and making its tools, loads none of the heavy optional packages", async () => {
  const index = path.join(import.meta.dirname, "../src/index.ts");
  // Every file that is resolved is written down by a loader hook.
  const hook = `
    import { register } from "node:module";
    register("data:text/javascript," + encodeURIComponent(\`
      import { writeSync } from "node:fs";
      export async function load(url, context, next) { writeSync(1, url + "\\\\n"); return next(url, context); }
    \`));`;
  const program = `
    const { fetchPage, runJavaScript, calculator } = await import(${JSON.stringify(index)});
    for (const tool of [fetchPage(), runJavaScript(), calculator()]) console.log("made " + tool.name);`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      "--import",
      "tsx",
      "--import",
      `data:text/javascript,${encodeURIComponent(hook)}`,
      "--input-type=module",
      "-e",
      program,
    ],
    { cwd: path.join(import.meta.dirname, ".."), maxBuffer: 16 * 1024 * 1024 },
  );
  expect(stdout).toContain("packages/agent/src/tools/fetch-page.ts");
  expect(stdout).toContain("made run_javascript");
  expect(stdout).toMatch(/node_modules\/langchain\//);
  const heavy = /node_modules\/(quickjs[^/]*|@jitl|@modelcontextprotocol|htmlparser2|@electric-sql|pg)\//;
  expect(stdout.split("\n").filter((line) => heavy.test(line))).toEqual([]);
});
