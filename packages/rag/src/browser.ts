/**
 * What runs in a browser as well as in Node: language, the keyword index and an index in memory.
 *
 * @example
 * import { MemoryIndex } from "@zixue/rag/browser";
 * const index = MemoryIndex.fromBytes(new Uint8Array(await (await fetch("course.index")).arrayBuffer()));
 */
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
export type { BankQuestion, GlossaryTerm, Knowledge, OutlineEntry } from "./answer/knowledge.ts";
export type { About, MessageLanguage } from "./answer/messages.ts";
export { DEFAULT_THRESHOLDS, type SufficiencyThresholds } from "./answer/thresholds.ts";
export type { Chunk, ChunkSpan } from "./chunk/chunk.ts";
export { indexedText } from "./chunk/chunk.ts";
export type { Block, BlockKind, Metadata, MetadataValue, ParsedDocument } from "./document/document.ts";
export { blockAnchor, blockUrl } from "./document/document.ts";
export { RagError, type RagErrorCode } from "./errors.ts";
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
export type { MemoryIndexOptions } from "./index/memory-index.ts";
export { MemoryIndex } from "./index/memory-index.ts";
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
export type { Passage } from "./retrieve/passage.ts";
export type { UnderstoodQuestion } from "./retrieve/question.ts";
export type { BankMatch, Retrieval, RetrievalProblem } from "./retrieve/retrieval.ts";
export { type RetrievalRequest, type RetrievalSettings, retrieve } from "./retrieve/retrieve.ts";
export { understandQuestion } from "./retrieve/understand-question.ts";
