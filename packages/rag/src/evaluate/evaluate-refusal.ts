import { RagError } from "../errors.ts";
import { areaUnderCurve } from "./area-under-curve.ts";

export interface RefusalJudgement {
  /** What the decision is made from; see `familiarity`. */
  readonly familiarity: number;
  readonly refused: boolean;
}

export interface RefusalReport {
  readonly answerable: number;
  readonly unanswerable: number;
  /** Probability that an answerable question is the more familiar one of a random pair; 0.5 is chance. */
  readonly auc: number;
  /** Familiarity under which 2 % of the answerable questions lie, and the share of the others under it. */
  readonly thresholdAt2: number;
  readonly refusedAt2: number;
  /** With the thresholds in force: share of answerable questions refused, and of the others. */
  readonly falseRefusals: number;
  readonly refused: number;
}

/**
 * Measures how well questions that the documents do not answer are told from those that they do.
 *
 * @throws {RagError} `invalid-input` when one of the two lists is empty; `aborted`
 */
export async function evaluateRefusal(
  questions: { readonly answerable: readonly string[]; readonly unanswerable: readonly string[] },
  judge: (question: string) => Promise<RefusalJudgement>,
  options: { readonly signal?: AbortSignal } = {},
): Promise<RefusalReport> {
  if (questions.answerable.length === 0 || questions.unanswerable.length === 0)
    throw new RagError(
      "invalid-input",
      "Refusal is measured on answerable and unanswerable questions; one list is empty.",
    );
  const judged = async (texts: readonly string[]) => {
    const judgements: RefusalJudgement[] = [];
    for (const text of texts) {
      if (options.signal?.aborted)
        throw new RagError("aborted", "The evaluation was cancelled.", { cause: options.signal.reason });
      judgements.push(await judge(text));
    }
    return judgements;
  };
  const yes = await judged(questions.answerable);
  const no = await judged(questions.unanswerable);
  const sorted = yes.map((judgement) => judgement.familiarity).sort((a, b) => a - b);
  const thresholdAt2 = sorted[Math.floor(0.02 * sorted.length)] ?? 0;
  return {
    answerable: yes.length,
    unanswerable: no.length,
    auc: areaUnderCurve(
      sorted,
      no.map((judgement) => judgement.familiarity),
    ),
    thresholdAt2,
    refusedAt2: share(no, ({ familiarity }) => familiarity < thresholdAt2),
    falseRefusals: share(yes, ({ refused }) => refused),
    refused: share(no, ({ refused }) => refused),
  };
}

function share<T>(items: readonly T[], test: (item: T) => boolean): number {
  return items.filter(test).length / items.length;
}
