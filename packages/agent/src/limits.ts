import type { AIMessage, BaseMessage, UsageMetadata } from "@langchain/core/messages";
import { countTokens } from "@zixue/models/tokens";
import { AgentError } from "./errors.ts";
import type { AgentUsage } from "./events.ts";
import { LOOP_ROUNDS } from "./policies/stop-loops.ts";
import { type PriceTable, priceOf, Spending } from "./spending.ts";

/** What one run may take. A run that reaches a limit ends with what it has. */
export interface AgentLimits {
  /** Calls of models, each retry and repair being one. Exact. @default 16 */
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

const DEFAULTS = { steps: 16, toolCalls: 32, milliseconds: 300_000 } as const;

/** @throws AgentError `invalid-definition` when a limit is not a positive number, or cost has no price */
export function checkLimits(
  limits: AgentLimits,
  prices: PriceTable | undefined,
  modelNames: readonly string[],
): Required<AgentLimits> {
  for (const [name, value] of Object.entries(limits)) {
    if (value !== undefined && !(value > 0)) {
      throw new AgentError("invalid-definition", `Limit "${name}" must be a positive number, not ${value}.`);
    }
  }
  const unpriced = modelNames.find((name) => priceOf(prices, name) === undefined);
  if (limits.cost !== undefined && unpriced !== undefined) {
    throw new AgentError(
      "invalid-definition",
      `A cost limit needs a price for model "${unpriced}". Add it to prices.models, or a price for "*".`,
    );
  }
  return { tokens: Number.POSITIVE_INFINITY, cost: Number.POSITIVE_INFINITY, ...DEFAULTS, ...limits };
}

/**
 * How a budget stands to the one around it. `hand-off`: the same run goes on with another agent, so that all counts and a
 * limit of either ends it. `member`: an agent that is a tool; all it takes counts for the lead too, while its own limits
 * end only itself. `apart`: an agent that some tool runs by itself; only its tokens and money count.
 */
export type BudgetTie = "hand-off" | "member" | "apart";

export interface BudgetOptions {
  readonly agent: {
    readonly name: string;
    readonly limits: Required<AgentLimits>;
    readonly prices: PriceTable | undefined;
    readonly modelName: string;
  };
  readonly within?: { readonly budget: Budget; readonly tie: BudgetTie };
}

/** A model call that is going on. */
interface OpenStep {
  readonly model: string;
  readonly input: number;
  text: string;
  counted: number;
  output: number;
}

/** Counts what a run takes, and says when it is enough. */
export class Budget {
  readonly #agent: BudgetOptions["agent"];
  readonly #parent: Budget | undefined;
  readonly #tie: BudgetTie | undefined;
  readonly #spending = new Spending();
  readonly #startedAt = Date.now();
  #open: OpenStep | undefined;
  #reached: { readonly limit: LimitName; readonly max: number } | undefined;

  constructor({ agent, within }: BudgetOptions) {
    this.#agent = agent;
    this.#parent = within?.budget;
    this.#tie = within?.tie;
  }

  /** The limit that ends this run: the first that was reached here or in what it is a part of. */
  get reached(): LimitName | undefined {
    return this.#ending()?.limit;
  }

  /** What the limit that ends the run was set to. */
  max(limit: LimitName): number {
    const ending = this.#ending();
    if (ending?.limit === limit) return ending.max;
    return limit === "loop" ? LOOP_ROUNDS : this.#agent.limits[limit];
  }

  reach(limit: LimitName, max = this.max(limit)): void {
    this.#reached ??= { limit, max };
    if (this.#tie === "hand-off") this.#parent?.reach(limit, max);
  }

  /** Has a step begun that has not ended? */
  get isInStep(): boolean {
    return this.#open !== undefined;
  }

  /** May the model be called with these messages? Counts the step when it may. */
  beginStep(messages: readonly BaseMessage[], overhead: number, model = this.#agent.modelName): boolean {
    this.endStep();
    const counting = this.#counting();
    const full = counting.find(({ steps, limits }) => steps >= limits.steps);
    if (full) full.budget.reach("steps");
    this.#open = { model, input: overhead + countTokens(messages), text: "", counted: 0, output: 0 };
    this.#hold(1);
    this.#checkSpending();
    if (this.reached !== undefined) {
      this.#close();
      return false;
    }
    for (const { budget } of counting) budget.#spending.addStep(this.#agent.name);
    return true;
  }

  /** Takes note of a piece of a streaming reply. False when the reply must be cut off. */
  addDelta(delta: string): boolean {
    const open = this.#open;
    if (!open) return true;
    open.text += delta;
    // Counting each piece alone would round every piece up; counting all of it every time would be quadratic.
    if (open.text.length - open.counted >= 64) {
      this.#hold(-1);
      open.output += countTokens(open.text.slice(open.counted));
      open.counted = open.text.length;
      this.#hold(1);
      this.#checkSpending();
    }
    return this.reached === undefined;
  }

  /** Closes the open call with what the provider reported, or with our own count. */
  endStep(reply?: AIMessage): void {
    const open = this.#close();
    if (!open) return;
    const usage = reply?.usage_metadata as UsageMetadata | undefined;
    if (usage) {
      this.add(usage, open.model);
      return;
    }
    const output = reply ? countTokens([reply]) : countTokens(open.text);
    this.add({ input_tokens: open.input, output_tokens: output, total_tokens: 0 }, open.model, true);
  }

  /** Closes the open call as one that the provider turned away: unless it had begun to answer, it costs nothing. */
  refuseStep(): void {
    if (this.#open?.text === "") this.#close();
    else this.endStep();
  }

  /** Adds what a model used, such as one that a tool called. */
  add(usage: UsageMetadata, model = this.#agent.modelName, isEstimated = false): void {
    for (const budget of this.#lineage()) {
      budget.#spending.add(this.#agent.name, usage, this.#priceFor(budget, model), isEstimated);
    }
  }

  /** May one more tool run? Counts it when it may. */
  beginToolCall(): boolean {
    const counting = this.#counting();
    const full = counting.find(({ toolCalls, limits }) => toolCalls >= limits.toolCalls);
    if (full) {
      full.budget.reach("toolCalls");
      return false;
    }
    for (const { budget } of counting) budget.#spending.addToolCall(this.#agent.name);
    return true;
  }

  usage(): AgentUsage {
    return this.#spending.usage(Date.now() - this.#startedAt, this.#currency());
  }

  #ending(): { readonly limit: LimitName; readonly max: number } | undefined {
    if (this.#reached) return this.#reached;
    return this.#parent === undefined ? undefined : this.#parent.#ending();
  }

  /** This budget and all around it. */
  #lineage(): Budget[] {
    return this.#parent === undefined ? [this] : [this, ...this.#parent.#lineage()];
  }

  /** Those for which steps and tool calls here count. */
  #counting() {
    const budgets: Budget[] = [this];
    for (let budget: Budget = this; budget.#parent && budget.#tie !== "apart"; budget = budget.#parent) {
      budgets.push(budget.#parent);
    }
    return budgets.map((budget) => {
      const { steps, toolCalls } = budget.#spending;
      return { budget, steps, toolCalls, limits: budget.#agent.limits };
    });
  }

  #close(): OpenStep | undefined {
    const open = this.#open;
    if (!open) return undefined;
    this.#hold(-1);
    this.#open = undefined;
    return open;
  }

  /** Reserves what the open call takes as far as is known, or gives it back. */
  #hold(sign: 1 | -1): void {
    const open = this.#open;
    if (!open) return;
    for (const budget of this.#lineage()) {
      budget.#spending.hold(open.input * sign, open.output * sign, this.#priceFor(budget, open.model));
    }
  }

  #checkSpending(): void {
    for (const budget of this.#lineage()) {
      const { tokens, cost } = budget.#spending.withHeld();
      if (tokens >= budget.#agent.limits.tokens) budget.reach("tokens");
      if (cost >= budget.#agent.limits.cost) budget.reach("cost");
    }
  }

  /** The price of a model in the money that another budget counts in. Ours is the more exact; else that one's own. */
  #priceFor(budget: Budget, model: string) {
    const ours = this.#currency() === budget.#currency() ? this.#findPrice(model) : undefined;
    return ours ?? budget.#findPrice(model);
  }

  #findPrice(model: string): ReturnType<typeof priceOf> {
    const own = priceOf(this.#agent.prices, model);
    return own ?? (this.#parent === undefined ? undefined : this.#parent.#findPrice(model));
  }

  #currency(): string | undefined {
    const own = this.#agent.prices?.currency;
    return own ?? (this.#parent === undefined ? undefined : this.#parent.#currency());
  }
}
