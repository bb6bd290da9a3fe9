import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type CoursePaths, coursePaths, type OpenCourse, openCourse } from "../src/open-course.ts";
import { FIXTURE_COURSE } from "./start-bot.ts";

/** A copy of the fixture course with an empty data folder, removed after the test. */
export async function fixturePaths(course = FIXTURE_COURSE): Promise<CoursePaths> {
  const folder = await mkdtemp(join(tmpdir(), "zixue-bot-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await cp(course, join(folder, "course"), { recursive: true });
  return coursePaths({ ZIXUE_COURSE: join(folder, "course"), ZIXUE_DATA: join(folder, "data") });
}

/** The real pipeline over a course, closed after the test. */
export async function openFixture(
  paths: CoursePaths,
  env: Record<string, string> = {},
): Promise<OpenCourse & { indexed: number[] }> {
  const indexed: number[] = [];
  const opened = await openCourse(paths, { env, onProgress: ({ done }) => indexed.push(done) });
  onTestFinished(() => opened.close());
  return { ...opened, indexed };
}
