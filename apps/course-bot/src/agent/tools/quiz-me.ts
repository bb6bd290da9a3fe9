import type { RunnableConfig } from "@langchain/core/runnables";
import { type StructuredTool, tool } from "@langchain/core/tools";
import type { StateStore } from "@zixue/agent";
import type { Question, WrittenSection } from "@zixue/course";
import { z } from "zod";
import { type CourseReader, citationOf, type TutorCitation } from "../course-reader.ts";
import { isSaidBy, learnerWords } from "./learner-words.ts";

export interface QuizArtifact {
  /** `"1.3/q2"`. */
  readonly question: string;
  /** Where the points of the rubric stand; only once the learner has answered. */
  readonly citations?: readonly TutorCitation[];
}

interface Entry {
  readonly id: string;
  readonly section: WrittenSection;
  readonly question: Question;
}

/**
 * Asks a question of the course's own bank, gives its hints one by one, and gives the points of its rubric once the
 * learner has answered: the answer must be words that the learner said in this thread.
 */
export function quizMe(reader: CourseReader, store: StateStore): StructuredTool {
  const bank = bankOf(reader);
  return tool(
    async (input, config): Promise<[string, QuizArtifact | undefined]> => {
      if (input.question === undefined) return pick(bank, input);
      const entry = bank.find(({ id }) => id === input.question);
      if (entry === undefined)
        return [`题库里没有 ${input.question}。先不带 question 调用，取一道题。No such question.`, undefined];
      if (input.hint !== undefined && input.answer === undefined) return hintOf(entry, input.hint);
      if (input.answer === undefined) return ask(entry);
      const said = await learnerWords(store, config as RunnableConfig);
      if (!isSaidBy(input.answer, said)) return [NOT_SAID, { question: entry.id }];
      return rubricOf(entry, reader);
    },
    {
      name: "quiz_me",
      metadata: { effect: "read" },
      description:
        "从课程题库取一道题（可按节或概念）；带 question 和 hint 取第几条提示；学习者作答后，带 question 和 answer（他的原话）取评分要点和出处。Takes a question of the course's bank by section or concept; with `question` and `hint` its n-th hint; with `question` and `answer`, in the learner's own words, the points of its rubric with citations.",
      schema: z.object({
        section: z.string().max(20).optional().describe('从这一节取题，如 "1.3"。'),
        concept: z.string().max(100).optional().describe("考这个概念，如 涌现能力。"),
        exclude: z.array(z.string().max(40)).max(100).optional().describe("已经考过的题号。Already asked."),
        question: z.string().max(40).optional().describe('题号，如 "1.3/q2"。Id of a question asked before.'),
        hint: z.int().min(1).max(20).optional().describe("第几条提示。Which hint."),
        answer: z.string().max(8000).optional().describe("学习者的原话。The learner's own words."),
      }),
      responseFormat: "content_and_artifact",
    },
  );
}

/** Questions whose rubric stands in the text. */
function bankOf(reader: CourseReader): Entry[] {
  return reader.course.sections.flatMap((section) =>
    section.written
      ? section.questions
          .filter((question) => question.points.some(({ blockId }) => blockId !== null))
          .map((question) => ({ id: `${section.id}/${question.id}`, section, question }))
      : [],
  );
}

function pick(
  bank: readonly Entry[],
  { section, concept, exclude = [] }: { section?: string; concept?: string; exclude?: readonly string[] },
): [string, QuizArtifact | undefined] {
  const inSection = section === undefined ? bank : bank.filter((entry) => entry.section.id === section);
  const fitting = concept === undefined ? inSection : byConcept(inSection, concept);
  const left = fitting.filter(({ id }) => !exclude.includes(id));
  const entry = left[0];
  if (entry !== undefined) return ask(entry);
  if (fitting.length > 0)
    return ["符合的题都考过了。换一节或一个概念。All fitting questions were asked.", undefined];
  const sections = [...new Set(bank.map((one) => one.section.id))].join("、");
  return [
    `题库里没有符合的题。有题的节：${sections}。No question fits; these sections have some.`,
    undefined,
  ];
}

/** Questions that name the concept, before those of the sections that define it. */
function byConcept(bank: readonly Entry[], concept: string): Entry[] {
  const wanted = fold(concept);
  const named = bank.filter(({ question }) =>
    [question.ask, ...question.variants].some((text) => fold(text).includes(wanted)),
  );
  const defining = bank.filter(
    ({ section }) =>
      fold(section.title).includes(wanted) ||
      section.concepts.some(({ term, en, aliases }) =>
        [term, ...(en === undefined ? [] : [en]), ...aliases].some((name) => fold(name).includes(wanted)),
      ),
  );
  return [...new Set([...named, ...defining])];
}

function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase().replace(/\s+/g, "");
}

function ask({ id, section, question }: Entry): [string, QuizArtifact] {
  const text = [
    `题号 ${id}（${section.id} ${section.title}）`,
    `题目：${question.ask}`,
    `提示共 ${question.hints.length} 条。把题目念给学习者，等他作答，不要说出答案。Ask it and wait for the answer.`,
  ];
  return [text.join("\n"), { question: id }];
}

function hintOf({ id, question }: Entry, wanted: number): [string, QuizArtifact] {
  const hint = question.hints[wanted - 1];
  const text =
    hint === undefined
      ? `这道题只有 ${question.hints.length} 条提示。There are no more hints.`
      : `提示 ${wanted}/${question.hints.length}：${hint}`;
  return [text, { question: id }];
}

function rubricOf({ id, question }: Entry, reader: CourseReader): [string, QuizArtifact] {
  const points = question.points.flatMap(({ say, blockId, quote }) => {
    const paragraph = blockId === null ? undefined : reader.ofBlock(blockId);
    return paragraph === undefined ? [] : [{ say, citation: citationOf(paragraph, quote ?? undefined) }];
  });
  const lines = points.map(
    ({ say, citation }, index) =>
      `${index + 1}. ${say} [${citation.marker}] ${citation.url}\n   原文：${citation.quote}`,
  );
  const text = `题目：${question.ask}\n评分要点（对照学习者的原话，逐点说答到没有）：\n${lines.join("\n")}`;
  return [text, { question: id, citations: points.map(({ citation }) => citation) }];
}

const NOT_SAID =
  "这不是学习者说过的话，评分要点先不给。把题目念给他，等他作答；他卡住时给提示。The learner has not said this; ask, wait, and give a hint when they are stuck.";
