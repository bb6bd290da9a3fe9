import type { HistoryMessage } from "./events.ts";
import type { MessageLanguage } from "./messages.ts";
import type { PackedSource } from "./pack-context.ts";

export interface GenerateInput {
  readonly question: string;
  readonly language: MessageLanguage;
  readonly history: readonly HistoryMessage[];
  readonly sources: readonly PackedSource[];
  readonly signal?: AbortSignal;
}

export type GenerateEvent =
  | { readonly type: "text"; readonly delta: string }
  | { readonly type: "reasoning"; readonly delta: string }
  | { readonly type: "usage"; readonly inputTokens: number; readonly outputTokens: number };

/** A model that writes an answer from numbered sources. It cites them as `[n]` and says `NOT_COVERED` when it cannot. */
export interface Generator {
  generate(input: GenerateInput): AsyncIterable<GenerateEvent>;
  readonly countTokens: (text: string) => number;
  /** Tokens that the sources may take. */
  readonly contextBudget: number;
}

/** What a model says, alone, when the sources hold no answer. */
export const NOT_COVERED = "NOT_COVERED";

/**
 * Holds back the beginning of a stream until it is clear whether it is `NOT_COVERED`.
 */
export class NotCoveredGate {
  #held = "";
  #open = false;
  #refused = false;

  /** True when the model said that the sources hold no answer. */
  get refused(): boolean {
    return this.#refused;
  }

  /** Gives what may be shown of what has arrived. */
  push(delta: string): string {
    if (this.#refused) return "";
    if (this.#open) return delta;
    this.#held += delta;
    const text = this.#held.trimStart().replace(/^[`*"']+/u, "");
    if (NOT_COVERED.startsWith(text.slice(0, NOT_COVERED.length)) && text.length < NOT_COVERED.length)
      return "";
    if (text.startsWith(NOT_COVERED)) {
      this.#refused = true;
      return "";
    }
    this.#open = true;
    const shown = this.#held;
    this.#held = "";
    return shown;
  }

  /** Gives what was held back when the stream has ended. */
  end(): string {
    const rest = this.#open || this.#refused ? "" : this.#held;
    this.#held = "";
    return rest;
  }
}
