/** Everything that decides between answering, showing the nearest text, and declining. Fitted by `fitThresholds`. */
export interface SufficiencyThresholds {
  /** Familiarity (see `familiarity`) under which a question is declined. */
  readonly refuse: number;
  /** Familiarity from which an answer may be given without a "the nearest text is". */
  readonly answer: number;
  /** The same two for a question that reached the text through the lexicon. */
  readonly refuseTranslated: number;
  readonly answerTranslated: number;
  /** Similarity from which a question of the author's bank counts as the same question. */
  readonly bank: number;
  /** Cosine similarity from which the vector side alone keeps a question from being declined; `null`: never. */
  readonly similarity: number | null;
}

export const DEFAULT_THRESHOLDS: SufficiencyThresholds = {
  refuse: 0.13,
  answer: 0.17,
  refuseTranslated: 0.13,
  answerTranslated: 0.17,
  bank: 0.62,
  similarity: null,
};

/**
 * Fits the two familiarity thresholds to questions that the documents answer: `falseRefusals` of them may fall under
 * `refuse` (default 2 %), and twice as many may be shown as partial.
 *
 * @param answerable familiarity of questions that the documents answer
 */
export function fitThresholds(
  answerable: readonly number[],
  options: { readonly falseRefusals?: number; readonly base?: SufficiencyThresholds } = {},
): SufficiencyThresholds {
  const rate = options.falseRefusals ?? 0.02;
  const base = options.base ?? DEFAULT_THRESHOLDS;
  const sorted = answerable.filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length === 0) return base;
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { ...base, refuse: at(rate), answer: Math.max(at(2 * rate), at(rate)) };
}
