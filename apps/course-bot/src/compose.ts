import { join } from "node:path";
import { loadEnvFile } from "@zixue/models";
import type { Express } from "express";
import { type Logger, pino } from "pino";
import { lazyTutor } from "./agent/open-tutor.ts";
import { createApp } from "./create-app.ts";
import {
  type CoursePaths,
  coursePaths,
  type IndexProgress,
  type OpenCourse,
  openCourse,
} from "./open-course.ts";
import { readSettings, type Settings } from "./settings.ts";
import { type AppState, openAppState } from "./state.ts";

export interface Composition {
  readonly app: Express;
  readonly settings: Settings;
  readonly logger: Logger;
  readonly opened: OpenCourse;
  /** Close it when the server stops. */
  readonly state: AppState;
  /** Abort it when the server stops: see `AppDependencies.stopping`. */
  readonly stopping: AbortController;
}

/**
 * Chooses the real parts from the environment and puts the app together. The only place that does.
 *
 * @throws BotError `invalid-setting`, ModelsError `invalid-config`, CourseError or RagError: each says what to do.
 */
export async function compose(
  env: Record<string, string | undefined>,
  options: { readonly signal?: AbortSignal; readonly onProgress?: (progress: IndexProgress) => void } = {},
): Promise<Composition> {
  const paths: CoursePaths = coursePaths(env);
  loadEnvFile(join(paths.root, ".env"), env);
  const settings = readSettings(env);
  const logger = pino({ level: settings.logLevel });
  const opened = await openCourse(paths, { env, ...options });
  const stopping = new AbortController();
  const { course, pipeline } = opened;
  const state = openAppState(env, join(paths.dataFolder, "state"));
  const openTutor = lazyTutor(opened, state);
  const app = createApp({
    course,
    pipeline,
    logger,
    siteFolder: paths.siteFolder,
    trustedProxies: settings.trustedProxies,
    stopping: stopping.signal,
    ...(openTutor === undefined ? {} : { openTutor }),
    ...(settings.accessToken === undefined ? {} : { accessToken: settings.accessToken }),
    ...(settings.requestsPerMinute === undefined ? {} : { requestsPerMinute: settings.requestsPerMinute }),
  });
  return { app, settings, logger, opened, state, stopping };
}
