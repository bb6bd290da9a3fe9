#!/usr/bin/env node
// One command from a fresh clone to a running course: fetches the pinned pnpm through npm, installs from the frozen
// lockfile, prepares what the job needs, then does the job. Node built-ins only, since nothing is installed yet.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { fail } from "./kit/terminal.mjs";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(
    `需要 Node.js 20.19 或更新的版本,现在是 ${process.version}。请安装 Node.js 22 LTS 后再运行。`,
    `Node.js 20.19 or newer is needed; this is ${process.version}. Install Node.js 22 LTS and run again.`,
  );
}

const { installDependencies } = await import("./kit/install.mjs");
const { prepareLexicon, prepareSite } = await import("./kit/prepare.mjs");
const { run } = await import("./kit/run.mjs");
const { runChecks, runTests } = await import("./kit/test.mjs");

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

const jobs = {
  /** Serves the bot and the site. */
  async start(args) {
    await prepareLexicon(root);
    await prepareSite(root);
    return typescript("apps/course-bot/src/main.ts", args);
  },
  /** Answers one question in the terminal. */
  async ask(args) {
    return jobs.zixue(["ask", ...args]);
  },
  /** The terminal client: ask, chat, doctor. */
  async zixue(args) {
    await prepareLexicon(root);
    return typescript("apps/course-cli/src/cli.ts", args);
  },
  /** Every check and test. `--browser=required` fails where Chromium is missing; a path runs the tests under it. */
  async test(args) {
    await prepareLexicon(root);
    await prepareSite(root);
    return runTests(root, args);
  },
  /** Types, style and the course's lint, without tests. */
  async check() {
    return (await runChecks(root)).failed === 0 ? 0 : 1;
  },
  /** The long crash tests: `agents`, or those of the index with their options; without a word, both. */
  async soak(args) {
    await prepareLexicon(root);
    if (args[0] === "agents") return typescript("benchmarks/soak-agents.ts", args.slice(1));
    const index = await typescript("benchmarks/soak-ingest.ts", args);
    const agents = args.length > 0 ? 0 : await typescript("benchmarks/soak-agents.ts", []);
    return index === 0 ? agents : index;
  },
  /** Measures retrieval and answers on a folder of evaluation data. */
  async eval(args) {
    await prepareLexicon(root);
    return typescript("benchmarks/eval.ts", args);
  },
  /** Fits to your own questions what an index answers and what it declines. */
  async fit(args) {
    await prepareLexicon(root);
    return typescript("benchmarks/fit-sufficiency.ts", args);
  },
  /** Measures retrieval on the course's own question bank. */
  async "eval-course"(args) {
    await prepareLexicon(root);
    return typescript("benchmarks/eval-course.ts", args);
  },
  /** Measures retrieval beside other libraries on the same data. */
  async "benchmark-peers"(args) {
    await prepareLexicon(root);
    return typescript("benchmarks/peers.ts", args);
  },
  /** Installs and prepares everything, and stops there. */
  async setup() {
    await prepareLexicon(root);
    await prepareSite(root);
    return 0;
  },
};

const [name = "start", ...args] = process.argv.slice(2);
if (!Object.hasOwn(jobs, name)) {
  fail(
    `没有「${name}」这个命令。可用的有:${Object.keys(jobs).join("、")}。`,
    `There is no command "${name}". There are: ${Object.keys(jobs).join(", ")}.`,
  );
}
await installDependencies(root);
process.exitCode = await jobs[name](args);

async function typescript(file, fileArgs) {
  // A user's relative paths mean the folder they stand in.
  const cwd = process.env.INIT_CWD ?? process.cwd();
  const { code } = await run(
    process.execPath,
    ["--import", import.meta.resolve("tsx"), path.join(root, file), ...fileArgs],
    {
      cwd,
    },
  );
  return code;
}
