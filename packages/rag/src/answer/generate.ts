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
  | {
      readonly type: "usage";
      readonly inputTokens: number;
      readonly outputTokens: number;
      /** Counted locally, as the provider reported none. */
      readonly estimated?: true;
    };

/** A model that writes an answer from numbered sources. It cites them as `[n]` and says `NOT_COVERED` when it cannot. */
export interface Generator {
  generate(input: GenerateInput): AsyncIterable<GenerateEvent>;
  readonly countTokens: (text: string) => number;
  /** Tokens that the sources may take. */
  readonly contextBudget: number;
}

/** What a model says, alone, when the sources hold no answer. */
export const NOT_COVERED = "NOT_COVERED";

/** What a reply turned out to be; `null` while its beginning leaves it open. */
export type ReplyVerdict = "answer" | "not-covered" | "declined";

/**
 * Holds back the beginning of a stream until it is clear whether it is an answer, `NOT_COVERED`, or an apology. An
 * apology is held until it cites something, and is no answer when it never does.
 */
export class ReplyGate {
  #held = "";
  #verdict: ReplyVerdict | null = null;

  get verdict(): ReplyVerdict | null {
    return this.#verdict;
  }

  /** Gives what may be shown of what has arrived. */
  push(delta: string): string {
    if (this.#verdict === "answer") return delta;
    if (this.#verdict !== null) return "";
    this.#held += delta;
    const text = this.#held.trimStart().replace(/^[`*"'“]+/u, "");
    if (text.startsWith(NOT_COVERED)) {
      this.#verdict = "not-covered";
      return "";
    }
    if (NOT_COVERED.startsWith(text) || text.length < LONGEST_OPENING) return "";
    return DECLINES.test(text) && !/[[【]\^?\d/u.test(text) ? "" : this.#open();
  }

  /** Gives what was held back when the stream has ended, and decides. */
  end(): string {
    if (this.#verdict !== null) return "";
    const text = this.#held.trim();
    if (!DECLINES.test(text) || /[[【]\^?\d/u.test(text)) return this.#open();
    this.#verdict = SPEAKS_OF_SOURCES.test(text) ? "not-covered" : "declined";
    return "";
  }

  #open(): string {
    this.#verdict = "answer";
    const shown = this.#held;
    this.#held = "";
    return shown;
  }
}

/** Characters by which an apology shows. */
const LONGEST_OPENING = 12;
const DECLINES =
  /^(?:非?常?很?抱歉|对不起|不好意思|我(?:无法|不能|没办法)|作为(?:一[个名])?(?:AI|人工智能|语言模型|大语言模型)|(?:I['’]?m|I am|We are) (?:sorry|unable|not able)|sorry\b|I (?:cannot|can['’]t|won['’]t)|as an AI\b|unfortunately\b)/iu;
const SPEAKS_OF_SOURCES =
  /资料|来源|文档|原文|提供的(?:内容|信息)|sources?\b|documents?\b|provided\b|context\b/iu;
