import type { SufficiencyThresholds } from "../answer/thresholds.ts";
import { type Need, QUESTIONS_NEEDED } from "./choose-thresholds.ts";
import { isDeclined, type JudgedQuestion } from "./judged-question.ts";

/**
 * With embeddings: the similarity that no more than 1 % of the unanswerable questions reach, if it keeps an answerable
 * one from being declined; otherwise `null`.
 */
export function chooseSimilarity(
  questions: readonly JudgedQuestion[],
  base: SufficiencyThresholds,
  need: Need,
): SufficiencyThresholds {
  const similarities = (answerable: boolean) =>
    questions.flatMap((one) =>
      one.answerable === answerable && one.retrieval.similarity !== null ? [one.retrieval.similarity] : [],
    );
  const [yes, no] = [similarities(true), similarities(false).sort((a, b) => a - b)];
  if (yes.length === 0) return base;
  if (
    !need("answerable", ["similarity"], yes.length, QUESTIONS_NEEDED.gate) ||
    !need("unanswerable", ["similarity"], no.length, QUESTIONS_NEEDED.unanswerable)
  )
    return base;
  const reached = no[Math.min(no.length - 1, Math.floor(0.99 * no.length))] ?? 1;
  const similarity = Math.min(1, Math.ceil(reached * 100 + 1) / 100);
  const rescues = questions.some(
    (one) =>
      one.answerable &&
      isDeclined(one, { ...base, similarity: null }) &&
      (one.retrieval.similarity ?? -1) >= similarity,
  );
  return { ...base, similarity: rescues ? similarity : null };
}

/**
 * The lowest similarity at which the bank is taken for another question by at most 1 % of its own wordings, each left
 * out in turn, and by at most 1 % of the unanswerable questions. Without those it is never lowered.
 */
export function chooseBank(
  questions: readonly JudgedQuestion[],
  base: SufficiencyThresholds,
  need: Need,
): SufficiencyThresholds {
  const wordings = questions.filter(({ isWording }) => isWording);
  if (wordings.length === 0) return base;
  if (!need("bank wordings", ["bank"], wordings.length, QUESTIONS_NEEDED.bank)) return base;
  const strangers = questions.filter(({ answerable }) => !answerable);
  const wrong = (some: readonly JudgedQuestion[], least: number) =>
    some.filter(({ bank }) => bank !== null && bank.similarity >= least && !bank.right).length;
  const sound = (least: number) =>
    wrong(wordings, least) <= 0.01 * wordings.length && wrong(strangers, least) <= 0.01 * strangers.length;
  const steps = Array.from({ length: 51 }, (_, step) => (50 + step) / 100);
  const bank = steps.find(sound) ?? 1;
  const mayLower = strangers.length >= QUESTIONS_NEEDED.unanswerable;
  return { ...base, bank: mayLower ? bank : Math.max(bank, base.bank) };
}
