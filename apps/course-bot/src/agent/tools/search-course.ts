import { type StructuredTool, tool } from "@langchain/core/tools";
import { countTokens } from "@zixue/models/tokens";
import { DEFAULT_THRESHOLDS, judgeTopic, packContext, type RagPipeline } from "@zixue/rag";
import { z } from "zod";
import { type CourseReader, citationOf, paragraphText, type TutorCitation } from "../course-reader.ts";
import { fenceSuspicious } from "./fence-suspicious.ts";

/** What a search hands to the program beside what the model reads. */
export interface SearchArtifact {
  /** The question as it was understood. */
  readonly question: string;
  /** One for each paragraph found. */
  readonly citations: readonly TutorCitation[];
}

/** Tokens of paragraphs that one search may put into the thread. */
const BUDGET = 2_000;
const PASSAGES = 8;

/** Finds paragraphs of the course for a question, and says when the course does not seem to cover it. */
export function searchCourse(pipeline: RagPipeline, reader: CourseReader): StructuredTool {
  return tool(
    async ({ question, section }, config): Promise<[string, SearchArtifact]> => {
      const retrieval = await pipeline.retrieve(question, {
        limit: PASSAGES,
        ...(section === undefined ? {} : { filter: { section } }),
        ...(config?.signal === undefined ? {} : { signal: config.signal }),
      });
      const thresholds = (await pipeline.index.thresholds()) ?? DEFAULT_THRESHOLDS;
      const sources = packContext(retrieval.context, { budget: BUDGET, countTokens });
      const found = sources.flatMap(({ block }) => {
        const paragraph = reader.ofBlock(block.blockId);
        return paragraph === undefined ? [] : [{ paragraph, text: block.text }];
      });
      const artifact = {
        question: retrieval.understood.question,
        citations: found.map(({ paragraph }) => citationOf(paragraph)),
      };
      if (found.length === 0) return [NOTHING, artifact];
      const texts = found.map(({ paragraph, text }) =>
        fenceSuspicious(paragraphText(paragraph, text), paragraph.section.id),
      );
      const covered = judgeTopic(retrieval, thresholds).refused === null;
      return [[...(covered ? [] : [DOUBTFUL]), ...texts].join("\n\n"), artifact];
    },
    {
      name: "search_course",
      metadata: { effect: "read" },
      description:
        "在课程里查资料，返回带编号的原文段落，如 [1.3-4]。回答里照抄编号标明出处。Searches the course and returns numbered paragraphs; cite them by these numbers.",
      schema: z.object({
        question: z.string().min(1).max(1000).describe("要查的问题，写成完整的一句话。A complete question."),
        section: z.string().max(20).optional().describe('只在这一节里查，如 "1.3"。Only in this section.'),
      }),
      responseFormat: "content_and_artifact",
    },
  );
}

const NOTHING = "课程里没有找到相关段落。The course has no paragraph about this.";
const DOUBTFUL =
  "注意：课程很可能没有讲这个问题，下面只是最接近的段落。The course probably does not cover this; these are only the nearest paragraphs.";
