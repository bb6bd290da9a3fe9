import { AsyncLocalStorage } from "node:async_hooks";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessage, type BaseMessage } from "@langchain/core/messages";
import type { ReadyAgent } from "../define.ts";
import type { AgentStatus, AgentToolCall, AgentUsage } from "../events.ts";
import { secretsOf } from "../guards/redact-secrets.ts";
import type { Budget } from "../limits.ts";
import type { TraceStore } from "../store/state-store.ts";
import { describeArguments, describeMessages, describeText } from "./content.ts";
import { describeModel, describeReply, errorMessage, errorType } from "./describe-model.ts";
import { ARGUMENTS, type SpanKindName, startMirror } from "./open-telemetry.ts";
import { type Attributes, now, OpenSpan, type SpanError } from "./span.ts";

/** What is said of a run in its trace. */
export interface TraceOptions {
  /** Keeps what was said too, shortened and without credentials. @default false */
  readonly content?: boolean;
}

/** A trace under way: its own spans, and those of agents inside its tools. */
interface Trace {
  readonly id: string;
  readonly spans: OpenSpan[];
  isWritten: boolean;
}

/** What a model is asked, and by which agent of the run. */
interface ModelRequest {
  readonly agent: string;
  readonly model: BaseChatModel;
  readonly messages: readonly BaseMessage[];
}

/** The tool span inside which work runs, so that an agent that is a tool stands below it. */
const enclosing = new AsyncLocalStorage<{ readonly trace: Trace; readonly span: OpenSpan }>();

/** Notes what happens in one run, and writes it when the run ends. */
export class TraceRecorder {
  readonly #run: ConstructorParameters<typeof TraceRecorder>[0];
  readonly #secrets: readonly string[];
  readonly #startedAt = now();
  readonly #outer = enclosing.getStore();
  readonly #trace: Trace;
  #root: OpenSpan | undefined;
  readonly #own: OpenSpan[] = [];
  #chat: { readonly span: OpenSpan; readonly before: AgentUsage } | undefined;
  #attempts = 0;
  #awaitsDelta = false;

  constructor(run: {
    readonly agent: ReadyAgent;
    readonly threadId: string;
    /** False for a run of its own, whose thread is made up. */
    readonly hasThread: boolean;
    readonly budget: Budget;
    readonly signal: AbortSignal;
  }) {
    this.#run = run;
    this.#secrets = secretsOf(run.agent.model);
    const outer = this.#outer?.trace;
    const id = crypto.randomUUID().replaceAll("-", "");
    this.#trace = outer && !outer.isWritten ? outer : { id, spans: [], isWritten: false };
  }

  get traceId(): string {
    return this.#trace.id;
  }

  /** A run that never gets here, since its input is refused, has no trace. */
  async begin({ isResumed }: { readonly isResumed: boolean }): Promise<void> {
    const attributes = {
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.agent.name": this.#run.agent.name,
      ...describeModel(this.#run.agent.model),
      ...(this.#run.hasThread && { "gen_ai.conversation.id": this.#run.threadId }),
    } as const;
    const name = `invoke_agent ${this.#run.agent.name}`;
    const parent = this.#outer?.trace === this.#trace ? this.#outer.span : undefined;
    const mirror = await startMirror({
      name,
      startedAt: this.#startedAt,
      attributes: { ...withValues(attributes), "zixue.trace.id": this.traceId },
      content: this.#run.agent.trace.content,
      parent: parent?.mirror,
    });
    this.#root = new OpenSpan({
      traceId: this.traceId,
      parentId: parent?.id ?? null,
      name,
      startedAt: this.#startedAt,
      attributes: {
        ...attributes,
        "otel.trace_id": mirror?.traceId,
        "otel.span_id": mirror?.spanId,
      },
      mirror,
    });
    this.#trace.spans.push(this.#root);
    if (isResumed) await this.#linkToEarlier(this.#root);
  }

  /** One request to a model: a retry or a fallback is another. */
  async chat({ agent, model, messages }: ModelRequest, ask: () => Promise<AIMessage>): Promise<AIMessage> {
    this.#attempts++;
    const described = describeModel(model);
    const span = this.#open(`chat ${described["gen_ai.request.model"]}`, "client", {
      "gen_ai.operation.name": "chat",
      "gen_ai.agent.name": agent,
      ...described,
      "zixue.attempt": this.#attempts > 1 ? this.#attempts : undefined,
      "gen_ai.input.messages": this.#messages(newOf(messages)),
    });
    const before = this.#run.budget.usage();
    this.#chat = { span, before };
    this.#awaitsDelta = true;
    try {
      return await (span.mirror ? span.mirror.run(ask) : ask());
    } catch (error) {
      // What stopped a run that was stopped is known when it ends.
      if (!this.#isStopped(error)) {
        this.#chat = undefined;
        span.set(this.#taken(before, true));
        span.end(this.#describeError(error));
      }
      throw error;
    } finally {
      this.#awaitsDelta = false;
    }
  }

  /** A piece of a streamed reply has come; only the first is noted. */
  sawDelta(): void {
    if (!this.#awaitsDelta) return;
    this.#awaitsDelta = false;
    const seconds = (now() - (this.#chat?.span.startedAt ?? 0)) / 1000;
    this.#chat?.span.set({ "gen_ai.response.time_to_first_chunk": Number(seconds.toFixed(6)) });
  }

  /** The reply is there, and the budget knows what it took. */
  endStep(reply: AIMessage, finishReason: string | undefined): void {
    const chat = this.#chat;
    this.#chat = undefined;
    this.#attempts = 0;
    chat?.span.set({
      ...describeReply(reply, finishReason),
      ...this.#taken(chat.before, !reply.usage_metadata),
      "gen_ai.output.messages": this.#messages([reply]),
    });
    chat?.span.end();
  }

  /** Runs a tool call inside a span of its own. `conclude` says what came of it. */
  async tool<T>(
    agent: string,
    { id, name, args }: AgentToolCall,
    work: () => Promise<T>,
    conclude: (result: T | undefined, error: unknown) => { attributes: Attributes; error?: SpanError },
  ): Promise<T> {
    const span = this.#open(`execute_tool ${name}`, "internal", {
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.agent.name": agent,
      "gen_ai.tool.name": name,
      "gen_ai.tool.call.id": id,
      "gen_ai.tool.type": "function",
      [ARGUMENTS]: this.arguments(args),
    });
    const end = (result: T | undefined, thrown?: unknown) => {
      const { attributes, error } = conclude(result, thrown);
      span.set(attributes);
      span.end(error);
    };
    const run = () => enclosing.run({ trace: this.#trace, span }, work);
    try {
      const result = await (span.mirror ? span.mirror.run(run) : run());
      end(result);
      return result;
    } catch (error) {
      if (!this.#isStopped(error)) end(undefined, error);
      throw error;
    }
  }

  /** Arguments of a call as they are kept. */
  arguments(args: unknown): string {
    return describeArguments(args, this.#secrets);
  }

  /** A text as it is kept, if texts are. */
  text(text: string): string | undefined {
    return this.#run.agent.trace.content ? describeText(text, this.#secrets) : undefined;
  }

  /** A reason for people, which is kept always. */
  reason(text: string): string {
    return describeText(text, this.#secrets, 300);
  }

  /** Ends all that is open, and writes the trace once. A trace that cannot be written does not fail the run. */
  async finish(
    status: AgentStatus,
    failure?: { readonly code: string; readonly message: string },
  ): Promise<void> {
    const root = this.#root;
    if (!root?.isOpen) return;
    const isInner = this.#outer?.trace === this.#trace;
    const { budget } = this.#run;
    const limit = status === "limited" ? budget.reached : undefined;
    this.#chat?.span.set(this.#taken(this.#chat.before, true));
    for (const span of isInner ? this.#own : this.#trace.spans) {
      if (span !== root) span.end({ type: limit === undefined ? "cancelled" : `limit:${limit}` });
    }
    root.set(describeRun(status, limit, budget.usage()));
    root.end(failure && { type: failure.code, message: this.reason(failure.message) });
    // An agent inside a tool is written with the run around it.
    if (isInner) return;
    this.#trace.isWritten = true;
    try {
      const spans = this.#trace.spans.map((span) => span.toTraceSpan());
      await this.#store.add(this.#run.threadId, spans);
    } catch (error) {
      const reason = this.reason(errorMessage(error));
      process.emitWarning(`The trace of a run could not be stored: ${reason}`, { code: "ZIXUE_TRACE" });
    }
  }

  /** Traces of runs without a thread stay in memory: no user's deletion would find them. */
  get #store(): TraceStore {
    const { agent, hasThread } = this.#run;
    return hasThread ? agent.store.traces : agent.ownTraces;
  }

  /** The run before this one, which paused or was cut off. */
  async #linkToEarlier(root: OpenSpan): Promise<void> {
    try {
      const [earlier] = await this.#store.list({ threadId: this.#run.threadId, limit: 1 });
      if (!earlier) return;
      const before = (await this.#store.get(earlier.traceId)).find(({ parentId }) => parentId === null);
      root.set({
        "zixue.resumed_from": earlier.traceId,
        "zixue.resumed_after_ms": before && Math.round(this.#startedAt - before.endedAt),
      });
      const { "otel.trace_id": traceId, "otel.span_id": spanId } = before?.attributes ?? {};
      if (typeof traceId === "string" && typeof spanId === "string") root.mirror?.link(traceId, spanId);
    } catch {
      // A store that fails here fails the run soon enough, with its own error.
    }
  }

  /** A reader who leaves cancels the stream before the run's own signal is aborted. */
  #isStopped(error: unknown): boolean {
    return this.#run.signal.aborted || (error instanceof Error && error.name === "AbortError");
  }

  #describeError(error: unknown): SpanError {
    return { type: errorType(error), message: this.reason(errorMessage(error)) };
  }

  #messages(messages: readonly BaseMessage[]): string | undefined {
    return this.#run.agent.trace.content ? describeMessages(messages, this.#secrets) : undefined;
  }

  #open(name: string, kind: SpanKindName, attributes: Attributes): OpenSpan {
    const startedAt = now();
    const span = new OpenSpan({
      traceId: this.traceId,
      parentId: this.#root?.id ?? null,
      name,
      startedAt,
      attributes,
      mirror: this.#root?.mirror?.child(name, kind, startedAt, withValues(attributes)),
    });
    this.#trace.spans.push(span);
    this.#own.push(span);
    return span;
  }

  /** Tokens and money since a request began. */
  #taken(before: AgentUsage, isEstimated: boolean): Attributes {
    const after = this.#run.budget.usage();
    const input = after.inputTokens - before.inputTokens;
    const output = after.outputTokens - before.outputTokens;
    if (input + output === 0) return {};
    const cost = after.cost && after.cost.amount - (before.cost?.amount ?? 0);
    return {
      "gen_ai.usage.input_tokens": input,
      "gen_ai.usage.output_tokens": output,
      "gen_ai.usage.cache_read.input_tokens": after.cachedTokens - before.cachedTokens || undefined,
      "zixue.usage.estimated": isEstimated || undefined,
      "zixue.cost.amount": cost === undefined ? undefined : Number(cost.toPrecision(12)),
      "zixue.cost.currency": after.cost?.currency,
    };
  }
}

function describeRun(status: AgentStatus, limit: string | undefined, usage: AgentUsage): Attributes {
  return {
    "zixue.run.status": status,
    "zixue.run.limit": limit,
    "zixue.run.steps": usage.steps,
    "zixue.run.tool_calls": usage.toolCalls,
    "gen_ai.usage.input_tokens": usage.inputTokens,
    "gen_ai.usage.output_tokens": usage.outputTokens,
    "gen_ai.usage.cache_read.input_tokens": usage.cachedTokens || undefined,
    "zixue.usage.estimated": usage.estimated || undefined,
    "zixue.cost.amount": usage.cost?.amount,
    "zixue.cost.currency": usage.cost?.currency,
  };
}

/** What has come since the model last spoke. */
function newOf(messages: readonly BaseMessage[]): readonly BaseMessage[] {
  return messages.slice(messages.findLastIndex((message) => AIMessage.isInstance(message)) + 1);
}

function withValues(attributes: Attributes): Record<string, string | number | boolean> {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Record<string, string | number | boolean>;
}
