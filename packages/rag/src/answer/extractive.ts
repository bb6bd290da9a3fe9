import { type Chunk, indexedText } from "../chunk/chunk.ts";
import type { ChunkIndex } from "../index/chunk-index.ts";
import { resolveFollowUp } from "../retrieve/follow-up.ts";
import { namedTerms } from "../retrieve/glossary.ts";
import type { Retrieval } from "../retrieve/retrieval.ts";
import { answersAttribute } from "./asked-attribute.ts";
import { bankAnswer } from "./bank-answer.ts";
import { type Candidate, candidatesOf } from "./candidates.ts";
import type { GlossaryTerm } from "./knowledge.ts";
import { type Piece, piecesOf } from "./pieces.ts";
import { type QuestionShape, questionShape, splitQuestion } from "./question-type.ts";
import { readingScores, sideForms, subjectForms } from "./reading-score.ts";
import { relatedChunks } from "./related-chunks.ts";
import { type RenderedAnswer, renderAnswer } from "./render-answer.ts";
import { scoreCandidates } from "./score-candidates.ts";
import { DEFAULT_LIMITS, type SelectionLimits, selectCandidates } from "./select.ts";
import { judgeSufficiency, type ShownText, type Sufficiency } from "./sufficiency.ts";
import { DEFAULT_THRESHOLDS, type SufficiencyThresholds } from "./thresholds.ts";

export interface ExtractiveOptions {
  readonly glossary?: readonly GlossaryTerm[];
  readonly thresholds?: SufficiencyThresholds;
  readonly limits?: SelectionLimits;
}

export interface ExtractiveAnswer extends RenderedAnswer {
  readonly sufficiency: Sufficiency;
  /** Where only some of several questions are answered: the others, with the nearest text to them (may be ""). */
  readonly open: { readonly questions: readonly string[]; readonly text: string } | null;
  /** True when an author's bank question was answered from its points. */
  readonly fromBank: boolean;
}

/**
 * Composes an answer from sentences of the passages, without a model: a bank question from its author's points, any
 * other question by what it asks for. A message that asks several things is answered part by part.
 */
export async function answerExtractively(
  retrieval: Retrieval,
  index: Pick<ChunkIndex, "chunksOf">,
  options: ExtractiveOptions = {},
): Promise<ExtractiveAnswer> {
  const thresholds = options.thresholds ?? DEFAULT_THRESHOLDS;
  const { told } = retrieval.understood;
  const glossary = options.glossary ?? [];
  if (retrieval.bank !== null && retrieval.bank.similarity >= thresholds.bank) {
    const { question, terms } = retrieval.understood;
    const answer = bankAnswer(retrieval.bank, retrieval.chunks, question, terms);
    const fresh = answer?.citations.some(({ quote }) => !wasTold(quote, told)) ?? false;
    if (answer !== null && fresh)
      return { ...answer, open: null, sufficiency: { outcome: "covered" }, fromBank: true };
  }
  const asked: { question: string; pieces: Piece[]; judged: Sufficiency }[] = [];
  for (const question of parts(retrieval.understood.question, glossary)) {
    const shape = questionShape(question);
    const terms = termsOf(question, glossary);
    const subjects = subjectForms({ shape, terms });
    const related = await relatedChunks(retrieval, shape, subjects, index);
    const all = candidatesOf([...retrieval.chunks, ...related]).filter(({ text }) => !wasTold(text, told));
    const picked = pick(question, shape, all, retrieval, terms, options.limits);
    const following = await chunksBehind(picked, index);
    const found = piecesOf(picked, all, wants(question), following).filter(
      ({ shown }) => !wasTold(shown, told),
    );
    const judged = judge(retrieval, question, shape, found, terms, thresholds);
    const before = asked.flatMap(({ pieces }) => pieces);
    const pieces = found.filter((piece) => !before.some((other) => sameText(other, piece)));
    asked.push({ question, pieces, judged });
  }
  const answered = asked.filter(({ judged }) => judged.outcome === "covered");
  const open = asked.filter(({ judged }) => judged.outcome !== "covered");
  const mixed = answered.length > 0 && open.length > 0;
  const text = renderAnswer((mixed ? answered : asked).flatMap(({ pieces }) => pieces));
  const rest = renderAnswer(mixed ? open.flatMap(({ pieces }) => pieces) : [], text.citations.length + 1);
  return {
    text: text.text,
    citations: [...text.citations, ...rest.citations],
    open: mixed ? { questions: open.map(({ question }) => question), text: rest.text } : null,
    sufficiency: mixed ? NOT_DIRECT : asked.map(({ judged }) => judged).reduce(worse),
    fromBank: false,
  };
}

/** The judgement on what would be shown; an author's question that is not answered by its points says nothing here. */
function judge(
  retrieval: Retrieval,
  question: string,
  shape: QuestionShape,
  pieces: readonly Piece[],
  terms: readonly GlossaryTerm[],
  thresholds: SufficiencyThresholds,
): Sufficiency {
  const subjects = subjectForms({ shape, terms });
  const foreseen = retrieval.bank !== null && retrieval.bank.similarity >= thresholds.bank;
  const own = terms.length > 0 ? { ...retrieval.understood, question, terms } : retrieval.understood;
  const part: Retrieval = { ...retrieval, understood: own, bank: null };
  const judged = judgeSufficiency(part, shape, shownText(pieces), thresholds);
  // It was foreseen, so it is about these documents.
  if (judged.outcome === "refused") return foreseen ? NOT_DIRECT : judged;
  return judged.outcome === "covered" && !answersAttribute(pieces, question, shape, subjects, retrieval)
    ? NOT_DIRECT
    : judged;
}

const NOT_DIRECT: Sufficiency = { outcome: "partial", doubts: ["evidence-missing"] };

/** Terms of the glossary that a question names, longest first. */
function termsOf(question: string, glossary: readonly GlossaryTerm[]): GlossaryTerm[] {
  return [...namedTerms(question, glossary)]
    .sort((a, b) => b.text.length - a.text.length)
    .map((hit) => hit.term);
}

/** The questions in a message, each made to stand alone. */
function parts(question: string, glossary: readonly GlossaryTerm[]): string[] {
  const asked: string[] = [];
  for (const part of splitQuestion(question)) {
    const alone = resolveFollowUp(
      part,
      asked.map((content) => ({ role: "user", content })),
      glossary,
    ).question;
    const before = asked[asked.length - 1];
    // 「X 是什么？和 Y 有什么区别？」
    const subject =
      before === undefined || !/^(?:和|与|跟|同)/u.test(alone) ? "" : subjectOf(before, glossary);
    asked.push(subject + alone);
  }
  return asked;
}

function subjectOf(question: string, glossary: readonly GlossaryTerm[]): string {
  return namedTerms(question, glossary)[0]?.text ?? questionShape(question).subject;
}

function pick(
  question: string,
  shape: QuestionShape,
  all: readonly Candidate[],
  retrieval: Retrieval,
  terms: readonly GlossaryTerm[],
  limits: SelectionLimits = DEFAULT_LIMITS,
): Candidate[] {
  const related = RELATED * Math.max(0, ...retrieval.scores);
  const scored = readingScores(
    scoreCandidates(all, {
      question,
      shape,
      terms: retrieval.terms,
      passageScores: [...retrieval.scores, related, related, related],
    }),
    { question, shape, terms, ...wants(question) },
  );
  const sides = shape.sides?.map((side) => sideForms(side, terms)) ?? [];
  return selectCandidates(scored, shape, sides, limits);
}

/** What a chunk counts that was not searched but looked up, against the best that was found. */
const RELATED = 0.7;

function wants(question: string): { wantsCode: boolean; wantsFormula: boolean } {
  return {
    wantsCode: /代码|怎么写|实现|命令|示例|\bcode\b|\bimplement|\bcommand/iu.test(question),
    wantsFormula:
      /公式|(?:怎么|怎样|如何|咋)(?:去|来)?计?算|计算(?:方法|过程)|表达式|\bformula|\bequation|\bcomputed?\b|\bcalculate/iu.test(
        question,
      ),
  };
}

/** The chunk behind each chunk that ends in a lead-in: its list may have been cut off. */
async function chunksBehind(
  picked: readonly Candidate[],
  index: Pick<ChunkIndex, "chunksOf">,
): Promise<Map<string, Chunk>> {
  const behind = new Map<string, Chunk>();
  for (const { chunk, leadsIn } of picked) {
    if (!leadsIn || behind.has(chunk.id)) continue;
    const next = (await index.chunksOf(chunk.documentId)).find(
      (other) => other.ordinal === chunk.ordinal + 1,
    );
    if (next !== undefined) behind.set(chunk.id, next);
  }
  return behind;
}

function shownText(pieces: readonly Piece[]): ShownText {
  return {
    text: pieces.map((piece) => piece.block.text.slice(piece.start, piece.end)).join("\n"),
    passages: [...new Set(pieces.map(({ chunk }) => indexedText(chunk)))],
    context: [...new Set(pieces.flatMap(({ chunk }) => [chunk.title, ...chunk.headingPath]))].join("\n"),
  };
}

/** Is the text part of what was said before? Markers and Markdown aside. */
function wasTold(text: string, told: string): boolean {
  if (told === "") return false;
  const bare = (part: string) => part.replace(/\[\d+\]|[*_>`\s-]/gu, "");
  return bare(told).includes(bare(text).replace(/[：:。；;]$/u, ""));
}

function sameText(a: Piece, b: Piece): boolean {
  return a.block.blockId === b.block.blockId && a.start === b.start && a.block.text === b.block.text;
}

const RANK = { covered: 0, partial: 1, refused: 2 } as const;

function worse(a: Sufficiency, b: Sufficiency): Sufficiency {
  return RANK[b.outcome] > RANK[a.outcome] ? b : a;
}
