import type { Answer, Citation } from "../answer/events.ts";
import { readingLength } from "../answer/reading-length.ts";
import type { ClaimVerifier } from "../answer/verify-with-model.ts";
import { RagError } from "../errors.ts";
import type { QueryTranslator } from "../index/keyword/query.ts";
import { detectLanguage } from "../language/detect-language.ts";
import { citationQuality } from "./citation-quality.ts";
import type { EvaluationQuery } from "./evaluate-retrieval.ts";

export interface AnswerReport {
  readonly questions: number;
  /** Share of questions for which one of the gold answers stands in what is shown; white space is ignored. */
  readonly goldShown: number;
  /** Shares of the outcomes. */
  readonly answered: number;
  readonly partial: number;
  readonly refused: number;
  /** Share of the pairs of sentence and cited text in which the text supports the sentence; 1 without citations. */
  readonly citationPrecision: number;
  /** Share of the sentences that claim something which carry a citation that supports them; 1 without claims. */
  readonly citationRecall: number;
  /** Share of a question's gold evidence (blocks or documents) that its answer cites, the mean; `null` without gold evidence. */
  readonly evidenceRecall: number | null;
  /** Share of the pairs of sentence and cited text that the judge finds supported; `null` without a judge. */
  readonly faithfulness: number | null;
  /** Mean length of the text without its markers: UTF-16 code units, and Han characters with others counted a third. */
  readonly length: number;
  readonly readingLength: number;
  /** Milliseconds of one answer. */
  readonly latencyP50: number;
  readonly latencyP95: number;
}

export interface EvaluateAnswersOptions {
  /** Ids of the blocks or documents that hold the answer, by question id. */
  readonly evidence?: ReadonlyMap<string, Iterable<string>>;
  /** The whole text of what a citation points to; default: its quote. */
  readonly sourceText?: (citation: Citation) => string;
  /** Compares sentences with sources of the other language; `prepare` it first. */
  readonly translator?: QueryTranslator;
  /** A model that judges each sentence beside what it cites, one call an answer; see `modelVerifier`. */
  readonly judge?: ClaimVerifier;
  readonly signal?: AbortSignal;
}

/**
 * Answers every question that has gold answers and measures how often one of them is shown, in how many characters.
 *
 * @param gold gold answers by question id, verbatim from the documents
 * @throws {RagError} `invalid-input` when no question has a gold answer; `aborted`; whatever the judge throws
 */
export async function evaluateAnswers(
  queries: readonly EvaluationQuery[],
  gold: ReadonlyMap<string, readonly string[]>,
  answer: (question: string) => Promise<Answer>,
  options: EvaluateAnswersOptions = {},
): Promise<AnswerReport> {
  const judged = queries.filter(({ id }) => (gold.get(id) ?? []).length > 0);
  if (judged.length === 0)
    throw new RagError("invalid-input", "No question of the dataset has a gold answer; check answers.jsonl.");
  const latencies: number[] = [];
  const outcomes = { answered: 0, partial: 0, refused: 0 };
  let shown = 0;
  let length = 0;
  let reading = 0;
  let pairs = 0;
  let supportedPairs = 0;
  let claims = 0;
  let supportedClaims = 0;
  const evidence: number[] = [];
  const verdicts: boolean[] = [];
  for (const { id, text } of judged) {
    if (options.signal?.aborted)
      throw new RagError("aborted", "The evaluation was cancelled.", { cause: options.signal.reason });
    const start = performance.now();
    const given = await answer(text);
    latencies.push(performance.now() - start);
    const visible = given.text.replace(/\[\d+\]/gu, "");
    outcomes[given.outcome] += 1;
    length += visible.length;
    reading += readingLength(visible);
    const quality = citationQuality(given, options.sourceText, options.translator);
    pairs += quality.pairs.length;
    supportedPairs += quality.pairs.filter((pair) => pair.supported).length;
    claims += quality.claims;
    supportedClaims += quality.supportedClaims;
    const wanted = [...(options.evidence?.get(id) ?? [])];
    if (wanted.length > 0) evidence.push(shareCited(wanted, given));
    if (options.judge !== undefined)
      verdicts.push(
        ...(await options.judge(quality.pairs, {
          language: detectLanguage(text),
          ...(options.signal ? { signal: options.signal } : {}),
        })),
      );
    if ((gold.get(id) ?? []).some((wanted) => compact(visible).includes(compact(wanted)))) shown += 1;
  }
  const count = judged.length;
  latencies.sort((a, b) => a - b);
  return {
    questions: count,
    goldShown: shown / count,
    answered: outcomes.answered / count,
    partial: outcomes.partial / count,
    refused: outcomes.refused / count,
    citationPrecision: pairs === 0 ? 1 : supportedPairs / pairs,
    citationRecall: claims === 0 ? 1 : supportedClaims / claims,
    evidenceRecall:
      evidence.length === 0 ? null : evidence.reduce((sum, one) => sum + one, 0) / evidence.length,
    faithfulness: verdicts.length === 0 ? null : verdicts.filter(Boolean).length / verdicts.length,
    length: length / count,
    readingLength: reading / count,
    latencyP50: latencies[Math.floor(0.5 * (count - 1))] ?? 0,
    latencyP95: latencies[Math.floor(0.95 * (count - 1))] ?? 0,
  };
}

function shareCited(wanted: readonly string[], { citations }: Answer): number {
  const cited = new Set(citations.flatMap(({ documentId, blockId }) => [documentId, blockId]));
  return wanted.filter((id) => cited.has(id)).length / wanted.length;
}

function compact(text: string): string {
  return text.replace(/\s+/gu, "");
}
