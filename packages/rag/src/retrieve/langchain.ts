import type { CallbackManagerForRetrieverRun } from "@langchain/core/callbacks/manager";
import { Document } from "@langchain/core/documents";
import { BaseRetriever } from "@langchain/core/retrievers";
import { type StructuredTool, tool } from "@langchain/core/tools";
import { countTokens } from "@zixue/models/tokens";
import { z } from "zod";
import type { Citation } from "../answer/events.ts";
import { packContext } from "../answer/pack-context.ts";
import { citationFor } from "../answer/render-answer.ts";
import type { Passage } from "./passage.ts";
import type { Retrieval } from "./retrieval.ts";

/** Answers a question with passages; what a pipeline's `retrieve` is. */
export type Retrieve = (question: string, options: { readonly signal?: AbortSignal }) => Promise<Retrieval>;

/** A pipeline's retrieval as a LangChain retriever; metadata carries what a citation needs. */
export class PassageRetriever extends BaseRetriever {
  static override lc_name(): string {
    return "PassageRetriever";
  }
  override readonly lc_namespace = ["zixue", "rag"];
  readonly #retrieve: Retrieve;

  constructor(retrieve: Retrieve) {
    super();
    this.#retrieve = retrieve;
  }

  override async _getRelevantDocuments(
    question: string,
    _runManager?: CallbackManagerForRetrieverRun,
  ): Promise<Document[]> {
    const { passages } = await this.#retrieve(question, {});
    return passages.map(
      ({ text, chunkId, ...metadata }) => new Document({ id: chunkId, pageContent: text, metadata }),
    );
  }
}

/** What the tool hands to the program beside the text that the model reads. */
export interface RetrieveArtifact {
  readonly question: string;
  readonly passages: readonly Passage[];
  /** One for each `[n]` in the content. */
  readonly citations: readonly Citation[];
}

export interface RetrieveToolOptions {
  readonly name?: string;
  readonly description?: string;
  /** Tokens that the content may take; default 2,000. */
  readonly budget?: number;
}

/** A pipeline's retrieval as a LangChain tool: numbered sources for the model, passages and citations as the artifact. */
export function retrieveTool(retrieve: Retrieve, options: RetrieveToolOptions = {}): StructuredTool {
  return tool(
    async ({ question }, config): Promise<[string, RetrieveArtifact]> => {
      const retrieval = await retrieve(question, config?.signal ? { signal: config.signal } : {});
      const sources = packContext(retrieval.context, { budget: options.budget ?? 2_000, countTokens });
      const content =
        sources.length === 0
          ? "没有找到相关段落。(No passage was found.)"
          : sources.map(({ text }) => text).join("\n\n");
      const citations = sources.map(({ chunk, block, marker }) =>
        citationFor(chunk, block.blockId, block.text, marker, true),
      );
      return [content, { question: retrieval.understood.question, passages: retrieval.passages, citations }];
    },
    {
      name: options.name ?? "retrieve",
      description:
        options.description ??
        "检索文档，返回带编号 [n] 的原文段落；回答时用 [n] 标明出处。Searches the documents and returns numbered source passages; cite them as [n].",
      schema: z.object({
        question: z.string().describe("要查的问题，写成完整的一句话。A complete question."),
      }),
      responseFormat: "content_and_artifact",
    },
  );
}
