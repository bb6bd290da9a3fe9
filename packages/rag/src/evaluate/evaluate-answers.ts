import type { Answer } from "../answer/events.ts";
import { readingLength } from "../answer/reading-length.ts";
import { RagError } from "../errors.ts";
import type { EvaluationQuery } from "./evaluate-retrieval.ts";

export interface AnswerReport {
  readonly questions: number;
  /** Share of questions for which one of the gold answers stands in what is shown; white space is ignored. */
  readonly goldShown: number;
  /** Shares of the outcomes. */
  readonly answered: number;
  readonly partial: number;
  readonly refused: number;
  /** Share of citations whose quote and claim are supported. */
  readonly supported: number;
  /** Mean length of the text without its markers: UTF-16 code units, and Han characters with others counted a third. */
  readonly length: number;
  readonly readingLength: number;
  /** Milliseconds of one answer. */
  readonly latencyP50: number;
  readonly latencyP95: number;
}

/**
 * Answers every question that has gold answers and measures how often one of them is shown, in how many characters.
 *
 * @param gold gold answers by question id, verbatim from the documents
 * @throws {RagError} `invalid-input` when no question has a gold answer; `aborted`
 */
export async function evaluateAnswers(
  queries: readonly EvaluationQuery[],
  gold: ReadonlyMap<string, readonly string[]>,
  answer: (question: string) => Promise<Answer>,
  options: { readonly signal?: AbortSignal } = {},
): Promise<AnswerReport> {
  const judged = queries.filter(({ id }) => (gold.get(id) ?? []).length > 0);
  if (judged.length === 0)
    throw new RagError("invalid-input", "No question of the dataset has a gold answer; check answers.jsonl.");
  const latencies: number[] = [];
  const outcomes = { answered: 0, partial: 0, refused: 0 };
  let shown = 0;
  let length = 0;
  let reading = 0;
  let citations = 0;
  let supported = 0;
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
    citations += given.citations.length;
    supported += given.citations.filter((citation) => citation.supported).length;
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
    supported: citations === 0 ? 1 : supported / citations,
    length: length / count,
    readingLength: reading / count,
    latencyP50: latencies[Math.floor(0.5 * (count - 1))] ?? 0,
    latencyP95: latencies[Math.floor(0.95 * (count - 1))] ?? 0,
  };
}

function compact(text: string): string {
  return text.replace(/\s+/gu, "");
}
