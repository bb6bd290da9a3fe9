import type { TraceSpan } from "../store/state-store.ts";
import type { SpanMirror } from "./open-telemetry.ts";

export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** What a span failed with: a word of few values, and words for people. */
export interface SpanError {
  readonly type: string;
  readonly message?: string;
}

/** A step of a run while it is under way. What comes after its end changes nothing. */
export class OpenSpan {
  readonly id = crypto.randomUUID().replaceAll("-", "").slice(0, 16);
  /** The same step as an OpenTelemetry span, where the app collects them. */
  readonly mirror: SpanMirror | undefined;
  readonly #traceId: string;
  readonly #parentId: string | null;
  readonly #name: string;
  readonly #startedAt: number;
  readonly #attributes: Record<string, string | number | boolean> = {};
  #endedAt: number | undefined;
  #status: TraceSpan["status"] = "ok";

  constructor(options: {
    readonly traceId: string;
    readonly parentId: string | null;
    readonly name: string;
    readonly startedAt: number;
    readonly attributes: Attributes;
    readonly mirror: SpanMirror | undefined;
  }) {
    this.#traceId = options.traceId;
    this.#parentId = options.parentId;
    this.#name = options.name;
    this.#startedAt = options.startedAt;
    this.mirror = options.mirror;
    this.set(options.attributes);
  }

  get startedAt(): number {
    return this.#startedAt;
  }

  get isOpen(): boolean {
    return this.#endedAt === undefined;
  }

  /** `undefined` leaves an attribute as it is. */
  set(attributes: Attributes): void {
    if (!this.isOpen) return;
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== undefined) this.#attributes[name] = value;
    }
  }

  end(error?: SpanError, endedAt = now()): void {
    if (!this.isOpen) return;
    if (error) {
      this.#status = "error";
      this.set({ "error.type": error.type, "error.message": error.message });
    }
    this.#endedAt = Math.max(endedAt, this.#startedAt);
    this.mirror?.end(this.#endedAt, this.#attributes, error);
  }

  toTraceSpan(): TraceSpan {
    return {
      traceId: this.#traceId,
      spanId: this.id,
      parentId: this.#parentId,
      name: this.#name,
      startedAt: this.#startedAt,
      endedAt: this.#endedAt ?? now(),
      status: this.#status,
      attributes: { ...this.#attributes },
    };
  }
}

/** Milliseconds since 1970, to the microsecond, never going back. */
export function now(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000) / 1000;
}
