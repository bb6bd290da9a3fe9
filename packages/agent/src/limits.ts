import type { AIMessage, BaseMessage, UsageMetadata } from "@langchain/core/messages";
import { countTokens } from "@zixue/models/tokens";
import { AgentError } from "./errors.ts";
import type { AgentUsage } from "./events.ts";
import { LOOP_ROUNDS } from "./policies/stop-loops.ts";

/** What one run may take. A run that reaches a limit ends with what it has. */
export interface AgentLimits {
  /** Calls of the model. Exact. @default 16 */
  readonly steps?: number;
  /** Calls of tools. Exact: calls beyond it are answered with an error instead of being run. @default 32 */
  readonly toolCalls?: number;
  /**
   * Input and output tokens of all model calls together. Checked before each call, and while a reply streams; it can
   * be exceeded by the difference between the provider's count and ours for that one call.
   */
  readonly tokens?: number;
  /** Money by the price table, checked as tokens are. */
  readonly cost?: number;
  /** Wall time. A model or tool that is running then is stopped. @default 300_000 */
  readonly milliseconds?: number;
}

/** `loop`: the model went round in circles; see `guards.loops`. */
export type LimitName = keyof AgentLimits | "loop";

/** Prices per million tokens. `models` is keyed by model name; `*` is for any other. */
export interface PriceTable {
  /** Such as `CNY` or `USD`. */
  readonly currency: string;
  readonly models: Readonly<
    Record<string, { readonly input: number; readonly output: number; readonly cachedInput?: number }>
  >;
}

const DEFAULTS = { steps: 16, toolCalls: 32, milliseconds: 300_000 } as const;

/** @throws AgentError `invalid-definition` when a limit is not a positive number, or cost has no price */
export function checkLimits(
  limits: AgentLimits,
  prices: PriceTable | undefined,
  modelName: string,
): Required<AgentLimits> {
  for (const [name, value] of Object.entries(limits)) {
    if (value !== undefined && !(value > 0)) {
      throw new AgentError("invalid-definition", `Limit "${name}" must be a positive number, not ${value}.`);
    }
  }
  if (limits.cost !== undefined && !(prices?.models[modelName] ?? prices?.models["*"])) {
    throw new AgentError(
      "invalid-definition",
      `A cost limit needs a price for model "${modelName}". Add it to prices.models, or a price for "*".`,
    );
  }
  return { tokens: Number.POSITIVE_INFINITY, cost: Number.POSITIVE_INFINITY, ...DEFAULTS, ...limits };
}

/** Counts what a run takes, and says when it is enough. */
export class Budget {
  readonly #limits: Required<AgentLimits>;
  readonly #price: { input: number; output: number; cachedInput?: number } | undefined;
  readonly #currency: string;
  readonly #startedAt = Date.now();
  #inputTokens = 0;
  #outputTokens = 0;
  #cachedTokens = 0;
  #steps = 0;
  #toolCalls = 0;
  #estimated = false;
  /** Our count of the reply being streamed, until its usage is known. */
  #open: { input: number; text: string; counted: number; output: number } | undefined;
  /** The first limit that was reached. */
  reached: LimitName | undefined;

  constructor(limits: Required<AgentLimits>, prices: PriceTable | undefined, modelName: string) {
    this.#limits = limits;
    this.#price = prices?.models[modelName] ?? prices?.models["*"];
    this.#currency = prices?.currency ?? "";
  }

  max(limit: LimitName): number {
    return limit === "loop" ? LOOP_ROUNDS : this.#limits[limit];
  }

  reach(limit: LimitName): void {
    this.reached ??= limit;
  }

  /** Has a step begun that has not ended? */
  get isInStep(): boolean {
    return this.#open !== undefined;
  }

  /** May the model be called with these messages? Counts the step when it may. */
  beginStep(messages: readonly BaseMessage[], overhead: number): boolean {
    const input = overhead + countTokens(messages);
    if (this.#steps >= this.#limits.steps) this.reach("steps");
    this.#open = { input, text: "", counted: 0, output: 0 };
    this.#checkSpending();
    if (this.reached !== undefined) {
      this.#open = undefined;
      return false;
    }
    this.#steps++;
    return true;
  }

  /** Takes note of a piece of a streaming reply. False when the reply must be cut off. */
  addDelta(delta: string): boolean {
    const open = this.#open;
    if (!open) return true;
    open.text += delta;
    // Counting each piece alone would round every piece up; counting all of it every time would be quadratic.
    if (open.text.length - open.counted >= 64) {
      open.output += countTokens(open.text.slice(open.counted));
      open.counted = open.text.length;
      this.#checkSpending();
    }
    return this.reached === undefined;
  }

  /** Closes the open reply with what the provider reported, or with our own count. */
  endStep(reply?: AIMessage): void {
    const open = this.#open;
    if (!open) return;
    this.#open = undefined;
    const usage = reply?.usage_metadata as UsageMetadata | undefined;
    if (usage) {
      this.add(usage);
      return;
    }
    this.#estimated = true;
    this.#inputTokens += open.input;
    this.#outputTokens += reply ? countTokens([reply]) : countTokens(open.text);
  }

  /** Adds what a provider reported, such as for a model that a tool called. */
  add(usage: UsageMetadata): void {
    this.#inputTokens += usage.input_tokens;
    this.#outputTokens += usage.output_tokens;
    this.#cachedTokens += usage.input_token_details?.cache_read ?? 0;
  }

  /** Adds what an agent inside a tool used. */
  addInner(inner: Budget): void {
    this.#inputTokens += inner.#inputTokens;
    this.#outputTokens += inner.#outputTokens;
    this.#cachedTokens += inner.#cachedTokens;
    this.#estimated ||= inner.#estimated;
  }

  /** May one more tool run? Counts it when it may. */
  beginToolCall(): boolean {
    if (this.#toolCalls >= this.#limits.toolCalls) this.reach("toolCalls");
    if (this.reached === "toolCalls") return false;
    this.#toolCalls++;
    return true;
  }

  usage(): AgentUsage {
    return {
      inputTokens: this.#inputTokens,
      outputTokens: this.#outputTokens,
      cachedTokens: this.#cachedTokens,
      steps: this.#steps,
      toolCalls: this.#toolCalls,
      milliseconds: Date.now() - this.#startedAt,
      ...(this.#price && {
        cost: { amount: this.#costOf(this.#inputTokens, this.#outputTokens), currency: this.#currency },
      }),
      estimated: this.#estimated,
    };
  }

  #checkSpending(): void {
    const input = this.#inputTokens + (this.#open?.input ?? 0);
    const output = this.#outputTokens + (this.#open?.output ?? 0);
    if (input + output >= this.#limits.tokens) this.reach("tokens");
    if (this.#costOf(input, output) >= this.#limits.cost) this.reach("cost");
  }

  #costOf(input: number, output: number): number {
    const price = this.#price;
    if (!price) return 0;
    const cached = Math.min(this.#cachedTokens, input);
    const inputCost = (input - cached) * price.input + cached * (price.cachedInput ?? price.input);
    return (inputCost + output * price.output) / 1_000_000;
  }
}
