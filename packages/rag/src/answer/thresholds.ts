import { RagError } from "../errors.ts";

/** Everything that decides between answering, showing the nearest text, and declining. Fitted by `npx tsx benchmarks/fit-sufficiency.ts`. */
export interface SufficiencyThresholds {
  /** Familiarity (see `familiarity`) under which a question is declined. */
  readonly refuse: number;
  /** Familiarity from which an answer may be given without a "the nearest text is". */
  readonly answer: number;
  /** The same two for a question that reached the text through the lexicon. */
  readonly refuseTranslated: number;
  readonly answerTranslated: number;
  /** `refuseTranslated` where there is a glossary: what is no word of the field can then be told. */
  readonly refuseTranslatedInField: number;
  /** What the familiarity thresholds are multiplied by for a question that names a term of the glossary. */
  readonly namedTerm: number;
  /** How much of the familiarity a question loses when the documents use none of its words, 0–1. */
  readonly unknownWords: number;
  /** How much of it a question loses that names nothing of the field (glossary, titles, headings), 0–1. */
  readonly foreignWords: number;
  /** The same for a question that reached the text through the lexicon. */
  readonly foreignTranslated: number;
  /**
   * Share of a question's content words that one passage must hold together when none of them belongs to the field.
   * Only where there is a glossary, and so a field.
   */
  readonly together: number;
  /** Share of a question's content words that the passages shown must hold for an answer. */
  readonly shown: number;
  /** The same where the question names a term of the glossary: then the rest may be said in other words. */
  readonly shownOfTerm: number;
  /** Similarity from which a question of the author's bank counts as the same question. */
  readonly bank: number;
  /** Cosine similarity from which the vector side alone keeps a question from being declined; `null`: never. */
  readonly similarity: number | null;
}

export const DEFAULT_THRESHOLDS: SufficiencyThresholds = {
  refuse: 0.085,
  answer: 0.12,
  refuseTranslated: 0.14,
  answerTranslated: 0.17,
  refuseTranslatedInField: 0.25,
  namedTerm: 0.5,
  unknownWords: 0.8,
  foreignWords: 0.7,
  foreignTranslated: 0.8,
  together: 0.67,
  shown: 0.45,
  shownOfTerm: 0.25,
  bank: 0.62,
  similarity: null,
};

/**
 * Checks thresholds that come from outside the program: a file, a database, a caller in JavaScript. What is missing is
 * taken from the defaults, so that thresholds of an older version stay usable; what is unknown is left out.
 *
 * @throws RagError `invalid-input` naming the value that is no number from 0 to 1 (`similarity`: −1 to 1, or null)
 */
export function checkThresholds(value: unknown): SufficiencyThresholds {
  if (value === null || typeof value !== "object" || Array.isArray(value))
    throw new RagError("invalid-input", "Thresholds must be an object such as DEFAULT_THRESHOLDS.");
  const given = value as Record<string, unknown>;
  const checked = Object.keys(DEFAULT_THRESHOLDS).map((name) => {
    const found =
      given[name] === undefined ? DEFAULT_THRESHOLDS[name as keyof SufficiencyThresholds] : given[name];
    const least = name === "similarity" ? -1 : 0;
    const sound =
      (name === "similarity" && found === null) ||
      (typeof found === "number" && found >= least && found <= 1);
    if (!sound)
      throw new RagError(
        "invalid-input",
        `The threshold ${name} is ${JSON.stringify(found)}; it must be a number from ${least} to 1.`,
        { details: { threshold: name } },
      );
    return [name, found];
  });
  return Object.fromEntries(checked) as SufficiencyThresholds;
}

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
