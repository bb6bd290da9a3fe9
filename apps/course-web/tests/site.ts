import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type CoursePaths, coursePaths, createApp, listen, openCourse } from "@zixue/course-bot";
import { pino } from "pino";
import { build } from "vitepress";

export interface RunningSite {
  readonly url: string;
  close(): Promise<void>;
}

/** The real bot over the real chapters, serving the built site, with an index of its own. `env` sets a model. */
export async function startSite(env: Record<string, string> = {}): Promise<RunningSite> {
  const site = path.resolve(import.meta.dirname, "..");
  const usual = coursePaths();
  if (!existsSync(path.join(usual.siteFolder, "index.html"))) await build(site);
  const dataFolder = mkdtempSync(path.join(tmpdir(), "zixue-site-"));
  const paths: CoursePaths = { ...usual, dataFolder };
  const opened = await openCourse(paths, { env });
  const app = createApp({ ...opened, logger: pino({ level: "silent" }), siteFolder: paths.siteFolder });
  const listening = await listen(app, { host: "127.0.0.1", port: 0 });
  return {
    url: listening.url,
    async close() {
      await listening.stop();
      await opened.close();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}
