import type { AttributeValue, Context, Span } from "@opentelemetry/api";
import type { SpanError } from "./span.ts";

/** A span that the app's own OpenTelemetry set-up collects. */
export interface SpanMirror {
  readonly traceId: string;
  readonly spanId: string;
  child(name: string, kind: SpanKindName, startedAt: number, attributes: MirrorAttributes): SpanMirror;
  /** Runs work with this as the active span, so that spans of an HTTP client or of a tool's own stand below it. */
  run<T>(work: () => T): T;
  link(traceId: string, spanId: string): void;
  end(endedAt: number, attributes: MirrorAttributes, error: SpanError | undefined): void;
}

export type SpanKindName = "client" | "internal";
type MirrorAttributes = Readonly<Record<string, string | number | boolean>>;

export interface MirrorOptions {
  readonly name: string;
  readonly startedAt: number;
  readonly attributes: MirrorAttributes;
  /** Are texts and arguments handed out too? */
  readonly content: boolean;
  /** The span above, when it is one of ours; else it is the active one. */
  readonly parent: SpanMirror | undefined;
}

/** Starts the OpenTelemetry span of a run; `undefined` when the app has registered no tracer provider. */
export async function startMirror(options: MirrorOptions): Promise<SpanMirror | undefined> {
  if (!isRegistered()) return undefined;
  const api = await loadApi();
  if (!api) return undefined;
  const { name, startedAt, attributes, content, parent } = options;
  if (parent) return parent.child(name, "internal", startedAt, attributes);
  const tracer = api.trace.getTracer("@zixue/agent");

  const start = (
    [name, kind, startTime, attributes]: Parameters<SpanMirror["child"]>,
    above: Context,
  ): SpanMirror => {
    const kinds = { client: api.SpanKind.CLIENT, internal: api.SpanKind.INTERNAL };
    const span = tracer.startSpan(
      name,
      { kind: kinds[kind], startTime, attributes: exported(attributes, content) },
      above,
    );
    const context = api.trace.setSpan(above, span);
    return {
      ...idsOf(span),
      child: (...given) => start(given, context),
      run: (work) => api.context.with(context, work),
      link: (traceId, spanId) =>
        span.addLink({ context: { traceId, spanId, traceFlags: api.TraceFlags.SAMPLED } }),
      end: (endedAt, attributes, error) => {
        span.setAttributes(exported(attributes, content));
        if (error) {
          const message = error.message === undefined ? {} : { message: error.message };
          span.setStatus({ code: api.SpanStatusCode.ERROR, ...message });
        }
        span.end(endedAt);
      },
    };
  };

  const root = start([name, "internal", startedAt, attributes], api.context.active());
  return api.isSpanContextValid({ ...root, traceFlags: api.TraceFlags.NONE }) ? root : undefined;
}

/** The API announces itself here when something is registered; before that it need not be loaded. */
function isRegistered(): boolean {
  const registry = globalThis as { [key: symbol]: { readonly trace?: unknown } | undefined };
  return registry[Symbol.for("opentelemetry.js.api.1")]?.trace !== undefined;
}

let loading: Promise<typeof import("@opentelemetry/api") | undefined> | undefined;

function loadApi() {
  loading ??= import("@opentelemetry/api").catch(() => undefined);
  return loading;
}

function idsOf(span: Span): { traceId: string; spanId: string } {
  const { traceId, spanId } = span.spanContext();
  return { traceId, spanId };
}

/** The conventions want a list of finish reasons, and arguments only where content was asked for. */
function exported(attributes: MirrorAttributes, content: boolean): Record<string, AttributeValue> {
  const { [FINISH_REASONS]: reason, [ARGUMENTS]: args, ...others } = attributes;
  return {
    ...others,
    ...(typeof reason === "string" && { [FINISH_REASONS]: [reason] }),
    ...(content && args !== undefined && { [ARGUMENTS]: args }),
  };
}

export const FINISH_REASONS = "gen_ai.response.finish_reasons";
export const ARGUMENTS = "gen_ai.tool.call.arguments";
