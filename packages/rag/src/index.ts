export { type AnswerRequest, type AnswerSettings, answerQuestion } from "./answer/answer-question.ts";
export type {
  Answer,
  AnswerEvent,
  Citation,
  Correction,
  HistoryMessage,
  NearestDocument,
  Refusal,
  RefusalReason,
} from "./answer/events.ts";
export { answerExtractively, type ExtractiveAnswer, type ExtractiveOptions } from "./answer/extractive.ts";
export type { GenerateEvent, GenerateInput, Generator } from "./answer/generate.ts";
export type { BankQuestion, GlossaryTerm, Knowledge, OutlineEntry } from "./answer/knowledge.ts";
export type { About, MessageLanguage } from "./answer/messages.ts";
export { type ModelGeneratorOptions, modelGenerator, modelRewriter } from "./answer/model-generator.ts";
export { type PackedSource, type PackOptions, packContext } from "./answer/pack-context.ts";
export {
  type QuestionShape,
  type QuestionType,
  questionShape,
  splitQuestion,
} from "./answer/question-type.ts";
export type { SelectionLimits } from "./answer/select.ts";
export {
  type Doubt,
  familiarity,
  judgeSufficiency,
  judgeTopic,
  type ShownText,
  type Sufficiency,
} from "./answer/sufficiency.ts";
export {
  checkThresholds,
  DEFAULT_THRESHOLDS,
  fitThresholds,
  type SufficiencyThresholds,
} from "./answer/thresholds.ts";
export { type ClaimCheck, type VerifyClaimOptions, verifyClaim } from "./answer/verify-claim.ts";
export { type ClaimPair, type ClaimVerifier, modelVerifier } from "./answer/verify-with-model.ts";
export type { Chunk, ChunkSpan } from "./chunk/chunk.ts";
export { indexedText } from "./chunk/chunk.ts";
export { type SplitOptions, splitDocument } from "./chunk/split-document.ts";
export { decodeText } from "./document/decode-text.ts";
export type { Block, BlockKind, Metadata, MetadataValue, ParsedDocument } from "./document/document.ts";
export { blockAnchor, blockUrl } from "./document/document.ts";
export { parseDocx } from "./document/docx.ts";
export { parseFrontMatter } from "./document/front-matter.ts";
export { parseHtml } from "./document/html.ts";
export { type LoadedFile, type LoadFolderOptions, loadFolder } from "./document/load-folder.ts";
export { parseMarkdown } from "./document/markdown.ts";
export { type DocumentFormat, formatOf, parseFile } from "./document/parse-file.ts";
export { parsePdf } from "./document/pdf.ts";
export type { SourceBytes } from "./document/source-bytes.ts";
export type { SourceText } from "./document/source-text.ts";
export { parseText } from "./document/text.ts";
export type { DocumentEmbeddings, EmbedOptions, EmbedProgress } from "./embed/embed-chunks.ts";
export { embedChunks } from "./embed/embed-chunks.ts";
export { LexiconEmbeddings, type LexiconEmbeddingsOptions } from "./embed/lexicon-embeddings.ts";
export { RagError, type RagErrorCode } from "./errors.ts";
export type { KeptThreshold } from "./evaluate/choose-thresholds.ts";
export { type CitationQuality, citationQuality } from "./evaluate/citation-quality.ts";
export {
  type AnswerReport,
  type EvaluateAnswersOptions,
  evaluateAnswers,
} from "./evaluate/evaluate-answers.ts";
export { evaluateRefusal, type RefusalJudgement, type RefusalReport } from "./evaluate/evaluate-refusal.ts";
export type {
  EvaluationDocument,
  EvaluationQuery,
  RetrievalDataset,
  RetrievalReport,
  RetrievalScores,
  SearchFunction,
} from "./evaluate/evaluate-retrieval.ts";
export { evaluateRetrieval } from "./evaluate/evaluate-retrieval.ts";
export type { FitQuality, FitSufficiencyOptions, SufficiencyFit } from "./evaluate/fit-sufficiency.ts";
export { fitSufficiency } from "./evaluate/fit-sufficiency.ts";
export type { SkippedQuestion } from "./evaluate/judged-question.ts";
export type { Relevance } from "./evaluate/ranking-metrics.ts";
export { ndcgAtK, recallAtK, reciprocalRank } from "./evaluate/ranking-metrics.ts";
export { readRetrievalDataset } from "./evaluate/retrieval-dataset.ts";
export type {
  ChunkIndex,
  DocumentChange,
  IndexChanges,
  IndexStats,
  QueryTerm,
  SearchHit,
  SearchRequest,
  SearchResult,
} from "./index/chunk-index.ts";
export type { Filter, Filterable, FilterCondition } from "./index/filter.ts";
export { compileFilter, matches } from "./index/filter.ts";
export type { SegmentView } from "./index/keyword/build-segment.ts";
export { buildKeywordSegment, mergeKeywordSegments } from "./index/keyword/build-segment.ts";
export type { KeywordHit, KeywordResult, KeywordSearchOptions } from "./index/keyword/keyword-searcher.ts";
export { KeywordSearcher } from "./index/keyword/keyword-searcher.ts";
export type {
  CorpusTerms,
  FieldTerm,
  QueryGroup,
  QueryMember,
  QueryTranslator,
} from "./index/keyword/query.ts";
export { KeywordSegment } from "./index/keyword/segment.ts";
export type { IndexFingerprint } from "./index/local/fingerprint.ts";
export { LocalIndex, type LocalIndexOptions } from "./index/local-index.ts";
export type { MemoryIndexOptions } from "./index/memory-index.ts";
export { MemoryIndex } from "./index/memory-index.ts";
export type { PgPool } from "./index/postgres/pg-database.ts";
export type { PGliteLike } from "./index/postgres/pglite-database.ts";
export { PostgresIndex, type PostgresIndexOptions } from "./index/postgres-index.ts";
export { ExactScan, type RowSelection, type ScoredRow } from "./index/vector/exact-scan.ts";
export { unitVector } from "./index/vector/unit-vectors.ts";
export { createVectorBlock, type VectorBlock } from "./index/vector/vector-block.ts";
export { uuidOfChunk } from "./index/vector-store/store-documents.ts";
export { type VectorStoreOptions, withVectorStore } from "./index/vector-store/with-vector-store.ts";
export type { FailedDocument, IngestOptions, IngestProgress, IngestReport } from "./ingest/ingest.ts";
export { ingest } from "./ingest/ingest.ts";
export { type IngestPlan, planIngest } from "./ingest/plan-ingest.ts";
export type { Language } from "./language/detect-language.ts";
export { detectLanguage } from "./language/detect-language.ts";
export type { NormalizedText } from "./language/normalize.ts";
export { normalize, normalizeWithOffsets } from "./language/normalize.ts";
export { isFunctionWord, isQuestionWord } from "./language/question-words.ts";
export type { Sentence } from "./language/sentences.ts";
export { splitSentences } from "./language/sentences.ts";
export type { AnalyzedText, Term, TermField } from "./language/terms.ts";
export { analyze, extractTerms } from "./language/terms.ts";
export { LexiconTranslator, type LexiconTranslatorOptions } from "./language/translate/lexicon-translator.ts";
export { isDictionaryWord, lexiconTranslator } from "./language/translate/shipped-lexicon.ts";
export type {
  AskOptions,
  PipelineIngestOptions,
  RagModels,
  RagPipeline,
  RagPipelineOptions,
  RetrieveOptions,
} from "./pipeline.ts";
export { createRagPipeline } from "./pipeline.ts";
export { cleanQuestion, MAX_QUESTION_LENGTH } from "./retrieve/clean-question.ts";
export { type Expansion, expandPassages } from "./retrieve/expand-passages.ts";
export { type FusedHit, type RankedList, reciprocalRankFusion, weightedFusion } from "./retrieve/fuse.ts";
export type { RetrieveArtifact, RetrieveToolOptions } from "./retrieve/langchain.ts";
export { type ListwiseRerankerOptions, listwiseReranker } from "./retrieve/listwise-reranker.ts";
export { type MmrOptions, maximalMarginalRelevance } from "./retrieve/mmr.ts";
export { type GenerateQueries, type ModelQueriesOptions, modelQueries } from "./retrieve/model-queries.ts";
export type { Passage } from "./retrieve/passage.ts";
export { toPassage } from "./retrieve/passage.ts";
export type { Intent, UnderstoodQuestion } from "./retrieve/question.ts";
export { matchQuestionBank } from "./retrieve/question-bank.ts";
export type { Rerank } from "./retrieve/rerank.ts";
export type { BankMatch, Retrieval, RetrievalProblem } from "./retrieve/retrieval.ts";
export {
  type FusionWeights,
  type RetrievalRequest,
  type RetrievalSettings,
  retrieve,
} from "./retrieve/retrieve.ts";
export type { EmbedQuery } from "./retrieve/search-question.ts";
export {
  type RewriteQuestion,
  type UnderstandOptions,
  understandQuestion,
} from "./retrieve/understand-question.ts";
