import type { Embeddings } from "@langchain/core/embeddings";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { BaseRetriever } from "@langchain/core/retrievers";
import type { StructuredTool } from "@langchain/core/tools";
import type { Reranker } from "@zixue/models";
import { type AnswerSettings, answerQuestion } from "./answer/answer-question.ts";
import type { AnswerEvent, HistoryMessage } from "./answer/events.ts";
import type { Knowledge } from "./answer/knowledge.ts";
import type { About, MessageLanguage } from "./answer/messages.ts";
import type { SelectionLimits } from "./answer/select.ts";
import type { SufficiencyThresholds } from "./answer/thresholds.ts";
import type { ParsedDocument } from "./document/document.ts";
import { RagError } from "./errors.ts";
import type { ChunkIndex } from "./index/chunk-index.ts";
import type { Filter } from "./index/filter.ts";
import type { QueryTranslator } from "./index/keyword/query.ts";
import type { FailedDocument, IngestOptions, IngestReport } from "./ingest/ingest.ts";
import { lexiconTranslator } from "./language/translate/shipped-lexicon.ts";
import type { RetrieveToolOptions } from "./retrieve/langchain.ts";
import type { Retrieval } from "./retrieve/retrieval.ts";
import { type RetrievalSettings, retrieve } from "./retrieve/retrieve.ts";

export interface AskOptions {
  /** Earlier turns, oldest first. */
  readonly history?: readonly HistoryMessage[];
  readonly filter?: Filter;
  readonly signal?: AbortSignal;
  /** Language of the pipeline's own sentences ("the documents do not answer this"); default: that of the question. */
  readonly language?: MessageLanguage;
}

export interface RetrieveOptions extends AskOptions {
  /** Passages wanted; default 5. */
  readonly limit?: number;
}

export type PipelineIngestOptions = Omit<IngestOptions, "index" | "documents" | "split" | "embeddings"> &
  Partial<Pick<IngestOptions, "split">>;

export interface RagModels {
  /** Writes answers and rewrites follow-ups; without it answers are put together from the documents' own sentences. */
  readonly chat?: BaseChatModel | undefined;
  /** Adds the vector side to the keyword side. */
  readonly embeddings?: Embeddings | undefined;
  readonly reranker?: Reranker | undefined;
}

export interface RagPipelineOptions
  extends Pick<
    RetrievalSettings,
    "limit" | "candidates" | "fusion" | "weights" | "diversity" | "useQuestionBank" | "withoutWording"
  > {
  /** Folder of the index; not needed when `index` is one already. */
  readonly folder?: string;
  /** How a `folder` searches its vectors (default `auto`), or an index to use. */
  readonly index?: "exact" | "hnsw" | "auto" | ChunkIndex;
  /**
   * What to do with a `folder` that is damaged or was made with other embeddings: fail (default), or begin anew, after
   * which everything must be ingested again.
   */
  readonly onUnusable?: "fail" | "rebuild";
  /**
   * Lets questions of one language find text of the other, in a `folder`; an index that is handed in brings its own.
   * Default: the glossary and the lexicon, which is loaded when a question first needs it; `false`: none.
   */
  readonly translator?: QueryTranslator | false;
  readonly models?: RagModels;
  readonly knowledge?: Knowledge;
  /** Language of messages; default: that of the question. */
  readonly language?: MessageLanguage;
  readonly about?: About;
  /** Default: what is stored with the index (see `fitSufficiency`), or else `DEFAULT_THRESHOLDS`. */
  readonly thresholds?: SufficiencyThresholds;
  readonly limits?: SelectionLimits;
  /** Tokens that the sources of a generated answer may take; default 3,000. */
  readonly contextBudget?: number;
  /** Folder of prompt files that replace the package's own. */
  readonly prompts?: string;
}

/** Questions answered from documents, with citations. */
export interface RagPipeline {
  readonly index: ChunkIndex;
  /** Brings the index up to date with documents; see `ingest`. Chunks by `splitDocument` unless told otherwise. */
  ingest(
    documents: Iterable<ParsedDocument | FailedDocument> | AsyncIterable<ParsedDocument | FailedDocument>,
    options?: PipelineIngestOptions,
  ): Promise<IngestReport>;
  retrieve(question: string, options?: RetrieveOptions): Promise<Retrieval>;
  /** Streams the answer; the last event is always `done`. See `answerQuestion` for the order of events. */
  answer(question: string, options?: AskOptions): AsyncIterable<AnswerEvent>;
  /** The pipeline as a LangChain retriever. */
  asRetriever(options?: { readonly limit?: number; readonly filter?: Filter }): BaseRetriever;
  /** The pipeline as a LangChain tool: content for the model, artifact with the passages and citations. */
  asTool(
    options?: RetrieveToolOptions & { readonly limit?: number; readonly filter?: Filter },
  ): StructuredTool;
  /** Closes the index, unless it was handed in. */
  close(): Promise<void>;
}

/**
 * Wires the stages with defaults. Works without any model; each model that is given improves its own stage.
 *
 * @throws RagError `invalid-input` when there is neither a folder nor an index; whatever opening the folder throws.
 *
 * @example
 * const pipeline = await createRagPipeline({ folder: "data/index", models: await resolveModels() });
 * for await (const event of pipeline.answer("什么是涌现能力？")) if (event.type === "text") process.stdout.write(event.delta);
 */
export async function createRagPipeline(options: RagPipelineOptions): Promise<RagPipeline> {
  const { folder, index: given = "auto", models = {}, language } = options;
  const owned = typeof given === "string";
  if (owned && folder === undefined)
    throw new RagError(
      "invalid-input",
      'createRagPipeline needs `folder` (for example "data/index") or an `index`.',
    );
  const [index, langchain, generation] = await Promise.all([
    owned ? openFolder(folder ?? "", given, options) : given,
    import("./retrieve/langchain.ts"),
    models.chat === undefined ? null : import("./answer/model-generator.ts"),
  ]);
  const settings = settingsOf(options, index, generation);
  const find = (question: string, { limit, ...request }: RetrieveOptions = {}) =>
    retrieve(question, limit === undefined ? settings : { ...settings, limit }, request);
  return {
    index,
    ingest: async (documents, how = {}) => {
      const [{ ingest }, { splitDocument }] = await Promise.all([
        import("./ingest/ingest.ts"),
        import("./chunk/split-document.ts"),
      ]);
      const embeddings = models.embeddings === undefined ? {} : { embeddings: models.embeddings };
      return ingest({
        split: (document) => splitDocument(document),
        ...how,
        ...embeddings,
        index,
        documents,
      });
    },
    retrieve: find,
    answer: (question, request = {}) =>
      answerQuestion(question, settings, language === undefined ? request : { language, ...request }),
    asRetriever: (fixed = {}) =>
      new langchain.PassageRetriever((question, request) => find(question, { ...fixed, ...request })),
    asTool: ({ limit, filter, ...named } = {}) =>
      langchain.retrieveTool(
        (question, request) =>
          find(question, {
            ...(limit === undefined ? {} : { limit }),
            ...(filter ? { filter } : {}),
            ...request,
          }),
        named,
      ),
    close: async () => {
      if (owned) await index.close();
    },
  };
}

async function openFolder(
  folder: string,
  vectors: "exact" | "hnsw" | "auto",
  {
    translator,
    models,
    onUnusable,
    knowledge,
  }: Pick<RagPipelineOptions, "translator" | "models" | "onUnusable" | "knowledge">,
): Promise<ChunkIndex> {
  // Imported here: it needs Node, and nothing else in this file does.
  const { LocalIndex } = await import("./index/local-index.ts");
  const embeddings = embeddingFingerprint(models?.embeddings);
  return LocalIndex.open({
    folder,
    vectors,
    ...(onUnusable === undefined ? {} : { onUnusable }),
    ...(translator === false ? {} : { translator: translator ?? lexiconTranslator(knowledge?.glossary) }),
    ...(embeddings === null ? {} : { fingerprint: { embeddings } }),
  });
}

/** What made the vectors, where the embeddings say so: vectors of two models cannot be compared. */
function embeddingFingerprint(embeddings: Embeddings | undefined): string | null {
  if (embeddings === undefined || !("fingerprint" in embeddings)) return null;
  const { fingerprint } = embeddings;
  return typeof fingerprint === "string" && !fingerprint.endsWith("/unknown") ? fingerprint : null;
}

function settingsOf(
  options: RagPipelineOptions,
  index: ChunkIndex,
  generation: typeof import("./answer/model-generator.ts") | null,
): AnswerSettings {
  const {
    models = {},
    folder: _folder,
    index: _index,
    language: _language,
    contextBudget,
    prompts,
    ...rest
  } = options;
  const { chat, embeddings, reranker } = models;
  const promptFolder = prompts === undefined ? {} : { prompts };
  return {
    ...rest,
    index,
    ...(chat === undefined || generation === null
      ? {}
      : {
          generator: generation.modelGenerator(chat, {
            ...promptFolder,
            ...(contextBudget === undefined ? {} : { contextBudget }),
          }),
          rewrite: generation.modelRewriter(chat, promptFolder),
        }),
    ...(embeddings === undefined ? {} : { embedQuery: (text: string) => embeddings.embedQuery(text) }),
    ...(reranker === undefined
      ? {}
      : {
          rerank: (
            question: string,
            texts: readonly string[],
            { signal }: { readonly signal?: AbortSignal },
          ) => reranker.rerank(question, texts, signal ? { signal } : {}),
        }),
  };
}
