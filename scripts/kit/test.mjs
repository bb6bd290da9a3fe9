import fs from "node:fs";
import path from "node:path";
import { run } from "./run.mjs";
import { say } from "./terminal.mjs";

/** Checks that are one command each; each counts as one test. */
const CHECKS = [
  ["types", ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json"]],
  ["types of the site", ["node_modules/typescript/bin/tsc", "-p", "apps/course-web/tsconfig.json"]],
  ["style", ["node_modules/@biomejs/biome/bin/biome", "check", "--diagnostic-level=error", "."]],
  ["course lint", ["--import", "tsx", "packages/course/src/cli.ts", "lint", "docs/course"]],
  [
    "course snippets",
    ["--import", "tsx", "packages/course/src/cli.ts", "snippets", "docs/course", "--check"],
  ],
];

/** Runs the checks. Gives how many passed and failed. */
export async function runChecks(root) {
  const count = { passed: 0, failed: 0 };
  for (const [name, args] of CHECKS) {
    say(`检查:${name} …`, `Check: ${name} …`);
    const { code, output } = await run(process.execPath, args, { cwd: root, quiet: true });
    if (code === 0) count.passed++;
    else {
      count.failed++;
      process.stderr.write(`${output}\n✗ ${name}\n`);
    }
  }
  return count;
}

/** Runs the checks and all tests; prints `N passed, N failed` alone on the last line. Gives the exit code. */
export async function runTests(root, args) {
  const browserRequired = args.includes("--browser=required");
  const rest = args.filter((arg) => !arg.startsWith("--browser"));
  const count = rest.length === 0 ? await runChecks(root) : { passed: 0, failed: 0 };

  const report = path.join(root, ".kit", "tests.json");
  fs.rmSync(report, { force: true });
  say("测试 …", "Tests …");
  const { code } = await run(
    process.execPath,
    [
      "node_modules/vitest/vitest.mjs",
      "run",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${report}`,
      ...rest,
    ],
    { cwd: root, env: { ...process.env, ...(browserRequired ? { ZIXUE_BROWSER: "required" } : {}) } },
  );
  const { passed, failed, skipped } = readReport(report);
  count.passed += passed;
  // A file that does not load has no test in it that could fail.
  count.failed += failed || (code === 0 ? 0 : 1);
  process.stdout.write(
    `\n${count.passed} passed, ${count.failed} failed${skipped ? `, ${skipped} skipped` : ""}\n`,
  );
  return count.failed === 0 ? 0 : 1;
}

function readReport(file) {
  if (!fs.existsSync(file)) return { passed: 0, failed: 0, skipped: 0 };
  const report = JSON.parse(fs.readFileSync(file, "utf8"));
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}
