import type { RagPipeline } from "@zixue/rag";
import type { RequestHandler } from "express";
import type { Metrics } from "../metrics.ts";

/** `GET /healthz`: the process answers. */
export const healthRoute: RequestHandler = (_request, response) => {
  response.set("Cache-Control", "no-store").json({ status: "ok" });
};

/** `GET /readyz`: the index can be searched and the server is not stopping; else 503. */
export function readyRoute(pipeline: RagPipeline, stopping: AbortSignal | undefined): RequestHandler {
  return async (_request, response) => {
    const stats = await pipeline.index.stats().catch(() => undefined);
    const ready = stats !== undefined && stopping?.aborted !== true;
    response
      .status(ready ? 200 : 503)
      .set("Cache-Control", "no-store")
      .json({
        status: ready ? "ready" : "not-ready",
        ...(stats === undefined
          ? {}
          : { documents: stats.documents, chunks: stats.chunks, revision: stats.revision }),
      });
  };
}

/** `GET /metrics` in the Prometheus text format. */
export function metricsRoute(metrics: Metrics): RequestHandler {
  return async (_request, response) => {
    response
      .set({ "Content-Type": metrics.contentType, "Cache-Control": "no-store" })
      .send(await metrics.text());
  };
}
