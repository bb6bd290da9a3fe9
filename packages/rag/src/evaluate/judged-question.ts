import type { Knowledge } from "../answer/knowledge.ts";
import { mentionedInPassing, topicGate, topicScore } from "../answer/sufficiency.ts";
import type { SufficiencyThresholds } from "../answer/thresholds.ts";
import { RagError } from "../errors.ts";
import { matchBank } from "../retrieve/match-bank.ts";
import type { Retrieval } from "../retrieve/retrieval.ts";
import { type RetrievalSettings, retrieve } from "../retrieve/retrieve.ts";

/** A question with all that sufficiency looks at before an answer is composed. */
export interface JudgedQuestion {
  readonly question: string;
  readonly answerable: boolean;
  /** As if there were no question bank: the gates decide on what the bank does not know. */
  readonly retrieval: Retrieval;
  /** What the bank takes it for, its own wording left out; `right` when that is the question it is a wording of. */
  readonly bank: { readonly similarity: number; readonly right: boolean } | null;
  /** It is a wording of the bank. */
  readonly isWording: boolean;
  /** Wordings of one bank question belong together: they must not stand in both halves. */
  readonly group: string;
}

export interface SkippedQuestion {
  readonly question: string;
  readonly reason: string;
}

export interface JudgedQuestions {
  readonly judged: readonly JudgedQuestion[];
  /** Questions that cannot be read, and greetings: nothing is judged by them. */
  readonly skipped: readonly SkippedQuestion[];
}

/**
 * Retrieves for every question once, without the bank.
 *
 * @throws RagError `aborted`, and whatever the index throws
 */
export async function judgeQuestions(
  questions: readonly string[],
  answerable: boolean,
  settings: Omit<RetrievalSettings, "useQuestionBank" | "withoutWording">,
  signal?: AbortSignal,
): Promise<JudgedQuestions> {
  const judged: JudgedQuestion[] = [];
  const skipped: SkippedQuestion[] = [];
  const owners = ownersOf(settings.knowledge ?? {});
  for (const question of new Set(questions)) {
    if (signal?.aborted) throw new RagError("aborted", "The fit was cancelled.", { cause: signal.reason });
    let retrieval: Retrieval;
    try {
      retrieval = await retrieve(
        question,
        { ...settings, useQuestionBank: false },
        signal === undefined ? {} : { signal },
      );
    } catch (error) {
      if (!(error instanceof RagError) || error.code !== "invalid-input") throw error;
      skipped.push({ question, reason: error.message });
      continue;
    }
    if (retrieval.understood.intent !== "question") {
      skipped.push({
        question,
        reason: `It is no question of the documents: ${retrieval.understood.intent}.`,
      });
      continue;
    }
    const owner = owners.get(question);
    const match = matchBank(retrieval.understood.question, settings.knowledge ?? {}, retrieval.chunks, {
      withoutWording: question,
    });
    judged.push({
      question,
      answerable,
      retrieval,
      bank: match && {
        similarity: match.similarity,
        right: match.question.id === owner,
      },
      isWording: owner !== undefined,
      group: owner ?? question,
    });
  }
  return { judged, skipped };
}

/** Would the gates decline it, as far as no bank question is taken for it? */
export function isDeclined({ retrieval }: JudgedQuestion, thresholds: SufficiencyThresholds): boolean {
  if (retrieval.passages.length === 0) return true;
  const { similarity } = thresholds;
  if (similarity !== null && (retrieval.similarity ?? -1) >= similarity) return false;
  return (
    topicScore(retrieval, thresholds) < thresholds[topicGate(retrieval)] ||
    mentionedInPassing(retrieval, thresholds)
  );
}

function ownersOf({ questions = [] }: Knowledge): Map<string, string> {
  return new Map(
    questions.flatMap(({ id, ask, variants }) => [ask, ...variants].map((wording) => [wording, id] as const)),
  );
}
