import type { RequestHandler } from "express";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { type AgentMetrics, createAgentMetrics } from "./agent/agent-metrics.ts";

export interface Metrics {
  /** Counts and times every request by route, never by address: addresses are unbounded. */
  readonly measure: RequestHandler;
  /** Call when an answer begins; call what it returns, with the outcome, when it ends. */
  askStarted(): (outcome: string) => void;
  readonly agent: AgentMetrics;
  /** In the Prometheus text format. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** Metrics in a registry of their own, so that two apps in one process do not mix. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const requests = new Counter({
    name: "http_requests_total",
    help: "Requests by route, method and status.",
    labelNames: ["route", "method", "status"],
    registers,
  });
  const duration = new Histogram({
    name: "http_request_duration_seconds",
    help: "Time to the end of the response.",
    labelNames: ["route", "method"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers,
  });
  const answers = new Counter({
    name: "course_answers_total",
    help: "Answers by outcome: answered, partial, refused, failed, closed.",
    labelNames: ["outcome"],
    registers,
  });
  const open = new Gauge({ name: "course_answers_open", help: "Answers being given now.", registers });
  return {
    measure(request, response, next) {
      const started = process.hrtime.bigint();
      response.once("close", () => {
        // Once a request has failed, Express has taken the router's own part of the address back.
        const base = request.baseUrl || (request.originalUrl.startsWith("/api/") ? "/api" : "");
        const route = routeOf(base, request.route as { path?: unknown } | undefined, request.originalUrl);
        const method = KNOWN_METHODS.has(request.method) ? request.method : "other";
        requests.inc({ route, method, status: String(response.statusCode) });
        duration.observe({ route, method }, Number(process.hrtime.bigint() - started) / 1e9);
      });
      next();
    },
    askStarted() {
      open.inc();
      return (outcome) => {
        open.dec();
        answers.inc({ outcome });
      };
    },
    agent: createAgentMetrics(registry),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

const KNOWN_METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

function routeOf(baseUrl: string, route: { path?: unknown } | undefined, path: string): string {
  if (typeof route?.path === "string") return `${baseUrl}${route.path}`;
  return path.startsWith("/api/") ? "/api/(none)" : "(site)";
}
