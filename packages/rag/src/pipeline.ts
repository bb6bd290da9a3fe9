import type { Embeddings } from "@langchain/core/embeddings";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { BaseRetriever } from "@langchain/core/retrievers";
import type { StructuredTool } from "@langchain/core/tools";
import type { AnswerEvent, HistoryMessage } from "./answer/events.ts";
import type { Knowledge } from "./answer/knowledge.ts";
import type { ParsedDocument } from "./document/document.ts";
import type { ChunkIndex } from "./index/chunk-index.ts";
import type { Filter } from "./index/filter.ts";
import type { Retrieval } from "./retrieve/retrieval.ts";

export interface AskOptions {
  /** Earlier turns, oldest first. */
  readonly history?: readonly HistoryMessage[];
  readonly filter?: Filter;
  readonly signal?: AbortSignal;
  /** Language of the pipeline's own sentences ("the course does not answer this"). */
  readonly language?: "zh" | "en";
}

export interface RetrieveOptions extends AskOptions {
  /** Passages wanted; default 5. */
  readonly limit?: number;
}

/** Questions answered from documents, with citations. */
export interface RagPipeline {
  readonly index: ChunkIndex;
  retrieve(question: string, options?: RetrieveOptions): Promise<Retrieval>;
  /** Streams the answer; the last event is always `done`. */
  answer(question: string, options?: AskOptions): AsyncIterable<AnswerEvent>;
  /** The pipeline as a LangChain retriever. */
  asRetriever(options?: { readonly limit?: number; readonly filter?: Filter }): BaseRetriever;
  /** The pipeline as a LangChain tool: content for the model, artifact with the passages and citations. */
  asTool(options?: { readonly name?: string; readonly description?: string }): StructuredTool;
  close(): Promise<void>;
}

export interface RagModels {
  readonly chat?: BaseChatModel;
  readonly embeddings?: Embeddings;
}
