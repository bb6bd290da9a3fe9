import type { UsageMetadata } from "@langchain/core/messages";
import type { AgentUsage, UsageOfAgent } from "./events.ts";

/** Prices per million tokens. `models` is keyed by model name; `*` is for any other. */
export interface PriceTable {
  /** Such as `CNY` or `USD`. */
  readonly currency: string;
  readonly models: Readonly<Record<string, ModelPrice>>;
}

export interface ModelPrice {
  readonly input: number;
  readonly output: number;
  readonly cachedInput?: number;
}

export function priceOf(prices: PriceTable | undefined, model: string): ModelPrice | undefined {
  return prices?.models[model] ?? prices?.models["*"];
}

/** What was taken so far, in all and by agent, and what calls that are going on will take at least. */
export class Spending {
  readonly #total = emptyAccount();
  readonly #byAgent = new Map<string, Account>();
  readonly #held = { input: 0, output: 0, cost: 0 };
  #isEstimated = false;
  /** A model was used that has no price, so that no sum can be given. */
  #isUnpriced = false;

  get steps(): number {
    return this.#total.steps;
  }

  get toolCalls(): number {
    return this.#total.toolCalls;
  }

  addStep(agent: string): void {
    for (const account of this.#accounts(agent)) account.steps++;
  }

  addToolCall(agent: string): void {
    for (const account of this.#accounts(agent)) account.toolCalls++;
  }

  add(agent: string, usage: UsageMetadata, price: ModelPrice | undefined, isEstimated: boolean): void {
    const cached = usage.input_token_details?.cache_read ?? 0;
    for (const account of this.#accounts(agent)) {
      account.inputTokens += usage.input_tokens;
      account.outputTokens += usage.output_tokens;
      account.cachedTokens += cached;
      account.cost += costOf(price, usage.input_tokens, usage.output_tokens, cached);
    }
    this.#isEstimated ||= isEstimated;
    this.#isUnpriced ||= price === undefined;
  }

  /** Reserves tokens of a call that is going on; negative ones give them back. */
  hold(input: number, output: number, price: ModelPrice | undefined): void {
    this.#held.input += input;
    this.#held.output += output;
    this.#held.cost += costOf(price, input, output, 0);
  }

  /** With what is reserved. */
  withHeld(): { readonly tokens: number; readonly cost: number } {
    const { inputTokens, outputTokens, cost } = this.#total;
    const { input, output } = this.#held;
    return { tokens: inputTokens + outputTokens + input + output, cost: cost + this.#held.cost };
  }

  usage(milliseconds: number, currency: string | undefined): AgentUsage {
    const inMoney = (account: Account): UsageOfAgent => {
      const { cost, ...counts } = account;
      const isKnown = currency !== undefined && !this.#isUnpriced;
      return { ...counts, ...(isKnown && { cost: { amount: cost, currency } }) };
    };
    const byAgent = Object.fromEntries([...this.#byAgent].map(([name, account]) => [name, inMoney(account)]));
    return {
      ...inMoney(this.#total),
      milliseconds,
      estimated: this.#isEstimated,
      ...(this.#byAgent.size > 1 && { byAgent }),
    };
  }

  #accounts(agent: string): Account[] {
    const account = this.#byAgent.get(agent) ?? emptyAccount();
    this.#byAgent.set(agent, account);
    return [this.#total, account];
  }
}

interface Account {
  inputTokens: number;
  outputTokens: number;
  cachedTokens: number;
  steps: number;
  toolCalls: number;
  cost: number;
}

function emptyAccount(): Account {
  return { inputTokens: 0, outputTokens: 0, cachedTokens: 0, steps: 0, toolCalls: 0, cost: 0 };
}

function costOf(price: ModelPrice | undefined, input: number, output: number, cached: number): number {
  if (!price) return 0;
  const fresh = input - cached;
  return (fresh * price.input + cached * (price.cachedInput ?? price.input) + output * price.output) / 1e6;
}
