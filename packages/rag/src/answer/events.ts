import type { Passage } from "../retrieve/passage.ts";

/** Where a sentence of the answer comes from. */
export interface Citation {
  /** Number shown in the text as `[1]`. */
  readonly marker: number;
  readonly documentId: string;
  readonly blockId: string;
  readonly headingPath: readonly string[];
  /** Verbatim from the block. */
  readonly quote: string;
  readonly url?: string;
  readonly page?: number;
  /**
   * The quote stands verbatim in the block, and the numbers, names and negation of the sentence that carries the
   * marker occur there. That is what is promised, not entailment.
   */
  readonly supported: boolean;
}

export interface NearestDocument {
  readonly documentId: string;
  readonly title: string;
  readonly url?: string;
}

/** A word of the question that was read as another: `transfomer` → `Transformer`. */
export interface Correction {
  readonly from: string;
  readonly to: string;
}

export type RefusalReason = "off-topic" | "not-covered";

export interface Refusal {
  readonly reason: RefusalReason;
  readonly nearest: readonly NearestDocument[];
}

/** A whole answer, as the last event carries it. */
export interface Answer {
  /**
   * Markdown with `[n]` markers. In a model's answer a sentence that its sources do not bear out ends in （未核实） or
   * "(unverified)". All `text` events together are this text.
   */
  readonly text: string;
  readonly citations: readonly Citation[];
  readonly mode: "extractive" | "generative";
  readonly outcome: "answered" | "partial" | "refused";
  readonly refused: Refusal | null;
}

/** What an answer streams. Over HTTP each event is one SSE `data:` line of this JSON. */
export type AnswerEvent =
  /** The question as it was understood: follow-ups resolved from history, spelling mended. */
  | { readonly type: "understood"; readonly question: string; readonly corrections: readonly Correction[] }
  | { readonly type: "retrieved"; readonly passages: readonly Passage[] }
  /** A model's thinking, kept apart from the answer. */
  | { readonly type: "reasoning"; readonly delta: string }
  | { readonly type: "text"; readonly delta: string }
  | { readonly type: "citation"; readonly citation: Citation }
  | ({ readonly type: "refused" } & Refusal)
  | {
      readonly type: "usage";
      readonly inputTokens: number;
      readonly outputTokens: number;
      /** Counted locally: the provider reported none, or the answer broke off before it did. */
      readonly estimated?: true;
    }
  /** The text so far stays valid; `done` still follows with what there is. */
  | { readonly type: "error"; readonly error: { readonly code: string; readonly message: string } }
  | { readonly type: "done"; readonly answer: Answer };

export interface HistoryMessage {
  readonly role: "user" | "assistant";
  readonly content: string;
}
