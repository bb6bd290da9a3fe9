import type { Embeddings } from "@langchain/core/embeddings";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { BaseRetriever } from "@langchain/core/retrievers";
import type { StructuredTool } from "@langchain/core/tools";
import type { VectorStoreInterface } from "@langchain/core/vectorstores";
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
import type { VectorStoreOptions } from "./index/vector-store/with-vector-store.ts";
import type { FailedDocument, IngestOptions, IngestReport } from "./ingest/ingest.ts";
import { isDictionaryWord, lexiconTranslator } from "./language/translate/shipped-lexicon.ts";
import { embeddingFingerprint, type ModelSettings, modelSettings } from "./model-settings.ts";
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
    | "candidates"
    | "fusion"
    | "weights"
    | "diversity"
    | "expand"
    | "expandBudget"
    | "useQuestionBank"
    | "withoutWording"
  > {
  /** Folder of the index; not needed when `index` is one already. */
  readonly folder?: string;
  /** How a `folder` searches its vectors (default `auto`), or an index to use. */
  readonly index?: "exact" | "hnsw" | "auto" | ChunkIndex;
  /**
   * A LangChain `VectorStore` that holds the vectors instead of the index, alone or with options (see `withVectorStore`).
   * It is asked with the vectors of `models.embeddings`, and without those embeds by itself.
   */
  readonly vectorStore?:
    | VectorStoreInterface
    | ({ readonly store: VectorStoreInterface } & Omit<VectorStoreOptions, "embeddedBy">);
  /**
   * Never write to the `folder`, and fail where it holds no index. Without it the folder is claimed with the first
   * write, so that other processes may ask from it meanwhile, each from what was committed when it opened.
   */
  readonly readOnly?: boolean;
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
  /** Passages wanted; default 5, and 10 for an answer that a model writes. */
  readonly limit?: number;
  /** `listwise`: the chat model puts the best hits in order (see `listwiseReranker`). `models.reranker` goes before it. */
  readonly rerank?: "listwise";
  /** The chat model words the question in so many other ways, which are searched for too (see `modelQueries`). */
  readonly queries?: { readonly count: number };
  /**
   * `model`: the chat model judges the citations of its answers in one more call (see `modelVerifier`). Otherwise, and
   * when that fails, they are checked by their words (see `verifyClaim`).
   */
  readonly verify?: "model";
  readonly knowledge?: Knowledge;
  /** Language of messages; default: that of the question. */
  readonly language?: MessageLanguage;
  readonly about?: About;
  /** Default: what is stored with the index (see `fitSufficiency`), or else `DEFAULT_THRESHOLDS`. */
  readonly thresholds?: SufficiencyThresholds;
  readonly limits?: SelectionLimits;
  /** Tokens that the sources of a generated answer may take; default 3,000. */
  readonly contextBudget?: number;
  /** Folder of prompt files; each replaces the package's own of its name (`answer`, `rewrite`, `rerank`, `queries`). */
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
  const [inner, langchain, withModels] = await Promise.all([
    owned ? openFolder(folder ?? "", given, options) : given,
    import("./retrieve/langchain.ts"),
    modelSettings(options),
  ]);
  const index = await attachVectorStore(inner, options);
  const settings = settingsOf(options, index, withModels);
  const answering = settings.generator === undefined ? settings : { limit: MODEL_PASSAGES, ...settings };
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
      answerQuestion(question, answering, language === undefined ? request : { language, ...request }),
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

/**
 * Passages that a model answers from: twice as many as are quoted from without one. They fit the default budget, and more
 * of the evidence is among them than among fewer passages with their neighbours (benchmarks/context-evidence.ts).
 */
const MODEL_PASSAGES = 10;

async function openFolder(
  folder: string,
  vectors: "exact" | "hnsw" | "auto",
  { translator, models, onUnusable, readOnly, knowledge, vectorStore }: RagPipelineOptions,
): Promise<ChunkIndex> {
  // Imported here: it needs Node, and nothing else in this file does.
  const { LocalIndex } = await import("./index/local-index.ts");
  const embeddings = vectorStore === undefined ? embeddingFingerprint(models?.embeddings) : null;
  return LocalIndex.open({
    folder,
    vectors,
    lock: "write",
    ...(readOnly === undefined ? {} : { readOnly }),
    ...(onUnusable === undefined ? {} : { onUnusable }),
    ...(translator === false ? {} : { translator: translator ?? lexiconTranslator(knowledge?.glossary) }),
    ...(embeddings === null ? {} : { fingerprint: { embeddings } }),
  });
}

async function attachVectorStore(
  index: ChunkIndex,
  { vectorStore, models }: RagPipelineOptions,
): Promise<ChunkIndex> {
  if (vectorStore === undefined) return index;
  const { store, ...options } = "store" in vectorStore ? vectorStore : { store: vectorStore };
  const { withVectorStore } = await import("./index/vector-store/with-vector-store.ts");
  const fingerprint = embeddingFingerprint(models?.embeddings ?? store?.embeddings);
  return withVectorStore(index, store, {
    ...(fingerprint === null ? {} : { fingerprint }),
    ...options,
    embeddedBy: models?.embeddings === undefined ? "store" : "caller",
  });
}

function settingsOf(
  options: RagPipelineOptions,
  index: ChunkIndex,
  withModels: ModelSettings,
): AnswerSettings {
  const {
    models: _models,
    folder: _folder,
    index: _index,
    vectorStore: _vectorStore,
    language: _language,
    contextBudget: _contextBudget,
    prompts: _prompts,
    rerank: _rerank,
    queries: _queries,
    verify: _verify,
    translator = lexiconTranslator(options.knowledge?.glossary),
    ...rest
  } = options;
  return {
    ...rest,
    ...(translator === false ? {} : { translator, isWord: isDictionaryWord }),
    ...withModels,
    index,
  };
}
