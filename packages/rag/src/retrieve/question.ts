import type { Correction } from "../answer/events.ts";
import type { GlossaryTerm } from "../answer/knowledge.ts";

/** What a message asks for. Everything but `question` is answered without looking anything up. */
export type Intent = "question" | "greeting" | "thanks" | "farewell" | "identity" | "capabilities";

/** A question after reading it: what retrieval and answering work from. */
export interface UnderstoodQuestion {
  /** As it was asked, without control characters. */
  readonly original: string;
  /** Self-contained: follow-ups resolved from history, spelling mended. */
  readonly question: string;
  readonly corrections: readonly Correction[];
  readonly intent: Intent;
  /** Language the question is written in. */
  readonly language: "zh" | "en";
  /** Glossary terms that the question names, longest first. */
  readonly terms: readonly GlossaryTerm[];
  /** True when the subject was carried over from an earlier turn. */
  readonly followUp: boolean;
  /** What the assistant said before, when the reader asks for more of the same; otherwise "". */
  readonly told: string;
}
