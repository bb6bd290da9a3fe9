import type { Knowledge } from "../answer/knowledge.ts";
import { topicScore } from "../answer/sufficiency.ts";
import { DEFAULT_THRESHOLDS, type SufficiencyThresholds } from "../answer/thresholds.ts";
import { RagError } from "../errors.ts";
import { fnv1a } from "../fnv1a.ts";
import type { ChunkIndex } from "../index/chunk-index.ts";
import type { RetrievalSettings } from "../retrieve/retrieve.ts";
import { areaUnderCurve } from "./area-under-curve.ts";
import { chooseThresholds, type KeptThreshold } from "./choose-thresholds.ts";
import { isDeclined, type JudgedQuestion, judgeQuestions, type SkippedQuestion } from "./judged-question.ts";

export interface FitSufficiencyOptions
  extends Omit<RetrievalSettings, "index" | "knowledge" | "useQuestionBank" | "withoutWording"> {
  readonly index: ChunkIndex;
  /** The glossary and bank that questions will be answered with: they are part of what is judged. */
  readonly knowledge?: Knowledge;
  /** Questions that the documents answer, in users' own words; wordings of the bank are asked without the bank. */
  readonly answerable: readonly string[];
  /** Questions that they do not answer: off the topic, and on it but not covered. */
  readonly unanswerable?: readonly string[];
  /** Share of the answerable questions that may be declined; default 0.02. */
  readonly falseRefusals?: number;
  /** What thresholds keep that the questions do not suffice for; default `DEFAULT_THRESHOLDS`. */
  readonly base?: SufficiencyThresholds;
  readonly signal?: AbortSignal;
}

/** How thresholds judge questions that they were not fitted to. Shares are 0–1; `null` without questions of the kind. */
export interface FitQuality {
  /** Probability that an answerable question scores higher than an unanswerable one. */
  readonly auc: number | null;
  /** Answerable questions that are declined. */
  readonly falseRefusals: number | null;
  /** Unanswerable questions that are declined. */
  readonly refused: number | null;
}

export interface SufficiencyFit {
  readonly thresholds: SufficiencyThresholds;
  readonly answerable: number;
  /** Of these, questions that reached the text through the lexicon. */
  readonly answerableTranslated: number;
  readonly unanswerable: number;
  /** Each half of the questions judged by thresholds that were fitted to the other half. */
  readonly heldOut: FitQuality;
  /** All questions judged by `base`. */
  readonly before: FitQuality;
  /** Thresholds that stayed, or were only lowered, for want of questions. */
  readonly kept: readonly KeptThreshold[];
  readonly skipped: readonly SkippedQuestion[];
}

/**
 * Fits what decides between answering, showing the nearest text and declining to the questions of an index's own users.
 * Store the result with `index.setThresholds(fit.thresholds)`; pipelines on the index then go by it.
 *
 * Fewer than 50 answerable questions only lower a gate, never raise it; weights are chosen from 100 answerable and 50
 * unanswerable ones on; `kept` says what was left as it was. Takes one retrieval a question.
 *
 * @throws RagError `invalid-input` without an answerable question, or for a `falseRefusals` outside 0–0.5; `aborted`
 * @example
 * const fit = await fitSufficiency({ index: rag.index, answerable: ["年假有几天？", …], unanswerable: ["今天天气？", …] });
 * await rag.index.setThresholds(fit.thresholds);
 */
export async function fitSufficiency(options: FitSufficiencyOptions): Promise<SufficiencyFit> {
  const {
    answerable,
    unanswerable = [],
    falseRefusals = 0.02,
    base = DEFAULT_THRESHOLDS,
    signal,
    ...settings
  } = options;
  if (!(falseRefusals >= 0 && falseRefusals <= 0.5))
    throw new RagError(
      "invalid-input",
      `falseRefusals is a share from 0 to 0.5, got ${String(falseRefusals)}; 0.02 declines 2 of 100 answerable questions.`,
    );
  const yes = await judgeQuestions(answerable, true, settings, signal);
  const no = await judgeQuestions(unanswerable, false, settings, signal);
  if (yes.judged.length === 0)
    throw new RagError(
      "invalid-input",
      "A fit needs questions that the documents answer; there is none that can be read.",
      { details: { skipped: yes.skipped } },
    );
  const questions = [...yes.judged, ...no.judged];
  const { thresholds, kept } = chooseThresholds(questions, { falseRefusals, base });
  return {
    thresholds,
    answerable: yes.judged.length,
    answerableTranslated: yes.judged.filter(({ retrieval }) => retrieval.translated).length,
    unanswerable: no.judged.length,
    heldOut: crossQuality(questions, { falseRefusals, base }),
    before: quality([{ questions, thresholds: base }]),
    kept,
    skipped: [...yes.skipped, ...no.skipped],
  };
}

/** Fits to one half and judges the other, both ways. */
function crossQuality(
  questions: readonly JudgedQuestion[],
  how: { readonly falseRefusals: number; readonly base: SufficiencyThresholds },
): FitQuality {
  const halves: JudgedQuestion[][] = [[], []];
  for (const answerable of [true, false]) {
    const some = questions.filter((one) => one.answerable === answerable);
    // In no order that a list may have: questions are often written down in a pattern.
    const groups = [...new Set(some.map(({ group }) => group))].sort((a, b) => scramble(a) - scramble(b));
    const half = new Map(groups.map((group, place) => [group, place % 2]));
    for (const one of some) halves[half.get(one.group) ?? 0]?.push(one);
  }
  return quality(
    halves.map((half, place) => ({
      questions: half,
      thresholds: chooseThresholds(halves[1 - place] ?? [], how).thresholds,
    })),
  );
}

/** The same order in every run. */
function scramble(text: string): number {
  const hash = fnv1a(text);
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}

function quality(
  parts: readonly {
    readonly questions: readonly JudgedQuestion[];
    readonly thresholds: SufficiencyThresholds;
  }[],
): FitQuality {
  const declined = (answerable: boolean): number | null => {
    const judged = parts.flatMap(({ questions, thresholds }) =>
      questions.flatMap((one) => (one.answerable === answerable ? [isDeclined(one, thresholds)] : [])),
    );
    return judged.length === 0 ? null : judged.filter(Boolean).length / judged.length;
  };
  const areas = parts.flatMap(({ questions, thresholds }) => {
    const scores = (answerable: boolean) =>
      questions.flatMap((one) =>
        one.answerable === answerable ? [topicScore(one.retrieval, thresholds)] : [],
      );
    const [yes, no] = [scores(true), scores(false)];
    return yes.length > 0 && no.length > 0 ? [areaUnderCurve(yes, no)] : [];
  });
  return {
    auc: areas.length === 0 ? null : areas.reduce((sum, area) => sum + area, 0) / areas.length,
    falseRefusals: declined(true),
    refused: declined(false),
  };
}
