import { answerGate, mentionedInPassing, topicGate, topicScore } from "../answer/sufficiency.ts";
import type { SufficiencyThresholds } from "../answer/thresholds.ts";
import { chooseBank, chooseSimilarity } from "./choose-shortcuts.ts";
import type { JudgedQuestion } from "./judged-question.ts";

/** How many questions a threshold needs before it is moved freely; a gate with fewer is only lowered. */
export const QUESTIONS_NEEDED = { gate: 50, weights: 100, unanswerable: 50, bank: 100 } as const;

/** A threshold that stayed, or was only lowered, for want of questions. */
export interface KeptThreshold {
  readonly threshold: keyof SufficiencyThresholds;
  readonly kind: "answerable" | "answerable in the other language" | "unanswerable" | "bank wordings";
  readonly questions: number;
  readonly needed: number;
}

/** Are there enough questions of a kind for these thresholds? If not, it is noted. */
export type Need = (
  kind: KeptThreshold["kind"],
  names: readonly (keyof SufficiencyThresholds)[],
  count: number,
  needed: number,
) => boolean;

/**
 * Chooses thresholds so that at most `falseRefusals` of the answerable questions are declined and about twice as many
 * fall short of an answer for their familiarity. Among weights that keep to this, the ones that decline most of the
 * unanswerable questions are taken, and no gate is set higher than that takes.
 */
export function chooseThresholds(
  questions: readonly JudgedQuestion[],
  { falseRefusals, base }: { readonly falseRefusals: number; readonly base: SufficiencyThresholds },
): { readonly thresholds: SufficiencyThresholds; readonly kept: readonly KeptThreshold[] } {
  const kept: KeptThreshold[] = [];
  const need: Need = (kind, names, count, needed) => {
    if (count < needed)
      kept.push(...names.map((threshold) => ({ threshold, kind, questions: count, needed })));
    return count >= needed;
  };
  let thresholds = base;
  for (const translated of [false, true]) {
    const group = questions.filter(({ retrieval }) => retrieval.translated === translated);
    const yes = group.filter(({ answerable }) => answerable);
    const no = group.filter(({ answerable }) => !answerable);
    const kind = translated ? "answerable in the other language" : "answerable";
    const weights = translated ? TRANSLATED_WEIGHTS : WEIGHTS;
    const enough =
      need(kind, weights, yes.length, QUESTIONS_NEEDED.weights) &&
      need("unanswerable", weights, no.length, QUESTIONS_NEEDED.unanswerable);
    if (enough) thresholds = chooseWeights(yes, no, thresholds, falseRefusals, translated);
    else if (!translated) thresholds = affordTogether(yes, thresholds, falseRefusals);
    const [first] = yes;
    const gates =
      first !== undefined
        ? ([topicGate(first.retrieval), answerGate(first.retrieval)] as const)
        : translated
          ? (["refuseTranslated", "answerTranslated"] as const)
          : (["refuse", "answer"] as const);
    const free = need(kind, gates, yes.length, QUESTIONS_NEEDED.gate);
    thresholds = chooseGates(yes, no, thresholds, falseRefusals, gates, free);
  }
  thresholds = chooseSimilarity(questions, thresholds, need);
  thresholds = chooseBank(questions, thresholds, need);
  return { thresholds, kept };
}

const WEIGHTS = ["unknownWords", "foreignWords", "namedTerm", "together"] as const;
const TRANSLATED_WEIGHTS = ["foreignTranslated"] as const;

/** What a question is measured by against the gates; −1 where it is declined whatever they are. */
function gateScore({ retrieval }: JudgedQuestion, thresholds: SufficiencyThresholds): number {
  return mentionedInPassing(retrieval, thresholds) ? -1 : topicScore(retrieval, thresholds);
}

function sortedScores(some: readonly JudgedQuestion[], thresholds: SufficiencyThresholds): number[] {
  return some.map((one) => gateScore(one, thresholds)).sort((a, b) => a - b);
}

function chooseWeights(
  yes: readonly JudgedQuestion[],
  no: readonly JudgedQuestion[],
  base: SufficiencyThresholds,
  falseRefusals: number,
  translated: boolean,
): SufficiencyThresholds {
  // Judged at three rates: at one alone a single question at the edge would decide.
  const value = (thresholds: SufficiencyThresholds): number => {
    const scores = sortedScores(yes, thresholds);
    const others = sortedScores(no, thresholds);
    const shares = [falseRefusals / 2, falseRefusals, 2 * falseRefusals].map((rate) => {
      const gate = scores[Math.min(scores.length - 1, Math.floor(rate * scores.length))] ?? 0;
      return gate < 0 ? 0 : others.filter((score) => score < gate).length / others.length;
    });
    return shares.reduce((sum, share) => sum + share, 0) / shares.length;
  };
  let best = { thresholds: base, value: value(base) + LEAST_GAIN };
  for (const thresholds of grid(base, translated)) {
    const found = value(thresholds);
    if (found > best.value) best = { thresholds, value: found };
  }
  // A weight that makes no difference (there is no glossary, say) stays as it was.
  let chosen = best.thresholds;
  for (const name of translated ? TRANSLATED_WEIGHTS : WEIGHTS) {
    const restored = { ...chosen, [name]: base[name] };
    if (value(restored) >= value(chosen)) chosen = restored;
  }
  return chosen;
}

/** Less of a gain over the weights in force is chance. */
const LEAST_GAIN = 0.02;

function grid(base: SufficiencyThresholds, translated: boolean): SufficiencyThresholds[] {
  if (translated) return STEPS.map((foreignTranslated) => ({ ...base, foreignTranslated }));
  return STEPS.flatMap((unknownWords) =>
    STEPS.flatMap((foreignWords) =>
      [0.35, 0.5, 0.7, 1].flatMap((namedTerm) =>
        TOGETHER.map((together) => ({ ...base, unknownWords, foreignWords, namedTerm, together })),
      ),
    ),
  );
}

const STEPS = [0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
const TOGETHER = [0, 0.34, 0.5, 0.67, 0.8];

/** Without unanswerable questions `together` is only lowered, until it costs half of what declining may cost. */
function affordTogether(
  yes: readonly JudgedQuestion[],
  base: SufficiencyThresholds,
  falseRefusals: number,
): SufficiencyThresholds {
  const affordable = [base.together, ...TOGETHER].filter(
    (together) =>
      together <= base.together &&
      yes.filter(({ retrieval }) => mentionedInPassing(retrieval, { ...base, together })).length <=
        (falseRefusals / 2) * yes.length,
  );
  return { ...base, together: Math.max(0, ...affordable) };
}

function chooseGates(
  yes: readonly JudgedQuestion[],
  no: readonly JudgedQuestion[],
  base: SufficiencyThresholds,
  falseRefusals: number,
  [refuse, answer]: readonly [keyof SufficiencyThresholds, keyof SufficiencyThresholds],
  free: boolean,
): SufficiencyThresholds {
  const scores = sortedScores(yes, base);
  if (scores.length === 0) return base;
  const others = no.length >= QUESTIONS_NEEDED.unanswerable ? sortedScores(no, base) : null;
  const gate = (share: number, name: keyof SufficiencyThresholds): number => {
    const before = base[name] ?? 0;
    const place = free ? Math.floor(share * scores.length) : byChance(scores.length, share);
    const highest = Math.max(0, scores[Math.min(place, scores.length - 1)] ?? 0);
    if (!free) return highest >= before ? before : worthLowering(scores, others, highest, before);
    // Nothing shows that more is needed: a list of easy questions would close the gate to all others.
    if (others === null) return Math.min(highest, MOST_RAISED * before);
    const needed = others.filter((score) => score >= 0 && score < highest).at(-1);
    return needed === undefined ? Math.min(before, highest) : (needed + highest) / 2;
  };
  const declining = gate(falseRefusals, refuse);
  const answering = Math.max(free ? declining : 0, gate(2 * falseRefusals, answer));
  return { ...base, [refuse]: round(declining), [answer]: round(answering) };
}

/** Between `least` and `before`: what parts the two kinds best (Youden's J), or `least` where there is one kind. */
function worthLowering(
  scores: readonly number[],
  others: readonly number[] | null,
  least: number,
  before: number,
): number {
  if (others === null) return least;
  const parted = (gate: number) =>
    scores.filter((score) => score >= gate).length / scores.length +
    others.filter((score) => score < gate).length / others.length;
  const between = scores.filter((score) => score >= least && score < before).reverse();
  return between.reduce((best, gate) => (parted(gate) > parted(best) ? gate : best), before);
}

/** As many of n questions fall under a gate of this rate by chance, in 95 of 100 samples (binomial). */
function byChance(n: number, rate: number): number {
  let term = (1 - rate) ** n;
  let sum = term;
  let count = 0;
  while (sum < 0.95 && count < n) {
    term *= ((n - count) / (count + 1)) * (rate / (1 - rate));
    sum += term;
    count++;
  }
  return count;
}

/** How far a gate may be raised over its default where no unanswerable question shows that it must be. */
const MOST_RAISED = 2;

/** Down to three decimals: more would only say which question stood at the edge. */
function round(value: number): number {
  return Math.floor(value * 1_000 + 1e-9) / 1_000;
}
