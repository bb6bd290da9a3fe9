import fs from "node:fs";
import path from "node:path";
import { run } from "./run.mjs";
import { hashOf, unlessDone } from "./stamp.mjs";
import { fail, say } from "./terminal.mjs";

/** The pinned pnpm, fetched through npm into `.kit/` the first time. Gives `[command, ...args]` to run it with. */
export async function pnpmCommand(root) {
  const version = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")).packageManager.split(
    "@",
  )[1];
  const folder = path.join(root, ".kit", `pnpm-${version}`);
  const entry = path.join(folder, "node_modules", "pnpm", "bin", "pnpm.mjs");
  if (!fs.existsSync(entry)) {
    say(`取得 pnpm ${version} …`, `Fetching pnpm ${version} …`);
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, "package.json"), '{ "private": true }\n');
    const [npm, ...args] = npmCommand();
    const flags = ["--no-audit", "--no-fund", "--loglevel=error", "--no-package-lock", "--prefix", folder];
    const { code, output } = await run(npm, [...args, "install", ...flags, `pnpm@${version}`], {
      cwd: folder,
      quiet: true,
    });
    if (code !== 0 || !fs.existsSync(entry)) {
      fs.rmSync(folder, { recursive: true, force: true });
      process.stderr.write(output);
      fail(
        `npm 没能取得 pnpm ${version}。请检查网络或 npm 镜像(npm config get registry),再运行一次。`,
        `npm could not fetch pnpm ${version}. Check the network or the npm mirror (npm config get registry), then run again.`,
      );
    }
  }
  return [process.execPath, entry];
}

/** Installs from the frozen lockfile, unless the same lockfile was already installed for this Node. */
export async function installDependencies(root) {
  const manifests = ["packages", "apps", "examples", "examples/labs"].flatMap((group) =>
    fs.existsSync(path.join(root, group))
      ? fs.readdirSync(path.join(root, group)).map((name) => path.join(group, name, "package.json"))
      : [],
  );
  const hash = hashOf(
    root,
    ["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml", "benchmarks/package.json", ...manifests],
    [process.version, process.platform, process.arch],
  );
  const output = path.join(root, "node_modules", ".modules.yaml");
  await unlessDone(root, "install", hash, output, async () => {
    const [command, ...args] = await pnpmCommand(root);
    say(
      "安装依赖(只在第一次和依赖变化时)…",
      "Installing dependencies (only the first time and when they change) …",
    );
    const result = await run(
      command,
      [...args, "install", "--frozen-lockfile", "--prefer-offline", "--reporter=append-only"],
      {
        cwd: root,
        env: { ...process.env, ...nodeHeaders(), CI: "true" },
        quiet: true,
        onLine: showProgress(),
      },
    );
    if (result.code !== 0) {
      process.stderr.write(result.output.split("\n").slice(-40).join("\n"));
      fail(
        "依赖没有装完(原因见上)。多半是网络:换一个 npm 镜像或稍后再运行同一条命令,已下载的不会重下。",
        "The dependencies did not install (see above). Most often it is the network: set another npm mirror or run the same command again; what was downloaded is kept.",
      );
    }
    if (!fs.existsSync(path.join(root, "node_modules", "hnswlib-node", "build", "Release", "addon.node"))) {
      say(
        "没有编译 hnswlib-node(缺少 C++ 编译器):向量检索改用精确扫描,结果相同,十万段以内够快。",
        "hnswlib-node was not compiled (no C++ compiler): vector search uses the exact scan, with the same results, fast enough below 100,000 passages.",
      );
    }
  });
}

/** node-gyp would download headers; the running Node's own are used where they stand beside it. */
function nodeHeaders() {
  if (process.env.npm_config_nodedir) return {};
  const prefix = path.resolve(path.dirname(fs.realpathSync(process.execPath)), "..");
  return fs.existsSync(path.join(prefix, "include", "node", "node_api.h"))
    ? { npm_config_nodedir: prefix }
    : {};
}

/** npm as it was started, so that this works on Windows too, where `npm` is a shell script. */
function npmCommand() {
  const entry = process.env.npm_execpath;
  if (entry && /npm-cli\.(c|m)?js$/.test(entry)) return [process.execPath, entry];
  return process.platform === "win32" ? ["cmd", "/c", "npm"] : ["npm"];
}

/** Lets through pnpm's own progress, at most every two seconds, and leaves out a compiler's chatter. */
function showProgress() {
  let last = 0;
  return (line) => {
    if (!line.startsWith("Progress:") || (Date.now() - last < 2000 && !line.endsWith("done"))) return;
    last = Date.now();
    process.stderr.write(`  ${line}\n`);
  };
}
