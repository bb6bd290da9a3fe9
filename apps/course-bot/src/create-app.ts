import type { Course } from "@zixue/course";
import type { RagPipeline } from "@zixue/rag";
import express, { type Express, type RequestHandler, Router } from "express";
import { rateLimit } from "express-rate-limit";
import type { Logger } from "pino";
import { pinoHttp } from "pino-http";
import { addAgentRoutes } from "./agent/agent-routes.ts";
import type { Tutor } from "./agent/define-tutor.ts";
import { askRoute } from "./ask/ask-route.ts";
import { createThreads, type Threads } from "./ask/threads.ts";
import { BotError } from "./errors.ts";
import { accessToken } from "./http/access-token.ts";
import { jsonBody } from "./http/json-body.ts";
import { messagesFor } from "./http/language.ts";
import { notFound, onlyMethods, problemHandler, sendProblem } from "./http/problem.ts";
import { securityHeaders } from "./http/security.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { chapterRoute, chaptersRoute } from "./routes/chapters.ts";
import { healthRoute, metricsRoute, readyRoute } from "./routes/health.ts";
import { searchRoute } from "./routes/search.ts";
import { siteRoutes } from "./routes/site.ts";

export interface AppDependencies {
  readonly course: Course;
  readonly pipeline: RagPipeline;
  readonly logger: Logger;
  /** Folder of the built site; without it `/` says that the bot runs. */
  readonly siteFolder?: string;
  /** When given, every `/api` request needs it as a bearer token. */
  readonly accessToken?: string;
  /** `/api` requests that one address may make in a minute; default unlimited. */
  readonly requestsPerMinute?: number;
  /** How many proxies in front are to be believed about the client's address; default 0. */
  readonly trustedProxies?: number;
  readonly threads?: Threads;
  /** Opens the study companion at its first use; without it `/api/agent` says that a model is needed. */
  readonly openTutor?: () => Promise<Tutor>;
  readonly metrics?: Metrics;
  /** Aborted when the server stops: it is no longer ready, and streams that still run are ended. */
  readonly stopping?: AbortSignal;
}

/**
 * The course bot as an Express app. It holds no globals and opens nothing: everything comes from `dependencies`.
 *
 * @example createApp({ course, pipeline, logger: pino() }).listen(4321, "127.0.0.1");
 */
export function createApp(dependencies: AppDependencies): Express {
  const { course, pipeline, logger, siteFolder, stopping } = dependencies;
  const { threads = createThreads(), metrics = createMetrics() } = dependencies;
  const app = express();
  app.disable("x-powered-by");
  app.set("trust proxy", dependencies.trustedProxies ?? 0);
  app.set("query parser", "simple");
  app.use(requestLog(logger), metrics.measure, securityHeaders());

  app.route("/healthz").get(healthRoute).all(onlyMethods("GET"));
  app.route("/readyz").get(readyRoute(pipeline, stopping)).all(onlyMethods("GET"));
  app.route("/metrics").get(metricsRoute(metrics)).all(onlyMethods("GET"));

  const api = Router();
  if (dependencies.requestsPerMinute !== undefined) api.use(limited(dependencies.requestsPerMinute));
  if (dependencies.accessToken !== undefined) api.use(accessToken(dependencies.accessToken));
  const ask = askRoute({ pipeline, threads, metrics, ...(stopping === undefined ? {} : { stopping }) });
  api.route("/ask").post(jsonBody, ask).all(onlyMethods("POST"));
  api.route("/search").get(searchRoute(pipeline)).all(onlyMethods("GET"));
  api.route("/chapters").get(chaptersRoute(course)).all(onlyMethods("GET"));
  api.route("/chapters/:id").get(chapterRoute(course)).all(onlyMethods("GET"));
  addAgentRoutes(api, { openTutor: dependencies.openTutor, metrics, stopping });
  api.use(notFound);
  app.use("/api", api);

  app.use(siteRoutes(siteFolder));
  app.use(notFound);
  app.use(problemHandler);
  return app;
}

/** One line per request: the path without its query, since a query may hold a question. No headers, no bodies. */
function requestLog(logger: Logger): RequestHandler {
  return pinoHttp({
    logger,
    serializers: {
      req: (request: { method: string; url: string }) => ({
        method: request.method,
        path: request.url.split("?", 1)[0],
      }),
      res: (response: { statusCode: number }) => ({ status: response.statusCode }),
    },
    customLogLevel: (_request, response, error) =>
      error !== undefined || response.statusCode >= 500
        ? "error"
        : response.statusCode >= 400
          ? "info"
          : "debug",
  });
}

function limited(perMinute: number): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit: perMinute,
    standardHeaders: "draft-8",
    legacyHeaders: false,
    handler: (request, response) => {
      sendProblem(
        response,
        new BotError("too-many-requests", messagesFor(request).tooManyRequests, { status: 429 }),
      );
    },
  });
}
